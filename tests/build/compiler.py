"""The compiler that the tests in this folder call, as CMake configured it."""

import argparse
import os
import subprocess


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--include", required=True, help="the folder that holds ctnn/")
    parser.add_argument("--syntax-only", action="store_true", help="build nothing that can run")
    parser.add_argument("files", nargs="*")
    return parser.parse_args()


def run(options, *flags, source=None):
    """Runs the compiler on C++20; returns (its exit code, all that it said)."""
    command = [options.compiler, "-std=c++20", "-ffp-contract=off", "-I", options.include]
    command += ["-DCTNN_ALLOW_UNOPTIMIZED", *flags]
    done = subprocess.run(
        command,
        input=source,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "LC_ALL": "C"},
        check=False,
    )
    return done.returncode, done.stdout
