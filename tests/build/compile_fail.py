"""A wrong program must give exactly one error, and that error must hold the sentence which the first
line of the program promises:

    // expect: <sentence>
    // errors: g++ 3, clang 2: <why>    where C++ itself has more to say
    // flags: <flags>                   of the compiler
"""

import re
import sys

import compiler


def joined(output):
    """The output as one line. clang cuts a sentence into lines: `Lines<2>{{"layer 4 … ", "does … "}}`."""
    return re.sub(r'(\s?)"\s*,\s*"', r"\1", " ".join(output.split()))


def complaint(sentence, output, promised=1):
    """What is wrong with the compiler's output, or None."""
    errors = [line for line in output.splitlines() if re.search(r"\berror: ", line)]
    if len(errors) != promised:
        return f"expected exactly {promised} error{'s' * (promised > 1)}, found {len(errors)}"
    if sentence not in joined(output):
        return f"expected the sentence: {sentence}"
    return None


def head(text, name):
    """What stands behind `// <name>: ` in the first lines of a program, or None."""
    found = re.match(rf"(?://.*\n)*?// {name}: (.+)\n", text)
    return found and found[1]


def promised_errors(text, clang):
    """How many errors a program promises of g++ or of clang."""
    counts = head(text, "errors")
    if counts is None:
        return 1
    found = re.match(r"g\+\+ (\d+), clang (\d+): \w", counts)
    if not found:
        sys.exit(f"expected `// errors: g++ <n>, clang <n>: <why>`, found `{counts}`")
    return int(found[2 if clang else 1])


def main():
    options = compiler.arguments()
    clang = "clang" in compiler.run(options, "--version")[1]
    for path in options.files:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        sentence = head(text, "expect")
        if not sentence or not text.startswith("// expect: "):
            sys.exit(f"{path}: the first line must be `// expect: <sentence>`")
        flags = (head(text, "flags") or "").split()
        flags += compiler.precompiled(options, text)
        _, output = compiler.run(options, "-fsyntax-only", *flags, path)
        if wrong := complaint(sentence, output, promised_errors(text, clang)):
            sys.exit(f"{path}: {wrong}\n{output}")


if __name__ == "__main__":
    main()
