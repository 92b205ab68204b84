#!/usr/bin/env python3
"""Compares the training step with PyTorch's: images a second, by the wall clock, batch 512.

Run: scripts/bench --benchmark_list_tests && bench/rivals/train_speed.py
Both sides take turns in every round, because the machine's clock drifts; each runs in a process of
its own, warms up, and times single steps. Only the ratio is worth quoting: the median over the
rounds of our median by PyTorch's. PyTorch gets what is best for it: channels_last and huge pages.
"""
import argparse
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


def ours(options, threads):
    """Best and median images per second, and the FMA peaks of one core beside the steps."""
    # No minimum of time and some repetitions: every step is timed by itself.
    steps = run([options.bench, f"--benchmark_filter=training step .*, {threads} thread",
                 f"--benchmark_repetitions={options.steps}", "--benchmark_min_time=0",
                 "--benchmark_format=json"])["benchmarks"]
    steps = [step for step in steps if step["run_type"] == "iteration"]
    speeds = [step["images"] for step in steps]
    return max(speeds), statistics.median(speeds), [step["peak"] for step in steps]


def pytorch(options, threads):
    result = run([options.python, ROOT / "bench/rivals/pytorch_train.py", "--threads", threads,
                  "--layout", options.layout, "--steps", options.steps],
                 GLIBC_TUNABLES="glibc.malloc.hugetlb=1")
    return result["images_per_second_best"], result["median"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, default=ROOT / "build/bench/bench/ctnn_bench")
    parser.add_argument("--python", default="/usr/bin/python3", help="one that has torch")
    parser.add_argument("--layout", choices=("channels_last", "contiguous"),
                        default="channels_last", help="of PyTorch's images")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=10, help="timed in each round")
    options = parser.parse_args()
    if min(options.rounds, options.steps) < 1:
        parser.error("--rounds and --steps must be at least 1")
    if not options.bench.exists():
        parser.error(f"{options.bench} is not built; scripts/bench builds it")

    print(f"{'':9}{'ours':^15}{'PyTorch':^15}\n"
          f"{'threads':9}{'best':>7}{'median':>8}{'best':>7}{'median':>8}{'ratio':>7}")
    peaks = []
    for threads in (1, 2):
        we, they = [], []
        for _ in range(options.rounds):
            *speed, peak = ours(options, threads)
            we.append(speed)
            peaks += peak
            they.append(pytorch(options, threads))
        cells = [threads]
        for side in (we, they):
            cells += [max(best for best, _ in side), statistics.median(mid for _, mid in side)]
        ratio = statistics.median(a / b for (_, a), (_, b) in zip(we, they))
        print("{:<9}{:7.0f}{:8.0f}{:7.0f}{:8.0f}{:7.2f}".format(*cells, ratio))
    print(f"FMA peak of a core meanwhile: {statistics.median(peaks) / 1e9:.0f} GFLOP/s, "
          f"{min(peaks) / 1e9:.0f} to {max(peaks) / 1e9:.0f}")


if __name__ == "__main__":
    main()
