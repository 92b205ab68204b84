"""The released trainer runs anywhere: one file under 5 MB that needs no shared library."""

import subprocess
import sys
from pathlib import Path

LIMIT = 5_000_000


def main():
    program = Path(sys.argv[1])
    if (size := program.stat().st_size) >= LIMIT:
        sys.exit(f"{program}: {size} bytes, expected less than {LIMIT}")
    headers = subprocess.run(
        ["readelf", "--program-headers", "--wide", program], capture_output=True, text=True, check=True
    ).stdout
    if "LOAD" not in headers or "INTERP" in headers:
        sys.exit(f"{program}: not a static program\n{headers}")


if __name__ == "__main__":
    main()
