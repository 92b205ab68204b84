"""Each ```cpp block of the given Markdown files compiles, and links if it has a main.

A block is named by the line above it, `<!-- build: name -->`. Blocks of one file with the same name
are one program, in order.
"""

import re
import sys
import tempfile

import compiler


def programs(path, text):
    """{name: source} of the blocks in `text`; exits when one has no name."""
    found = {}
    block = None
    above = ""
    for number, line in enumerate(text.splitlines(), 1):
        if block is not None:
            if line.strip() == "```":
                block = None
            else:
                block.append(line)
        elif line.strip().lower() in ("```cpp", "```c++"):
            name = re.fullmatch(r"<!-- build: ([\w-]+) -->", above.strip())
            if not name:
                sys.exit(f"{path}:{number}: needs `<!-- build: name -->` on the line above")
            block = found.setdefault(name[1], [])
            block.append(f'#line {number + 1} "{path}"')
        above = line
    return {name: "\n".join(lines) + "\n" for name, lines in found.items()}


def check_the_checker():
    text = "<!-- build: a -->\n```cpp\nint x;\n```\nwords\n<!-- build: a -->\n```cpp\nint y;\n```\n"
    assert programs("f", text) == {"a": '#line 3 "f"\nint x;\n#line 8 "f"\nint y;\n'}


def main():
    check_the_checker()
    options = compiler.arguments()
    failed = False
    for path in options.files:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for name, source in programs(path, text).items():
            with tempfile.TemporaryDirectory() as folder:
                links = re.search(r"\bint main\(", source)
                wanted = ["-o", f"{folder}/program"] if links else ["-fsyntax-only"]
                flags = ["-DFMT_HEADER_ONLY=1", "-pthread", *wanted, "-x", "c++", "-", "-lz"]
                code, output = compiler.run(options, *flags, source=source)
            if code:
                print(f"{path}: the program `{name}` does not build\n{output}")
                failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
