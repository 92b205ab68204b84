"""Data sets and weights that are missing, damaged or meant for another network."""

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
