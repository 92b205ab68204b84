"""Runs the program and compares its exit code and what it prints. Nothing here knows a network."""

import hashlib
import os
import re
import subprocess

USAGE, BAD_DATA, BAD_CHECKPOINT, CANNOT_WRITE, DIVERGED, OUT_OF_MEMORY = 2, 3, 4, 5, 6, 7


class Suite:
    def __init__(self, program, folder):
        self.program = program
        self.folder = folder
        self.passed = self.failed = 0

    def check(self, name, holds, details=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {name}\n{details}")

    def start(self, arguments, env=None, prepare=None, stdout=subprocess.PIPE):
        """Runs the program in the suite's folder. A value of None in `env` unsets a variable."""
        merged = {**os.environ, **(env or {})}
        return subprocess.run(
            [self.program, *arguments],
            cwd=self.folder,
            env={name: value for name, value in merged.items() if value is not None},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            preexec_fn=prepare,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=120,
            check=False,
        )

    def row(self, arguments, code=0, err="", out=None, name=None, **how):
        """One check: the exit code; standard error, which is one line that `err` is found in, or
        nothing on success; standard output, which `out` matches as a whole, or nothing for usage
        errors. Returns standard output."""
        if isinstance(arguments, str):
            arguments = arguments.split()
        if out is None:
            out = r"[^\0]*" if code in (0, CANNOT_WRITE, DIVERGED) else ""
        prefix = re.escape(self.program.name) + ": error: "
        line = rf"{prefix}[^\n]*(?:{err})[^\n]*\n" if code else ""
        try:
            done = self.start(arguments, **how)
        except subprocess.TimeoutExpired as late:
            self.check(name or arguments, False, late)
            return ""
        self.check(
            name or f"{self.program.name} {arguments}",
            done.returncode == code
            and re.fullmatch(line, done.stderr)
            and re.fullmatch(out, done.stdout or ""),
            f"  expected exit code {code}, standard error {line!r}, standard output {out!r}\n"
            f"  found exit code {done.returncode}, standard error {done.stderr!r},"
            f" standard output {done.stdout!r}",
        )
        return done.stdout or ""

    def sha256(self, path):
        return hashlib.sha256((self.folder / path).read_bytes()).hexdigest()
