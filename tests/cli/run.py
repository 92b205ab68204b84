"""What the program promises on its command line: exit codes, one line on standard error, files.

usage: run.py --mnist PROGRAM
"""

import argparse
import sys
import tempfile
from pathlib import Path

import bad_input
import command_line
import files
import training
from suite import Suite


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mnist", required=True, type=Path)
    program = parser.parse_args().mnist.resolve()
    with tempfile.TemporaryDirectory() as folder:
        suite = Suite(program, Path(folder))
        files.write_data(suite.folder / "data/mnist")
        command_line.mistakes(suite)
        command_line.information(suite)
        training.two_epochs(suite)  # leaves the weights in run/ that the others read
        training.failures(suite)
        training.output(suite)
        bad_input.data(suite)
        bad_input.weights(suite)
        if suite.sanitized:
            print("not run under the address sanitizer: same bits (slow), a limit on memory")
        else:
            training.same_bits(suite)
            training.little_memory(suite)
    print(f"{suite.passed} passed, {suite.failed} failed")
    sys.exit(suite.failed > 0)


if __name__ == "__main__":
    main()
