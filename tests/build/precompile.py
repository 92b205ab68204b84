"""Reads <ctnn/train.hpp> once for all the programs of compile_fail/.

usage: precompile.py --compiler C++ --include include --precompiled <folder>
"""

import sys
from pathlib import Path

import compiler


def main():
    options = compiler.arguments()
    folder = Path(options.precompiled, "ctnn")
    folder.mkdir(parents=True, exist_ok=True)
    header = Path(options.include, "ctnn/train.hpp")
    code, output = compiler.run(
        options, "-x", "c++-header", str(header), "-o", str(folder / "train.hpp.gch")
    )
    sys.exit(output if code else 0)


if __name__ == "__main__":
    main()
