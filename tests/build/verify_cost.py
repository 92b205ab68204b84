"""What it costs to verify networks of some size: CPU seconds of the compiler on a unit that does nothing
else, which are printed, and at most what the unit's first line allows. That is about eight times of what it
takes here, so that a busy machine does not fail; what grows beyond it has grown by an order.

    // limit: <CPU seconds>
"""

import pathlib
import re
import resource
import sys

import compiler


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main():
    options = compiler.arguments()
    failures = []
    for file in map(pathlib.Path, options.files):
        limit = float(re.match(r"// limit: (\S+)\n", file.read_text())[1])
        before = cpu_seconds()
        code, output = compiler.run(options, "-fsyntax-only", str(file))
        seconds = cpu_seconds() - before
        print(f"{file.stem}: {seconds:.2f} s, at most {limit:g}")
        if code:
            failures.append(f"{file}: {output}")
        elif seconds > limit:
            failures.append(f"{file}: {seconds:.2f} s, expected at most {limit:g}")
    sys.exit("\n".join(failures) or 0)


if __name__ == "__main__":
    main()
