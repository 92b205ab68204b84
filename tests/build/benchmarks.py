"""A benchmark compiles. Nothing else builds it, so that an edit of the library might break it unseen.

usage: benchmarks.py --compiler C++ --include include <file of bench/>...
"""

import sys
from pathlib import Path

import compiler

SKIPPED = 77


def main():
    options = compiler.arguments()
    root = Path(options.include).parent
    code, _ = compiler.run(
        options, "-fsyntax-only", "-x", "c++", "-", source="#include <benchmark/benchmark.h>\n"
    )
    if code:
        print("skipped: no Google Benchmark (scripts/install-dependencies bench)")
        sys.exit(SKIPPED)
    flags = ["-DFMT_HEADER_ONLY=1", f"-I{root}/src", f'-DCTNN_TESTS_DIR="{root}/tests"']
    flags += [f'-DCTNN_NETWORK_HEADER="{root}/src/mnist_net.hpp"', '-DCTNN_BENCH_DATA=""']
    flags += ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]
    wrong = 0
    for file in options.files:
        code, output = compiler.run(options, "-fsyntax-only", *flags, file)
        if code:
            print(output)
            wrong += 1
    sys.exit(f"{wrong} of {len(options.files)} do not compile" if wrong else 0)


if __name__ == "__main__":
    main()
