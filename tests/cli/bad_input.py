"""Data sets and weights that are missing, damaged or meant for another network."""

import gzip
import math
import os
import re
import shutil
import struct
from pathlib import Path

import files
from files import SHAPES, TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS
from suite import ANYTHING, BAD_CHECKPOINT, BAD_DATA

TINY_NETWORK = Path(__file__).resolve().parent.parent / "reference" / "tiny.safetensors"

GZIP_SAYS = r"header says [0-9x]+ = \d+ bytes, gzip data"


def damages(content):
    """What may have happened to a data file, and what the error says."""
    size = len(content)
    says = r"header says [0-9x]+ = \d+ bytes, file has"
    packed = gzip.compress(content, mtime=0)
    return [
        (None, "no such file, expected the four MNIST files"),
        ("folder", "expected a regular file, found a directory"),
        ("pipe", "expected a regular file, found a pipe"),
        (Path("/dev/zero"), "expected a regular file, found a device"),
        (b"", r"truncated: header is \d+ bytes, file has 0"),
        (content[:3], r"truncated: header is \d+ bytes, file has 3"),
        (content[:7], r"truncated: header is \d+ bytes, file has 7"),
        (content[:-1], f"truncated: {says} {size - 1}"),
        (content + b"\0", f"1 bytes too long: {says} {size + 1}"),
        (packed[:-1], f"truncated gzip data: they do not end within {len(packed) - 1} bytes"),
        (packed[: len(packed) // 2], "truncated gzip data"),
        (packed[:-8] + bytes(8), r"damaged gzip data before byte \d+: incorrect data check"),
        (packed[:-4] + bytes(4), r"damaged gzip data before byte \d+: incorrect length check"),
        (packed[:10] + b"\7" + packed[11:], r"damaged gzip data before byte \d+: invalid block"),
        (packed + b"\0", "1 bytes after the gzip data, expected none"),
        (gzip.compress(packed), "gzip-compressed twice; run gunzip"),
        (gzip.compress(content[:-1]), f"truncated: {GZIP_SAYS} hold {size - 1}"),
        (gzip.compress(content + bytes(10**7)), f"too long: {GZIP_SAYS} hold more"),
        (gzip.compress(b""), r"truncated: header is \d+ bytes, gzip data hold 0"),
        (b"<!DOCTYPE html>", "not an IDX file: looks like an HTML or XML page"),
        (b"PK\3\4" + bytes(20), "not an IDX file: a zip archive"),
        (b"abcd" + content[4:], "not an IDX file: magic number 0x61626364, expected 0x0000080[13]"),
        (content[3::-1] + content[4:], "magic number is little-endian"),
    ]


def wrong_sets(images, labels):
    swapped = "are the image and label files swapped"
    size = len(labels) - 8
    idx = files.idx
    return [
        ({TRAIN_IMAGES: labels}, f"a label file, expected images; {swapped}"),
        ({TRAIN_LABELS: images}, f"an image file, expected labels; {swapped}"),
        ({TRAIN_IMAGES: files.images(size - 1)}, f"{size} labels, but .* has {size - 1} images"),
        ({TEST_LABELS: files.labels(2)}, r"2 labels, but .* has \d+ images"),
        ({TRAIN_IMAGES: files.images(0), TRAIN_LABELS: files.labels(0)}, "holds no images"),
        (
            {TRAIN_LABELS: labels[:-1] + b"\x0a"},
            rf"label 10 at index {size - 1} \(byte {size + 7}\), network has 10 classes",
        ),
        ({TEST_LABELS: idx(8, elements=b"\xff" * 8)}, r"label 255 at index 0 \(byte 8\)"),
        ({TRAIN_IMAGES: files.images(size, rows=27)}, "images of 1x27x28, network takes 1x28x28"),
        ({TEST_IMAGES: files.images(8, cols=32)}, "images of 1x28x32, network takes 1x28x28"),
        ({TRAIN_IMAGES: idx(size, 0, 0)}, "images of 1x0x0, network takes 1x28x28"),
        ({TRAIN_IMAGES: idx(2**32 - 1, 2**31, 2**31)}, "overflows 64 bits"),
        ({TRAIN_IMAGES: idx(2**32 - 1, 28, 28)}, "truncated: header says 4294967295x28x28"),
        ({TRAIN_IMAGES: idx(size, 28, 28, kind=0x0D)}, "IDX element type 0x0d, expected 0x08"),
        ({TRAIN_IMAGES: idx(size, 1, 28, 28)}, "IDX file of 4 dimensions, expected 3"),
    ]


def damaged(suite, files_instead, err):
    """A row for the data set with some of its files replaced."""
    folder = suite.folder / "damaged"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in files.DATA_FILES:
        content = files_instead.get(name, suite.folder / "data/mnist" / name)
        path = folder / name
        if content == "folder":
            path.mkdir()
        elif content == "pipe":
            os.mkfifo(path)
        elif isinstance(content, Path):
            path.symlink_to(content)
        elif content is not None:
            path.write_bytes(content)
    suite.row("train --data damaged", BAD_DATA, err, name=f"damaged data: {err}")


def compressed(suite, original):
    """Compressed files give the scores of plain ones, whatever their names are."""
    evaluate = "evaluate --weights run/last.safetensors --data"
    score = re.escape(suite.row(f"{evaluate} data/mnist", out=ANYTHING))
    for suffix, level in (".gz", 9), (".gz", 0), ("", 1):
        folder = suite.folder / "compressed"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, content in original.items():
            half = len(content) // 2
            packed = gzip.compress(content[:half], level) + gzip.compress(content[half:], level)
            (folder / (name + suffix)).write_bytes(packed)
        suite.row(f"{evaluate} compressed", out=score, name=f"compressed files, *{suffix}, {level}")
    train = "train --epochs 1 --batch-size 16 --step-size 1 --gamma 0.5 --threads 1"
    for folder in ("data/mnist", "compressed"):
        out = folder.replace("/", "_") + "_run"
        suite.row(f"{train} --data {folder} --out {out}")
    same = suite.sha256("data_mnist_run/last.safetensors") == suite.sha256(
        "compressed_run/last.safetensors"
    )
    suite.check("compressed files train the same", same)
    path = suite.folder / "compressed" / (TEST_LABELS + ".gz")
    (suite.folder / "compressed" / TEST_LABELS).rename(path)
    path.write_bytes(gzip.compress(original[TEST_LABELS])[:-1])
    suite.row(f"{evaluate} compressed", BAD_DATA, f"{TEST_LABELS}.gz: truncated gzip data")


def data(suite):
    original = {
        name: (suite.folder / "data/mnist" / name).read_bytes() for name in files.DATA_FILES
    }
    for name, content in original.items():
        for instead, err in damages(content):
            damaged(suite, {name: instead}, f"damaged/{name}: .*{err}")
    for instead, err in wrong_sets(original[TRAIN_IMAGES], original[TRAIN_LABELS]):
        damaged(suite, instead, f"damaged/[^:]*: .*{err}")
    compressed(suite, original)

    missing = f"/{TRAIN_IMAGES}: no such file"
    for arguments, err in [
        ("train --data nowhere", "nowhere" + missing),
        ("train --data none --data nowhere", "nowhere" + missing),
        ("train --dataset fashion-mnist", "data/fashion-mnist" + missing),
        ("train --data {}", "{}" + missing),
        ("train --data --x", "--x" + missing),
        (["train", "--data", "a b"], "a b" + missing),
        (["train", "--data", "a\nb"], "b" + missing),
        (["train", "--data", b"\xff\xfe"], "\udcff\udcfe" + missing),
        (["train", "--data", "x" * 5000], "cannot read: File name too long"),
        ("evaluate --data nowhere --weights run/last.safetensors", f"nowhere/{TEST_IMAGES}: no"),
    ]:
        suite.row(arguments, BAD_DATA, err)
    suite.check("bad data leave no folder behind", not (suite.folder / "runs").exists())


def malformed(good):
    """Files that are no safetensors files, and what the error says."""

    def header(text):
        return struct.pack("<Q", len(text)) + text

    (length,) = struct.unpack_from("<Q", good)
    entry = b'{"%s":{"dtype":"F32","shape":[%d],"data_offsets":[0,%d]}}'
    needed = len(good) - 8 - length
    return [
        (b"", "truncated: expected at least 8 bytes, found 0"),
        (good[:7], "truncated: expected at least 8 bytes, found 7"),
        (good[: 7 + length], f"truncated: header of {length} bytes in a file of {7 + length}"),
        (good[:-1], f"truncated: tensors need {needed} bytes after the header, found {needed - 1}"),
        (good + b"\0", "1 bytes after the last tensor"),
        (b"PK\3\4" + good, "is a zip archive, perhaps from torch.save"),
        (b"\xff" * 8 + good[8:], "is not a safetensors file: begins with \"\udcff{8}\", expected"),
        (b"\x89PNG\r\n\x1a\n" + good, r'is not a safetensors file: begins with "\\x89PNG\\x0d'),
        (b"Accuracy: 99 %\n", 'is not a safetensors file: begins with "Accuracy"'),
        (header(b"[]"), "header: expected '{' as first byte"),
        (header(b'{"a":\0}'), "header: NUL byte"),
        (header(b'{"a":'), "header"),
        (header(b'{"a":' + b"[" * 100_000), "expected an object"),
        (header(b"{}"), "missing conv1.weight, conv1.bias, .*, fc2.weight, fc2.bias"),
        (header(entry % (rb"a\n\u001b", 0, 0)), r"unexpected a\\x0a\\x1b"),
        (header(entry % (b"a", 2, 4)) + bytes(4), "hold 4 bytes, expected 8"),
    ]


DIFFERENT = SHAPES | {
    "conv1.weight": [32, 1, 5, 5],
    "fc1.weight": [4096, 50],
    "fc3.bias": [10],
    "bn.num_batches_tracked": [],
}
del DIFFERENT["conv3.bias"], DIFFERENT["fc2.bias"]
DIFFERENCES = (
    "does not match the network: missing conv3.bias, fc2.bias"
    "; unexpected (?=[^;]*fc3.bias)(?=[^;]*bn.num_batches_tracked)[^;]*"
    r"; size mismatch for conv1.weight: file has \[32, 1, 5, 5\], network has \[32, 1, 3, 3\]"
    r"; size mismatch for fc1.weight: file has \[4096, 50\], network has \[50, 4096\]"
)


def weights(suite):
    path = suite.folder / "bad.safetensors"

    def refused(err, name="bad.safetensors"):
        for option in ("evaluate --weights", "train --init"):
            suite.row([*option.split(), name], BAD_CHECKPOINT, err, name=f"{option}: {err}")

    for content, err in malformed((suite.folder / "run/last.safetensors").read_bytes()):
        path.write_bytes(content)
        refused("bad.safetensors: .*" + err)
    files.write_safetensors(path, DIFFERENT)
    refused(DIFFERENCES)
    for value in (math.nan, math.inf, -math.inf):
        files.write_safetensors(path, SHAPES, {("fc1.weight", 7): value})
        refused(f"value 7 of fc1.weight is not finite: {value}")
    files.write_safetensors(path, SHAPES, dtype="F64")
    refused("dtype F64 of conv1.weight is not supported, expected F16, BF16 or F32")

    os.mkfifo(suite.folder / "pipe")
    for name, err in {
        "nowhere": "nowhere: cannot read: No such file or directory",
        "data": "data: cannot read: expected a regular file, found a directory",
        "pipe": "pipe: cannot read: expected a regular file, found a pipe",
        "/dev/zero": "/dev/zero: cannot read: expected a regular file, found a device",
        f"data/mnist/{TEST_IMAGES}": r'not a safetensors file: begins with "\\x00\\x00\\x08\\x03',
        TINY_NETWORK: "does not match the network: missing",
    }.items():
        refused(err, name)
    suite.check("bad weights leave no folder behind", not (suite.folder / "runs").exists())
