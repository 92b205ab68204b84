"""<ctnn/core.hpp>, all that it takes to define and verify a network, reads no header of xtensor or
xsimd: that is what keeps such a translation unit at about 0.1 s."""

import re
import sys

import compiler


def heavy_headers(options, header):
    # -M and not -MM, which leaves out what lies in system folders.
    code, output = compiler.run(
        options, "-M", "-x", "c++", "-", source=f"#include <{header}>\n"
    )
    if code:
        sys.exit(output)
    return re.findall(r"\S*/(?:xtensor|xsimd)/\S*", output)


def main():
    options = compiler.arguments()
    if not heavy_headers(options, "ctnn/ctnn.hpp"):
        sys.exit("found no xtensor or xsimd header in <ctnn/ctnn.hpp>: this test sees nothing")
    if heavy := heavy_headers(options, "ctnn/core.hpp"):
        sys.exit("<ctnn/core.hpp> includes\n" + "\n".join(heavy))


if __name__ == "__main__":
    main()
