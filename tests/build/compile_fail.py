"""A wrong program must give exactly one error, and that error must hold the sentence which the first
line of the program promises: `// expect: <sentence>`."""

import re
import sys

import compiler


def joined(output):
    """The output as one line. clang cuts a sentence into `FixedString<33>{{"layer 4 "}}, FixedString<27>{{"…"}}`."""
    one_line = " ".join(output.split())
    return re.sub(r'"\s*\}+\s*,\s*[\w:]*FixedString<\w+>\s*\{+\s*"', "", one_line)


def complaint(sentence, output):
    """What is wrong with the compiler's output, or None."""
    errors = [line for line in output.splitlines() if re.search(r"\berror: ", line)]
    if len(errors) != 1:
        return f"expected exactly 1 error, found {len(errors)}"
    if sentence not in joined(output):
        return f"expected the sentence: {sentence}"
    return None


def expected_sentence(path):
    with open(path, encoding="utf-8") as file:
        first = file.readline().strip()
    prefix = "// expect: "
    if not first.startswith(prefix):
        sys.exit(f"{path}: the first line must be `{prefix}<sentence>`, found `{first}`")
    return first[len(prefix) :]


def main():
    options = compiler.arguments()
    for path in options.files:
        _, output = compiler.run(options, "-fsyntax-only", path)
        if wrong := complaint(expected_sentence(path), output):
            sys.exit(f"{path}: {wrong}\n{output}")


if __name__ == "__main__":
    main()
