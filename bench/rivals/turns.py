"""What compare.py and shapes.py share: either side in a process of its own, and a table.

Both sides take turns in every round, because the machine's clock drifts: only a ratio within a
round means something. A sample is one call, or as many as take 50 ms; a side's speed is the median
of its samples.
"""
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(command, **environment):
    """What a program prints as JSON; its failure is ours."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, env={**os.environ, **environment})
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def samples_of(bench, pattern, samples, min_time=0.05):
    """The samples of our benchmarks that match a pattern, by name."""
    entries = run([bench, f"--benchmark_filter={pattern}", "--benchmark_format=json",
                   f"--benchmark_repetitions={samples}",
                   f"--benchmark_min_time={min_time}"])["benchmarks"]
    found = {}
    for entry in entries:
        if entry["run_type"] == "iteration":
            found.setdefault(entry["run_name"], []).append(entry)
    return found


def median(samples, counter):
    return statistics.median(sample[counter] for sample in samples)


def ours(bench, name, samples):
    """The samples of one benchmark, named without its options."""
    (found,) = samples_of(bench, f"^{name}(/|$)", samples).values()
    return found


def pytorch(options, work, batch, threads, layout, *more, huge_pages=False):
    """What pytorch_speed.py prints: PyTorch as it is, or with a C library told to use huge pages."""
    command = [options.python, ROOT / "bench/rivals/pytorch_speed.py", work, "--batch", batch,
               "--threads", threads, "--layout", layout, "--samples", options.samples, *more]
    return run(command, **({"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"} if huge_pages else {}))


def add_options(parser):
    parser.add_argument("--python", default="/usr/bin/python3", help="one that has torch")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--samples", type=int, default=10, help="of each side in each round")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there as well")


def parse(parser):
    options = parser.parse_args()
    if min(options.rounds, options.samples) < 1:
        parser.error("--rounds and --samples must be at least 1")
    return options


def program(text):
    """A path that runs also if it is a bare name here."""
    return Path(text).resolve()


def need(parser, path, how):
    if not path.exists():
        parser.error(f"{path} is not built; {how} builds it")


def print_line(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def number(value):
    """Three digits, or all before the point."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def describe_pytorch(result):
    return f"PyTorch {result['version']}, its linear layers by {result['blas']}"


def write_json(options, rows):
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
