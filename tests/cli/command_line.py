"""Mistakes on the command line, and what the program says about itself."""

import re
from pathlib import Path

from suite import USAGE

WHOLE = 'expected a whole number from {} to {}, found "{}"'
NOT_WHOLE = ["nan", "inf", "-1", "-0", "+1", "1.5", "1e3", "abc", "0x10", "010x", "1 ", " 1", "", "9" * 30]
NOT_REAL = ["nan", "-nan", "inf", "-inf", "-1", "1e400", "1e-400", "1e7", "abc", "0.1x", "0,1", " 1", ""]
STRAY = 'unexpected argument "{}"'


def usage(suite):
    for option, low, high in [
        ("--epochs", 1, 10**9),
        ("--batch-size", 1, 10**9),
        ("--step-size", 1, 10**9),
        ("--limit", 0, 10**9),
        ("--threads", 0, 1024),
        ("--seed", 0, 2**64 - 1),
    ]:
        outside = [str(high + 1)] + (["0"] if low else [])
        for value in NOT_WHOLE + outside:
            suite.row(["train", option, value], USAGE, option + ": " + WHOLE.format(low, high, re.escape(value)))
    for option, values in {
        "--lr": NOT_REAL + ["0"],
        "--momentum": NOT_REAL + ["1"],
        "--gamma": NOT_REAL + ["0"],
    }.items():
        for value in values:
            suite.row(["train", option, value], USAGE, f'{option}: expected a number in .*, found "{re.escape(value)}"')
    for arguments, err in [
        ("", "A subcommand is required"),
        ("foo", STRAY.format("foo")),
        ("--foo", STRAY.format("--foo")),
        ("--epochs 1", STRAY.format("--epochs")),
        ("summary extra", STRAY.format("extra")),
        ("summary train", STRAY.format("train")),
        ("summary --all=perhaps", "--all"),
        ("train --foo", STRAY.format("--foo")),
        ("train --foo --lr nan", STRAY.format("--foo")),
        ("train --LR 1", STRAY.format("--LR")),
        ("train -lr 1", STRAY.format("-lr")),
        ("train --lr 1 2", STRAY.format("2")),
        ("train -- 1", STRAY.format("1")),
        ("train --weights x", STRAY.format("--weights")),
        ("train evaluate", STRAY.format("evaluate")),
        ("train --no-shuffle=perhaps", "--no-shuffle"),
        ("train --dataset cifar", "--dataset: cifar not in"),
        ("train --lr 1 --lr nan", 'found "nan"'),
        ("evaluate", "--weights is required"),
        ("evaluate --epochs 1 --weights x", STRAY.format("--epochs")),
        ([""], STRAY.format("")),
        (["train", ""], STRAY.format("")),
        (["train", "--dataset", ""], "--dataset"),
        (["train", "--lr", "a\nb"], 'found "a b"'),
        (["train", "--lr\n1"], STRAY.format("--lr 1")),
        (["train", "--lr", "\x1b[2J"], r'found "\\x1b\[2J"'),
        (["train", b"--\xff\xfe"], STRAY.format("--\udcff\udcfe")),
        (["train", "--lr", b"\xff"], 'found "\udcff"'),
    ]:
        suite.row(arguments, USAGE, err)
    for option in ("--data", "--init", "--out"):
        suite.row(["train", option, ""], USAGE, option + ': expected a path, found ""')
    suite.row(["evaluate", "--weights", ""], USAGE, '--weights: expected a path, found ""')
    for option in "dataset data threads epochs batch-size lr momentum step-size gamma seed limit init out".split():
        suite.row(f"train --{option}", USAGE, f"--{option}: .*missing")
        suite.row(f"train --{option}=", USAGE, f"--{option}: .*missing")


def informing(suite):
    help_page = r"[^\n]+\nUsage: {}[^\0]*\n"
    for command in ("", "summary", "train", "evaluate"):
        usage_of = help_page.format(f"{suite.program.name} {command}".strip())
        suite.row(f"{command} --help", out=usage_of)
        suite.row(f"{command} -h", out=usage_of)
    version = rf"{suite.program.name} \d+\.\d+\.\d+ \([^,\n]+, (AVX-512|AVX2|SSE4\.2), (g\+\+|clang\+\+) \d[^\n]*\)\n"
    suite.row("--version", out=version)
    for option, table in {"": "with_parameters.txt", "--all": "all.txt", "--all --all": "all.txt"}.items():
        expected = (REFERENCE / "torchsummary" / table).read_text(encoding="utf-8")
        suite.row(f"summary {option}", out=re.escape(expected))
