"""Runs the program and compares its exit code and what it prints. Nothing here knows a network."""

import hashlib
import json
import os
import re
import subprocess

USAGE, BAD_DATA, BAD_CHECKPOINT, CANNOT_WRITE, DIVERGED, OUT_OF_MEMORY = 2, 3, 4, 5, 6, 7
ANYTHING = r"[^\0]*"
# What a run says that is over in a few milliseconds, as most of these are.
ONE_STEP = r"\S+: note: a batch of {} is more than the {} training images: each epoch is one step\n"


class Suite:
    def __init__(self, program, folder):
        self.program = program
        self.folder = folder  # where the program runs
        self.sanitized = b"__asan_init" in program.read_bytes()
        self.passed = self.failed = 0

    def check(self, name, holds, details=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {name}\n  {details}")

    def run(self, arguments, env=None, prepare=None, stdout=subprocess.PIPE):
        """`prepare` is called in the new process. A value of None in `env` unsets a variable."""
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
            timeout=100,
            check=False,
        )

    def start(self, arguments, **how):
        """A program that runs, with pipes for what it prints."""
        return subprocess.Popen(
            [self.program, *arguments.split()],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"} | how,
        )

    def row(self, arguments, code=0, err="", out=None, name=None, notes=None, **how):
        """One check of the exit code; of standard error, which `notes` matches as a whole on
        success (without it, nothing or ONE_STEP), and else one line that holds `err`; of standard
        output, which `out` matches as a whole. Returns the latter. Without `out`, a mistake in what was
        given must print nothing."""
        if isinstance(arguments, str):
            arguments = arguments.split()
        name = name or f"{self.program.name} {arguments}"
        if out is None:
            out = "" if code in (USAGE, BAD_DATA, BAD_CHECKPOINT) else ANYTHING
        prefix = re.escape(self.program.name) + ": error: "
        if notes is None:
            notes = "(?:" + ONE_STEP.format(r"\d+", r"\d+") + ")?"
        line = rf"{prefix}[^\n]*(?:{err})[^\n]*\n" if code else notes
        try:
            done = self.run(arguments, **how)
        except subprocess.TimeoutExpired as late:
            self.check(name, False, late)
            return ""
        printed = done.stdout or ""
        self.check(
            name,
            done.returncode == code
            and re.fullmatch(line, done.stderr)
            and re.fullmatch(out, printed),
            f"expected exit code {code}, standard error {line!r}, standard output {out!r}\n"
            f"  found exit code {done.returncode}, standard error {done.stderr!r},"
            f" standard output {printed!r}",
        )
        return printed

    def sha256(self, path):
        return hashlib.sha256((self.folder / path).read_bytes()).hexdigest()

    def events(self, folder):
        """The lines of a run's metrics.jsonl."""
        text = (self.folder / folder / "metrics.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def report(self, folder):
        """What a run's report.html draws."""
        page = (self.folder / folder / "report.html").read_text(encoding="utf-8")
        return json.loads(re.search(r'<script type="application/json" id="data">(.*?)<', page)[1])

    def weights(self, folder):
        """What two runs that are the same have in common, bit for bit."""
        return [self.sha256(f"{folder}/{name}.safetensors") for name in ("last", "best")]
