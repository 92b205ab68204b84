"""On a processor that lacks what it was compiled for, the program ends with one line and a code.

usage: processor.py <program>
"""

import re
import shutil
import subprocess
import sys

SKIPPED, WRONG_PROCESSOR = 77, 8
# What each lacks first of what a program may need.
OLDER = {"qemu64": "ssse3", "Nehalem": "avx", "Haswell": "avx512f"}


def main():
    program = sys.argv[1]
    emulator = shutil.which("qemu-x86_64")
    if emulator is None:
        print("skipped: no qemu-x86_64 (scripts/install-dependencies machines)")
        sys.exit(SKIPPED)
    here = subprocess.run([program, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    checked = 0
    for processor, lacks in OLDER.items():
        if (processor == "Haswell" and "AVX-512" not in here) or (
            processor == "Nehalem" and "AVX" not in here
        ):
            continue
        for arguments in (["--version"], ["summary"], ["nonsense"]):
            done = subprocess.run(
                [emulator, "-cpu", processor, program, *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
            # The emulator itself warns of what it leaves out of a processor.
            said = "".join(line for line in done.stderr.splitlines(True) if "TCG" not in line)
            line = rf"\w+: error: this processor lacks {re.escape(lacks)}, [^\n]*CTNN_ARCH[^\n]*\n"
            if done.returncode != WRONG_PROCESSOR or done.stdout or not re.fullmatch(line, said):
                sys.exit(f"{processor} {arguments}: {done.returncode}, {done.stdout!r}, {said!r}")
            checked += 1
    print(f"{checked} runs on processors that lack something")


if __name__ == "__main__":
    main()
