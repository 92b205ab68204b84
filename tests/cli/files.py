"""IDX and safetensors files, made and read without ctnn: what its own code writes and reads is
checked against this."""

import json
import math
import random
import struct

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = DATA_FILES = [
    f"{split}-{kind}" for split in ("train", "t10k") for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")
]

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


def idx(*dimensions, elements, kind=0x08):
    return struct.pack(f">BBBB{len(dimensions)}I", 0, 0, kind, len(dimensions), *dimensions) + elements


def noise(count, rows=28, cols=28):
    return idx(count, rows, cols, elements=random.Random(count).randbytes(count * rows * cols))


def labels(count):
    return idx(count, elements=bytes(i % 10 for i in range(count)))


def write_data(folder, train=64, test=32):
    folder.mkdir(parents=True)
    for name, content in zip(DATA_FILES, (noise(train), labels(train), noise(test), labels(test))):
        (folder / name).write_bytes(content)


def write_safetensors(path, shapes, values=(), dtype="F32"):
    """Zeros of these shapes, but for `values`: {(name, index): value}."""
    header, data = {}, b""
    for name, shape in shapes.items():
        tensor = [0.0] * math.prod(shape)
        for (where, index), value in dict(values).items():
            if where == name:
                tensor[index] = value
        packed = struct.pack(f"<{len(tensor)}{'f' if dtype == 'F32' else 'd'}", *tensor)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
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
