"""The compiler that the tests in this folder call, as CMake configured it."""

import argparse
import os
import subprocess


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--include", required=True, help="the folder that holds ctnn/")
    parser.add_argument("--precompiled", help="the folder that precompile.py has filled")
    parser.add_argument("--syntax-only", action="store_true", help="build nothing that can run")
    parser.add_argument("files", nargs="*")
    return parser.parse_args()


def precompiled(options, text):
    """The flags that spare the source `text` reading train.hpp, where it begins with it."""
    if not options.precompiled or "#include <ctnn/train.hpp>" not in text:
        return []
    header = f"{options.precompiled}/ctnn/train.hpp"
    if "clang" in run(options, "--version")[1]:
        return ["-include-pch", f"{header}.gch"]
    return ["-include", header]  # g++ finds the .gch by itself


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
