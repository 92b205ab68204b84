"""Units compiled for different instruction sets make one program, in which each runs its own code.

usage: instruction_sets.py --compiler C++ --include include instruction_sets.cpp
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import compiler

# All that depends on -march. The rest of the library is the same code for each.
OWN = ("ctnn::kernels::", "ctnn::simd::", "ctnn::plan::", "ctnn::Network<", "ctnn::Trainer<")


def supported():
    """The two levels furthest from each other that this processor and loader run."""
    told = subprocess.run(["/lib64/ld-linux-x86-64.so.2", "--help"], stdout=subprocess.PIPE, text=True, check=False)
    levels = [level for level in ("v4", "v3") if f"x86-64-{level} (supported" in told.stdout]
    return ["v2", levels[0]] if levels else []


def built(options, folder, level):
    unit = folder / f"{level}.o"
    code, output = compiler.run(
        options, "-O1", "-DFMT_HEADER_ONLY=1", f"-march=x86-64-{level}", f"-DRUN=run_{level}",
        "-c", options.files[0], "-o", str(unit),
    )
    if code:
        sys.exit(output)
    return unit


def shared_symbols(folder, levels):
    """What the linker takes from one of the units for both."""
    found = []
    for level in levels:
        command = ["nm", "-C", "--defined-only", str(folder / f"{level}.o")]
        lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
        # Address, kind, name; weak and unique ones are merged.
        found.append({line.split(maxsplit=2)[2] for line in lines if line.split()[1] in "WVu"})
    return found[0] & found[1]


def losses(options, folder, units, levels):
    """What each unit computes in a program of `units`, in the order of `levels`."""
    calls = "".join(f'std::printf("%a\\n", run_{level}());' for level in levels)
    declared = "".join(f"double run_{level}();" for level in levels)
    source = f"#include <cstdio>\n{declared}\nint main() {{ {calls} }}\n"
    code, output = compiler.run(
        options, "-x", "c++", "-", "-x", "none", *map(str, units), "-pthread", "-lz",
        "-o", str(folder / "program"), source=source,
    )
    if code:
        sys.exit(output)
    done = subprocess.run([folder / "program"], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"a program of {[unit.stem for unit in units]} ends with {done.returncode}")
    return done.stdout.split()


def main():
    options = compiler.arguments()
    levels = supported()
    if not levels:
        print("skipped: this processor runs x86-64-v2 only")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        units = [built(options, folder, level) for level in levels]
        shared = [symbol for symbol in shared_symbols(folder, levels) if any(own in symbol for own in OWN)]
        if shared:
            sys.exit("the units share\n" + "\n".join(sorted(shared)))
        alone = [losses(options, folder, [units[i]], [levels[i]])[0] for i in range(2)]
        if alone[0] == alone[1]:
            sys.exit(f"both say {alone[0]}: this test sees nothing")
        for order in (units, units[::-1]):
            together = losses(options, folder, order, levels)
            if together != alone:
                sys.exit(f"alone {alone}, as one program {together}")


if __name__ == "__main__":
    main()
