"""What the program promises on its command line: exit codes, one line on standard error, files.

usage: run.py --mnist PROGRAM
"""

import argparse
import gzip
import hashlib
import json
import math
import os
import re
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import files
from files import SHAPES, TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS

REFERENCE = Path(__file__).resolve().parent.parent / "reference"
USAGE, BAD_DATA, BAD_CHECKPOINT, CANNOT_WRITE, DIVERGED, OUT_OF_MEMORY = 2, 3, 4, 5, 6, 7

TEST_LINE = r"Test set: Average loss: \d+\.\d{4}, Accuracy: \d+/32 \(\d+\.\d\d%\)\n"


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


# The command line ---------------------------------------------------------------------------------

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


# Data ---------------------------------------------------------------------------------------------


def data(suite):
    whole = suite.folder / "data/mnist"
    original = {name: (whole / name).read_bytes() for name in files.DATA_FILES}
    images, labels = original[TRAIN_IMAGES], original[TRAIN_LABELS]

    for name, content in original.items():
        dimensions = "[0-9x]+ = [0-9]+ bytes"
        for wrong, err in [
            (None, "no such file, expected the four MNIST files"),
            ("folder", "expected a regular file, found a directory"),
            ("pipe", "expected a regular file, found a pipe"),
            (Path("/dev/zero"), "expected a regular file, found a device"),
            (Path("/dev/null/none"), "cannot read: Not a directory|no such file"),
            (b"", "truncated: header is [0-9]+ bytes, file has 0"),
            (content[:3], "truncated: header is [0-9]+ bytes, file has 3"),
            (content[:7], "truncated: header is [0-9]+ bytes, file has 7"),
            (content[:-1], f"truncated: header says {dimensions}, file has {len(content) - 1}"),
            (content + b"\0", f"1 bytes too long: header says {dimensions}, file has {len(content) + 1}"),
            (gzip.compress(content), "gzip-compressed; run gunzip"),
            (b"<!DOCTYPE html>", "not an IDX file: looks like an HTML or XML page"),
            (b"PK\3\4" + bytes(20), "not an IDX file: a zip archive"),
            (b"abcd" + content[4:], "not an IDX file: magic number 0x61626364, expected 0x0000080[13]"),
            (content[3::-1] + content[4:], "magic number is little-endian"),
        ]:
            damaged(suite, {name: wrong}, f"/{name}: .*({err})", name=f"{name}: {err}")

    for wrong, err in [
        ({TRAIN_IMAGES: labels}, "a label file, expected images; are the image and label files swapped"),
        ({TRAIN_LABELS: images}, "an image file, expected labels; are the image and label files swapped"),
        ({TRAIN_IMAGES: files.noise(63)}, "64 labels, but .* has 63 images"),
        ({TRAIN_IMAGES: files.noise(0), TRAIN_LABELS: files.labels(0)}, "holds no images"),
        ({TEST_LABELS: files.labels(31)}, "31 labels, but .* has 32 images"),
        ({TRAIN_LABELS: labels[:-1] + b"\x0a"}, r"label 10 at index 63 \(byte 71\), network has 10 classes"),
        ({TEST_LABELS: files.labels(31)[:7] + b"\x20" + b"\xff" * 32}, r"label 255 at index 0 \(byte 8\)"),
        ({TRAIN_IMAGES: files.noise(64, rows=27)}, "images of 1x27x28, network takes 1x28x28"),
        ({TEST_IMAGES: files.noise(32, cols=32)}, "images of 1x28x32, network takes 1x28x28"),
        ({TRAIN_IMAGES: files.idx(64, 0, 0, elements=b"")}, "images of 1x0x0, network takes 1x28x28"),
        ({TRAIN_IMAGES: files.idx(2**32 - 1, 2**31, 2**31, elements=bytes(99))}, "overflows 64 bits"),
        ({TRAIN_IMAGES: files.idx(2**32 - 1, 28, 28, elements=bytes(99))}, "truncated: header says 4294967295x28x28"),
        ({TRAIN_IMAGES: files.idx(64, 28, 28, elements=bytes(99), kind=0x0D)}, "IDX element type 0x0d, expected 0x08"),
        ({TRAIN_IMAGES: files.idx(64, 1, 28, 28, elements=bytes(64 * 784))}, "IDX file of 4 dimensions, expected 3"),
    ]:
        damaged(suite, wrong, err, name=err)

    damaged(suite, {}, "gzip-compressed; run gunzip", name="only .gz files", rename=lambda name: name + ".gz")
    suite.row("train --data nowhere", BAD_DATA, f"nowhere/{TRAIN_IMAGES}: no such file")
    suite.row("train --dataset fashion-mnist", BAD_DATA, f"data/fashion-mnist/{TRAIN_IMAGES}: no such file")
    suite.row(["train", "--data", b"\xff\xfe"], BAD_DATA, f"\udcff\udcfe/{TRAIN_IMAGES}: no such file")
    suite.row(["train", "--data", "a\nb"], BAD_DATA, f"/{TRAIN_IMAGES}: no such file")
    suite.row(["train", "--data", "x" * 5000], BAD_DATA, "cannot read: File name too long")
    suite.row(["train", "--data", "{}"], BAD_DATA, f"{{}}/{TRAIN_IMAGES}: no such file")
    suite.row("evaluate --data nowhere --weights run/last.safetensors", BAD_DATA, f"nowhere/{TEST_IMAGES}: no such")
    suite.check("an error in the data makes no folder", not (suite.folder / "runs").exists())


def damaged(suite, wrong, err, name, rename=lambda name: name):
    """A row for the data set with the files in `wrong` replaced."""
    folder = suite.folder / "damaged"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in files.DATA_FILES:
        content = wrong.get(file, suite.folder / "data/mnist" / file)
        path = folder / rename(file)
        if content == "folder":
            path.mkdir()
        elif content == "pipe":
            os.mkfifo(path)
        elif isinstance(content, Path):
            path.symlink_to(content)
        elif content is not None:
            path.write_bytes(content)
    suite.row("train --data damaged", BAD_DATA, err, name=name)


# Weights ------------------------------------------------------------------------------------------


def checkpoints(suite):
    good = (suite.folder / "run/last.safetensors").read_bytes()
    path = suite.folder / "bad.safetensors"
    (length,) = struct.unpack_from("<Q", good)

    def header(text):
        return struct.pack("<Q", len(text)) + text

    for content, err in [
        (b"", "truncated: expected at least 8 bytes, found 0"),
        (good[:7], "truncated: expected at least 8 bytes, found 7"),
        (good[: 8 + length - 1], "truncated: header of [0-9]+ bytes in a file of"),
        (good[:-1], "truncated: tensors need 2372800 bytes after the header, found 2372799"),
        (good + b"\0", "1 bytes after the last tensor"),
        (b"PK\3\4" + good, "is a zip archive, perhaps from torch.save"),
        (b"\xff" * 8 + good[8:], "header of [0-9]+ bytes, the safetensors format allows"),
        (header(b"[]"), "header: expected '{' as first byte"),
        (header(b'{"a":\0}'), "header: NUL byte"),
        (header(b'{"a":'), "bad.safetensors: "),
        (header(b'{"a":' + b"[" * 100_000), "bad.safetensors: "),
        (header(b"{}"), "missing conv1.weight, conv1.bias, .*, fc2.weight, fc2.bias"),
        (header(b'{"a\\n\\u001b":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'), r"unexpected a\\x0a\\x1b"),
        (header(b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}') + bytes(4), "hold 4 bytes, expected 8"),
    ]:
        path.write_bytes(content)
        suite.row("evaluate --weights bad.safetensors", BAD_CHECKPOINT, err, name=err)

    wrong = {name: shape for name, shape in SHAPES.items() if name not in ("conv3.bias", "fc2.bias")}
    wrong |= {"conv1.weight": [32, 1, 5, 5], "fc1.weight": [4096, 50], "fc3.bias": [10], "bn.num_batches_tracked": []}
    files.write_safetensors(path, wrong)
    differences = (
        "does not match the network: missing conv3.bias, fc2.bias; unexpected (fc3.bias, bn|bn.num_batches_tracked, fc3)"
        r".*; size mismatch for conv1.weight: file has \[32, 1, 5, 5\], network has \[32, 1, 3, 3\]"
        r"; size mismatch for fc1.weight: file has \[4096, 50\], network has \[50, 4096\]"
    )
    suite.row("evaluate --weights bad.safetensors", BAD_CHECKPOINT, differences)
    suite.row("train --init bad.safetensors", BAD_CHECKPOINT, differences)
    for value in (math.nan, math.inf, -math.inf):
        files.write_safetensors(path, SHAPES, {("fc1.weight", 7): value})
        suite.row("evaluate --weights bad.safetensors", BAD_CHECKPOINT, f"value 7 of fc1.weight is not finite: -?{abs(value)}")
        suite.row("train --init bad.safetensors", BAD_CHECKPOINT, f"value 7 of fc1.weight is not finite: -?{abs(value)}")
    files.write_safetensors(path, SHAPES, dtype="F64")
    suite.row("evaluate --weights bad.safetensors", BAD_CHECKPOINT, "dtype F64 of conv1.weight is not supported, expected F32")

    os.mkfifo(suite.folder / "pipe")
    for name, err in {
        "nowhere": "cannot read: No such file or directory",
        "data": "expected a regular file, found a directory",
        "pipe": "expected a regular file, found a pipe",
        "/dev/zero": "expected a regular file, found a device",
        f"data/mnist/{TEST_IMAGES}": "header of [0-9]+ bytes",
        REFERENCE / "tiny.safetensors": "does not match the network: missing",
    }.items():
        suite.row(["evaluate", "--weights", name], BAD_CHECKPOINT, err)
        suite.row(["train", "--init", name], BAD_CHECKPOINT, err)
    suite.check("an error in the weights makes no folder", not (suite.folder / "runs").exists())


# Output -------------------------------------------------------------------------------------------


def output(suite):
    train = "train --epochs 1 --limit 2 --out "
    weights = "--weights run/last.safetensors"
    with open("/dev/full", "w", encoding="utf-8") as full:
        for arguments in ("summary", "--help", "--version", f"evaluate {weights}", train + "full"):
            suite.row(arguments, CANNOT_WRITE, "standard output: cannot write: No space left on device", stdout=full)
    for arguments in ("summary", "--help", f"evaluate {weights}", train + "closed"):
        suite.row(arguments, CANNOT_WRITE, "standard output: cannot write: Bad file descriptor",
                  name=f"{arguments}, standard output closed", stdout=None, prepare=lambda: os.close(1))
    printed = (suite.folder / "closed/metrics.jsonl").read_text(encoding="utf-8")
    suite.check("what is printed on a closed stream is in no file", all(map(json.loads, printed.splitlines())), printed)
    reader, writer = os.pipe()
    os.close(reader)
    suite.check("a reader that has gone ends the program quietly", suite.start(["summary"], stdout=writer).stderr == "")
    os.close(writer)

    blocked = suite.folder / "blocked"
    (blocked / "folder/last.safetensors").mkdir(parents=True)
    (blocked / "log/metrics.jsonl").mkdir(parents=True)
    for name, file in {"full_log": "metrics.jsonl", "full_weights": "last.safetensors"}.items():
        (blocked / name).mkdir()
        (blocked / name / file).symlink_to("/dev/full")
    for name, err in {
        "bad.safetensors": "bad.safetensors: cannot write: Not a directory",
        "bad.safetensors/a/b": "bad.safetensors/a/b: cannot write: Not a directory",
        "/proc/none": "/proc/none: cannot write: No such file or directory",
        "x" * 300: "cannot write: File name too long",
        "blocked/folder": "last.safetensors: cannot write: expected a regular file, found a directory",
        "blocked/log": "metrics.jsonl: cannot write: Is a directory",
        "blocked/full_log": "metrics.jsonl: cannot write: No space left on device",
        "blocked/full_weights": "last.safetensors: cannot write: expected a regular file, found a device",
    }.items():
        suite.row([*train.split(), name], CANNOT_WRITE, err)
    left = [path.name for path in blocked.rglob("*.tmp-*")]
    suite.check("no temporary file is left", not left, left)


# Training -----------------------------------------------------------------------------------------


def training(suite):
    """Leaves the weights of two epochs in run/."""
    rate = "Adjusting learning rate of group 0 to {}.\n".format
    epoch = r"Epoch {}\nTrain: Loss=\d+\.\d{{4}} Batch_id={} Accuracy=\d+\.\d\d\n".format
    saved = r"Saved {0}/last.safetensors and {0}/metrics.jsonl\n".format
    printed = suite.row(
        "train --epochs 2 --batch-size 24 --step-size 1 --gamma 0.5 --out run",
        out=rate(r"1.0000e-02") + epoch(1, 2) + TEST_LINE + rate("5.0000e-03") + epoch(2, 2) + TEST_LINE
        + rate("2.5000e-03") + saved("run"),
    )
    last_score = re.findall(TEST_LINE, printed)[-1]
    log(suite, printed)

    tensors, metadata = files.read_safetensors(suite.folder / "run/last.safetensors")
    shapes = {name: shape for name, (shape, _) in tensors.items()}
    suite.check("names and shapes are PyTorch's", shapes == SHAPES, shapes)
    suite.check("the metadata name the format", metadata == {"format": "pt", "ctnn.epoch": "2"}, metadata)
    values = [value for _, tensor in tensors.values() for value in tensor]
    suite.check("weights are finite and not all alike", all(map(math.isfinite, values)) and len(set(values)) > 500_000)

    for more in ("", "--threads 1", "--threads 8 --threads 2", "--data data/mnist", "--dataset mnist"):
        suite.row(f"evaluate --weights run/last.safetensors {more}", out=re.escape(last_score))
    suite.row("train --epochs 1 --lr 1e-12 --init run/last.safetensors --out continued",
              out=rate("1.0000e-12") + epoch(1, 0) + re.escape(last_score) + rate("1.0000e-12") + saved("continued"))
    suite.row("train --epochs 9 --out other --limit 5 --epochs 1 --batch-size 2 --out limited",
              out=rate("1.0000e-02") + epoch(1, 2) + TEST_LINE + rate("1.0000e-02") + saved("limited"))
    suite.row("train --epochs 1 --limit 2 --batch-size 1000000000 --threads 1024 --seed 18446744073709551615")
    suite.check("the folders are data/mnist and runs/mnist", (suite.folder / "runs/mnist/last.safetensors").exists())
    shutil.rmtree(suite.folder / "runs")


def log(suite, printed):
    lines = (suite.folder / "run/metrics.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    suite.check("three events, each of schema 1",
                [(event["schema"], event["event"]) for event in events] == [(1, "start"), (1, "epoch"), (1, "epoch")], lines)
    start, *epochs = events
    facts = {"dataset": "mnist", "parameters": 593_200, "train_samples": 64, "test_samples": 32, "epochs": 2,
             "batch_size": 24, "momentum": 0.9, "seed": 1, "shuffle": True}
    suite.check("the start event holds the options", start.items() >= facts.items(), start)
    suite.check("learning rates", [(event["epoch"], event["lr"]) for event in epochs] == [(1, 0.01), (2, 0.005)], epochs)
    scores = [
        "Test set: Average loss: {test_loss:.4f}, Accuracy: {test_correct}/32 ({:.2f}%)\n".format(
            100 * event["test_accuracy"], **event)
        for event in epochs
    ]
    suite.check("the log says what was printed", scores == re.findall(TEST_LINE, printed), (scores, printed))
    positive = ["train_loss", "train_accuracy", "seconds", "images_per_second"]
    suite.check("the other fields", all(event[field] > 0 for event in epochs for field in positive), epochs)


def same_bits(suite):
    """The same weights from the same seed, whatever the machine and the environment."""
    train = "train --epochs 2 --batch-size 40 --out "
    suite.row(train + "a")
    expected = suite.sha256("a/last.safetensors")

    def limit_stack():
        resource.setrlimit(resource.RLIMIT_STACK, (512 * 1024, 512 * 1024))

    def one_processor():
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    for more, how in {
        "": {},
        "--threads 1": {},
        "--threads 2": {},
        "--threads 8": {},
        "--threads 8 --seed 1": {"prepare": limit_stack},
        "--threads 0": {"prepare": one_processor},
        "--seed 01": {"env": {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}},
        "--seed 1": {"env": {"HOME": None, "PATH": None, "TERM": "dumb", "COLUMNS": "0"}},
        "--lr 0.01 --momentum 9e-1": {"prepare": lambda: os.close(0)},
    }.items():
        suite.row(train + "b " + more, **how)
        suite.check(f"the same weights: {more} {how}", suite.sha256("b/last.safetensors") == expected)
    for more in ("--seed 2", "--no-shuffle", "--lr 0.011", "--momentum 0.8", "--batch-size 39", "--limit 63",
                 "--epochs 1", "--step-size 1", "--init run/last.safetensors"):
        suite.row(train + "b " + more)
        suite.check(f"other weights: {more}", suite.sha256("b/last.safetensors") != expected)
    hashes = []
    for seed in (1, 2):
        suite.row(train + f"b --no-shuffle --init run/last.safetensors --seed {seed}")
        hashes.append(suite.sha256("b/last.safetensors"))
    suite.check("the seed decides the order and the weights, nothing else", hashes[0] == hashes[1])


def failing_training(suite):
    before = suite.sha256("run/last.safetensors")
    err = r"training diverged: the loss is -?(nan|inf) in epoch {}, batch \d+, with a learning rate of \d".format
    for more in ("--lr 1e5", "--lr 999999 --momentum 0.99", "--init run/last.safetensors --lr 1e4 --threads 1"):
        suite.row(f"train --out run --batch-size 8 --epochs 9 {more}", DIVERGED, err(1))
    suite.check("weights of an earlier run outlive divergence", suite.sha256("run/last.safetensors") == before)
    suite.row("train --out later --batch-size 8 --epochs 9 --step-size 1 --gamma 999999", DIVERGED, err(2))
    suite.row("evaluate --weights later/last.safetensors", out=TEST_LINE)

    if b"__asan_init" in suite.program.read_bytes():
        return print("skipped under the address sanitizer: a limit on memory")

    def limit_memory():
        resource.setrlimit(resource.RLIMIT_AS, (24 << 20, 24 << 20))

    suite.row("train --out memory --threads 1", OUT_OF_MEMORY, "out of memory", out="[^\0]*", prepare=limit_memory)
    suite.row("train --out memory --threads 8", OUT_OF_MEMORY, "out of memory|cannot start the threads: try --threads 1", out="[^\0]*",
              prepare=limit_memory)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mnist", required=True, type=Path)
    program = parser.parse_args().mnist.resolve()
    with tempfile.TemporaryDirectory() as folder:
        suite = Suite(program, Path(folder))
        files.write_data(suite.folder / "data/mnist")
        # training first: it leaves the weights that the others read
        for part in (usage, informing, training, same_bits, data, checkpoints, output, failing_training):
            part(suite)
    print(f"{suite.passed} passed, {suite.failed} failed")
    sys.exit(suite.failed > 0)


if __name__ == "__main__":
    main()
