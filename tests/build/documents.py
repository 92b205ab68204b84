"""What the given Markdown files show is true: their programs, their compiler line, their links.

The line above a ```cpp block names it and says what it must do; blocks of one file with the same name
are one program, in order.

    <!-- build: name -->    compiles, and links if it has a main
    <!-- run: name -->      also runs, in an empty folder, and ends with 0
    <!-- refuse: name -->   gives one error, which holds the sentence of its first line, `// error: …`
    <!-- example: name -->  is examples/name.cpp, to the byte; its own test builds and runs that

An indented line `g++ … name.cpp …` builds the program `name` of the same file without a warning, as it
stands, in a folder with include/, unless it needs a shell for its $. A relative link leads to a file and,
behind #, to one of its headings. With --syntax-only, programs that build or run are checked, not built.
"""

import difflib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import compile_fail
import compiler

MARK = re.compile(r"<!-- (build|run|refuse|example): ([\w-]+) -->")
ERROR = "// error: "


def programs(path, text):
    """{name: (mark, source)} of the blocks in `text`; exits when one has no name."""
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
            mark = MARK.fullmatch(above.strip())
            if not mark:
                sys.exit(f"{path}:{number}: needs `<!-- build: name -->` on the line above")
            what, block = found.setdefault(mark[2], (mark[1], []))
            if what != mark[1]:
                sys.exit(f"{path}:{number}: {mark[2]} is marked {what} above, and {mark[1]} here")
            block.append(f'#line {number + 1} "{path}"')
        above = line
    return {name: (what, "\n".join(lines) + "\n") for name, (what, lines) in found.items()}


def example_complaint(file, source):
    """What is wrong with a program that is to be the file's text, or None."""
    if not file.exists():
        return f"there is no {file}"
    shown = source.split("\n", 1)[1]  # behind #line
    written = file.read_text(encoding="utf-8")
    lines = difflib.unified_diff(
        written.splitlines(), shown.splitlines(), "file", "shown", lineterm=""
    )
    return None if shown == written else f"is not {file}\n" + "\n".join(lines)


def complaint(options, mark, name, source):
    """What is wrong with a program, or None."""
    if mark == "example":
        return example_complaint(Path(options.include).parent / f"examples/{name}.cpp", source)
    if mark == "run" and options.syntax_only:
        mark = "build"
    with tempfile.TemporaryDirectory() as folder:
        links = not options.syntax_only and (mark == "run" or re.search(r"\bint main\(", source))
        wanted = ["-o", f"{folder}/program"] if links else ["-fsyntax-only"]
        if mark == "run":
            wanted.append("-O1")
        flags = ["-DFMT_HEADER_ONLY=1", "-pthread", *wanted, "-x", "c++", "-", "-lz"]
        code, output = compiler.run(options, *flags, source=source)
        if mark == "refuse":
            first = source.splitlines()[1]  # behind #line
            if not first.startswith(ERROR):
                return f"expected its first line to be `{ERROR}<sentence>`, found `{first}`"
            wrong = compile_fail.complaint(first[len(ERROR) :], output)
            return wrong and f"{wrong}\n{output}"
        if code:
            return f"does not build\n{output}"
        if mark == "run":
            done = subprocess.run(
                [f"{folder}/program"],
                cwd=folder,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
            if done.returncode:
                return f"ends with {done.returncode}\n{done.stdout}"
    return None


def compiler_lines(text):
    """(the line's arguments, the name of its program) of each line that calls g++ on one."""
    for match in re.finditer(r"^ {4}g\+\+ ([^$\n]*?\b([\w-]+)\.cpp\b[^$\n]*)$", text, re.MULTILINE):
        yield match[1].split("#")[0].split(), match[2]


def line_complaint(options, arguments, name, sources):
    """What is wrong with a line that calls the compiler, or None."""
    if name not in sources:
        return f"no program of this file is called {name}"
    only = ["-fsyntax-only", "-Wno-unused-command-line-argument"] if options.syntax_only else []
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, f"{name}.cpp").write_text(sources[name][1], encoding="utf-8")
        Path(folder, "include").symlink_to(Path(options.include).resolve())
        done = subprocess.run(
            # clang lacks some of g++'s warnings.
            [options.compiler, "-Wno-unknown-warning-option", *arguments, *only],
            cwd=folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        wrong = "does not build" if done.returncode else done.stdout and "builds, but not in silence"
        return wrong and f"{wrong}\n{done.stdout}"


def prose(text):
    """The text without its blocks of code, whose brackets are no links and whose # no headings."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(text):
    """What GitHub calls the headings of a document."""
    headings = re.findall(r"^#+ +(.*?) *$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(path, text):
    """The relative links of a document that lead nowhere."""
    for target in re.findall(r"\]\(([^()\s]+)\)", prose(text)):
        if re.match(r"\w+:", target):
            continue
        file, _, heading = target.partition("#")
        there = Path(path).parent / file if file else Path(path)
        if not there.exists():
            yield target
        elif heading and heading not in anchors(there.read_text(encoding="utf-8")):
            yield target


def check_the_checker():
    text = "<!-- build: a -->\n```cpp\nint x;\n```\nwords\n<!-- build: a -->\n```cpp\nint y;\n```\n"
    assert programs("f", text) == {"a": ("build", '#line 3 "f"\nint x;\n#line 8 "f"\nint y;\n')}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "a.cpp")
        example = "<!-- example: a -->\n```cpp\nint x;\n\nint y;\n```\n"
        (mark, source), *none = programs("f", example).values()
        assert (mark, none) == ("example", [])
        assert "there is no" in example_complaint(file, source)
        file.write_text("int x;\n\nint y;\n", encoding="utf-8")
        assert not example_complaint(file, source)
        assert "+int y;" in example_complaint(file, source + "int y;\n")
        in_two = programs("f", example.replace("\n\n", "\n```\n<!-- example: a -->\n```cpp\n"))
        assert "+#line" in example_complaint(file, in_two["a"][1])
    text = "    g++ -O3 a.cpp -lz   # then b.cpp\n    g++ $(x) c.cpp\ng++ is not called here: d.cpp\n"
    assert list(compiler_lines(text)) == [(["-O3", "a.cpp", "-lz"], "a")]
    assert anchors("# A `b`, c\n```\n# d\n```\n") == {"a-b-c"}
    text = "# Here\n[a](#here) [b](#there) [c](none.md) [d](https://e.f)\n```\n[g](h)\n```\n"
    assert list(dead_links(__file__, text.replace("[a](#here) ", ""))) == ["#there", "none.md"]


def main():
    check_the_checker()
    options = compiler.arguments()
    failed = False
    for path in options.files:
        text = Path(path).read_text(encoding="utf-8")
        sources = programs(path, text)
        wrong = [(f"the program `{name}`", complaint(options, mark, name, source))
                 for name, (mark, source) in sources.items()]
        wrong += [
            (f"the line of {name}.cpp", line_complaint(options, arguments, name, sources))
            for arguments, name in compiler_lines(text)
        ]
        wrong += [(f"the link to {target}", "leads nowhere") for target in dead_links(path, text)]
        for what, why in wrong:
            if why:
                print(f"{path}: {what}: {why}")
                failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
