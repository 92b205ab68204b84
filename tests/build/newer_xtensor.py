"""The headers of xtensor are found where it has them since 0.26: in folders.

usage: newer_xtensor.py --compiler C++ --include include
"""

import sys
import tempfile
from pathlib import Path

import compiler

MOVED = {
    "containers": ["xadapt", "xfixed", "xstorage", "xtensor"],
    "core": ["xnoalias"],
}


def main():
    options = compiler.arguments()
    with tempfile.TemporaryDirectory() as name:
        for folder, headers in MOVED.items():
            Path(name, "xtensor", folder).mkdir(parents=True)
            for header in headers:
                text = f"#define FOUND_{header}\n#include <xtensor/{header}.hpp>\n"
                Path(name, "xtensor", folder, f"{header}.hpp").write_text(text, encoding="utf-8")
        found = [f"FOUND_{header}" for headers in MOVED.values() for header in headers]
        asked = "\n".join(f"#ifndef {macro}\n#error {macro}\n#endif" for macro in found)
        source = f"#include <ctnn/network/tensor.hpp>\n{asked}\nctnn::Tensor<float, 2> x;\n"
        code, output = compiler.run(options, "-I", name, "-fsyntax-only", "-x", "c++", "-", source=source)
        sys.exit(output if code else 0)


if __name__ == "__main__":
    main()
