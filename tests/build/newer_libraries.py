"""Later versions of xtensor and xsimd than Debian's are found, as far as stubs of them can tell.

usage: newer_libraries.py --compiler C++ --include include <source folder>
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import compiler

# Where xtensor has its headers since 0.26.
MOVED = {
    "containers": ["xadapt", "xfixed", "xstorage", "xtensor"],
    "core": ["xnoalias"],
}
# Every xsimd says that it is compatible with its own major version alone.
VERSION = """\
set(PACKAGE_VERSION {version})
string(REGEX MATCH "^[0-9]+" major ${{PACKAGE_VERSION}})
if(PACKAGE_FIND_VERSION_MAJOR STREQUAL major)
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
else()
  set(PACKAGE_VERSION_COMPATIBLE FALSE)
endif()
"""


def xtensor_complaint(options, folder):
    for part, headers in MOVED.items():
        (folder / "xtensor" / part).mkdir(parents=True)
        for header in headers:
            text = f"#define FOUND_{header}\n#include <xtensor/{header}.hpp>\n"
            (folder / "xtensor" / part / f"{header}.hpp").write_text(text, encoding="utf-8")
    found = [f"FOUND_{header}" for headers in MOVED.values() for header in headers]
    asked = "\n".join(f"#ifndef {macro}\n#error {macro}\n#endif" for macro in found)
    source = f"#include <ctnn/network/tensor.hpp>\n{asked}\nctnn::Tensor<float, 2> x;\n"
    code, output = compiler.run(options, "-I", str(folder), "-fsyntax-only", "-x", "c++", "-", source=source)
    return output if code else None


def xsimd_complaint(source, folder, version, accepted):
    package = folder / version
    package.mkdir()
    (package / "xsimdConfig.cmake").write_text(
        "if(NOT TARGET xsimd)\n  add_library(xsimd INTERFACE IMPORTED)\nendif()\n"
    )
    (package / "xsimdConfigVersion.cmake").write_text(VERSION.format(version=version))
    done = subprocess.run(
        ["cmake", "-S", source, "-B", package / "build", "-G", "Ninja", "-DCTNN_BUILD_TESTS=OFF",
         "-DCTNN_BUILD_TOOLS=OFF", f"-Dxsimd_DIR={package}"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    told = f"xsimd {version} in" in done.stdout and "expected 8.1 or later" in done.stdout
    if (done.returncode == 0) == accepted and told != accepted:
        return None
    return f"xsimd {version}: ended with {done.returncode}\n{done.stdout}"


def main():
    options = compiler.arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        complaints = [xtensor_complaint(options, folder)]
        for version, accepted in (("8.0.5", False), ("8.1.0", True), ("12.1.1", True), ("14.3.0", True)):
            complaints.append(xsimd_complaint(options.files[0], folder, version, accepted))
    sys.exit("\n".join(filter(None, complaints)) or 0)


if __name__ == "__main__":
    main()
