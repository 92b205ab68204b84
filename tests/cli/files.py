"""IDX and safetensors files, made and read without ctnn: what its own code writes and reads is
checked against this."""

import json
import math
import random
import struct

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = DATA_FILES = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
]
TRAIN_SIZE, TEST_SIZE = 40, 8

# The network of src/mnist_net.hpp with PyTorch's names and layouts.
SHAPES = {
    "conv1.weight": [32, 1, 3, 3],
    "conv1.bias": [32],
    "conv2.weight": [64, 32, 3, 3],
    "conv2.bias": [64],
    "conv3.weight": [128, 64, 3, 3],
    "conv3.bias": [128],
    "conv4.weight": [256, 128, 3, 3],
    "conv4.bias": [256],
    "fc1.weight": [50, 4096],
    "fc1.bias": [50],
    "fc2.weight": [10, 50],
    "fc2.bias": [10],
}


def idx(*dimensions, elements=b"", kind=0x08):
    magic = bytes([0, 0, kind, len(dimensions)])
    return magic + struct.pack(f">{len(dimensions)}I", *dimensions) + elements


def images(count, rows=28, cols=28):
    noise = random.Random(count).randbytes(count * rows * cols)
    return idx(count, rows, cols, elements=noise)


def labels(count):
    return idx(count, elements=bytes(i % 10 for i in range(count)))


def write_data(folder):
    folder.mkdir(parents=True)
    for name, content in {
        TRAIN_IMAGES: images(TRAIN_SIZE),
        TRAIN_LABELS: labels(TRAIN_SIZE),
        TEST_IMAGES: images(TEST_SIZE),
        TEST_LABELS: labels(TEST_SIZE),
    }.items():
        (folder / name).write_bytes(content)


def write_safetensors(path, shapes, values=(), dtype="F32"):
    """Zeros of these shapes, but for `values`: {(name, index): value}."""
    header, data = {}, b""
    for name, shape in shapes.items():
        tensor = [0.0] * math.prod(shape)
        for (where, index), value in dict(values).items():
            if where == name:
                tensor[index] = value
        begin = len(data)
        data += struct.pack(f"<{len(tensor)}{'f' if dtype == 'F32' else 'd'}", *tensor)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def read_safetensors(path):
    """({name: (shape, values)}, metadata) of a file of F32; raises ValueError for any other."""
    content = path.read_bytes()
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])
    data = content[8 + length :]
    metadata = header.pop("__metadata__", {})
    tensors, end = {}, 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, stop = entry["data_offsets"]
        count = math.prod(entry["shape"])
        if entry["dtype"] != "F32" or begin != end or stop - begin != 4 * count:
            raise ValueError(f"{path}: tensor {name}: {entry}")
        tensors[name] = entry["shape"], struct.unpack_from(f"<{count}f", data, begin)
        end = stop
    if end != len(data):
        raise ValueError(f"{path}: {len(data) - end} bytes after the last tensor")
    return tensors, metadata
