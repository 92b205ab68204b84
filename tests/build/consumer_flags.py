"""Projects that choose no build type are compiled for speed all the same.

usage: consumer_flags.py <build folder>...
"""

import json
import shlex
import sys
from pathlib import Path


def last(arguments, prefix):
    found = [argument for argument in arguments if argument.startswith(prefix)]
    return found[-1] if found else None


def complaints(folder):
    commands = json.loads((folder / "compile_commands.json").read_text())
    flags = {Path(c["file"]).name: shlex.split(c["command"]) for c in commands}
    for unit, optimization, march in (
        ("hello.cpp", "-O3", None),
        ("native_hello.cpp", "-O3", "-march="),
        ("engine.cpp", "-O3", "-march="),
        ("recipes.cpp", "-O3", "-march="),
        ("unity_0_cxx.cxx", "-O1", "-march="),
        ("processor.cpp", "-O1", "-march=x86-64"),
    ):
        if last(flags[unit], "-O") != optimization:
            yield f"{folder}: {unit} is compiled with {last(flags[unit], '-O')}, expected {optimization}"
        found = last(flags[unit], "-march=")
        if (found is None) != (march is None) or not (found or "").startswith(march or ""):
            yield f"{folder}: {unit} is compiled with {found}, expected {march}"


def main():
    wrong = [line for folder in sys.argv[1:] for line in complaints(Path(folder))]
    sys.exit("\n".join(wrong) or 0)


if __name__ == "__main__":
    main()
