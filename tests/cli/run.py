"""What the program promises on its command line: exit codes, one line on standard error, files.

usage: run.py --mnist PROGRAM [--all] [--kills N] [--only NAME]
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

import bad_input
import command_line
import files
import resuming
import saving
import scores
import scripts
import stopping
import terminal
import training
from suite import Suite

# Most of the time goes into fsync, which memory does not need. A container may have 64 MB there.
MEMORY = Path("/dev/shm")


def checks(arguments):
    """(name, function), in an order in which later ones find what earlier ones leave."""
    sample = None if arguments.all else 60
    return [
        ("mistakes", command_line.mistakes),
        ("owners", command_line.owners),
        ("alone", command_line.alone),
        ("completion", command_line.completion),
        ("information", command_line.information),
        ("train", scripts.train),
        ("fetch", scripts.fetch),
        ("install", scripts.install),
        ("two_epochs", training.two_epochs),  # leaves the weights in run/ that the others read
        ("digits", training.digits),  # and in digits_run/ those that know digits
        ("optimizers", training.optimizers),
        ("schedules", training.schedules),
        ("plateau", training.plateau),
        ("averages", training.averages),
        ("smoothed", training.smoothed),
        ("kept_small", training.kept_small),
        ("output", training.output),
        ("another_run", training.another_run),
        ("validation", training.validation),
        ("hostile_names", training.hostile_names),
        ("large_files", training.large_files),
        ("divergence", stopping.divergence),
        ("two_at_once", stopping.two_at_once),
        ("lost_log", stopping.lost_log),
        ("signals", stopping.signals),
        ("longer", resuming.longer),
        ("litter", resuming.litter),
        ("new_folders", saving.new_folders),
        ("stopped_at_once", resuming.stopped_at_once),
        ("rules", resuming.rules),
        ("states", resuming.states),
        ("evaluate", scores.evaluate),
        ("without_weights", scores.without_weights),
        ("trained_on", scores.trained_on),
        ("predict", scores.predict),
        ("predict_rows", scores.predict_rows),
        ("warm_start", scores.warm_start),
        ("bar", terminal.bar),
        ("bad_data", bad_input.data),
        ("bad_weights", bad_input.weights),
    ], [
        ("best_epoch", stopping.best_epoch),
        ("patience", stopping.patience),
        ("same_bits", training.same_bits),
        ("little_memory", training.little_memory),
        ("random_moments", lambda suite: resuming.random_moments(suite, arguments.kills * 6 // 10)),
        ("random_kills", lambda suite: saving.random_kills(suite, arguments.kills)),
        ("faults", lambda suite: saving.faults(suite, sample)),
    ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mnist", required=True, type=Path)
    parser.add_argument("--all", action="store_true", help="all faults of a save, not 60 of them")
    parser.add_argument("--kills", type=int, default=100, help="at random moments [100]")
    parser.add_argument("--only", action="append", help="these checks, after the weights")
    arguments = parser.parse_args()
    memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 1 << 30
    with tempfile.TemporaryDirectory(dir=MEMORY if memory else None) as folder:
        suite = Suite(arguments.mnist.resolve(), Path(folder))
        files.write_data(suite.folder / "data/mnist")
        files.write_digits(suite.folder / "digits")
        quick, slow = checks(arguments)
        wanted = {"two_epochs", "digits", *(arguments.only or [])}
        if suite.sanitized:
            print("not run under the address sanitizer:", *[name for name, _ in slow])
            slow = []
        for name, check in quick + slow:
            if arguments.only and name not in wanted:
                continue
            begin, failed = time.monotonic(), suite.failed
            check(suite)
            if suite.failed > failed or time.monotonic() - begin > 5:
                print(f"{name}: {time.monotonic() - begin:.1f} s, {suite.failed - failed} failed")
    print(f"{suite.passed} passed, {suite.failed} failed")
    sys.exit(suite.failed > 0)


if __name__ == "__main__":
    main()
