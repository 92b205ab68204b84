"""IDX, safetensors and image files, made and read without ctnn: what its own code writes and reads
is checked against this."""

import json
import math
import random
import struct
import zlib

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


def parts(path):
    """(header without metadata, metadata, data) of a safetensors file that is whole and of F32;
    raises ValueError for any other."""
    content = path.read_bytes()
    if len(content) < 8:
        raise ValueError(f"{path}: {len(content)} bytes")
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])
    data = content[8 + length :]
    metadata = header.pop("__metadata__", {})
    end = 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, stop = entry["data_offsets"]
        count = math.prod(entry["shape"])
        if entry["dtype"] != "F32" or begin != end or stop - begin != 4 * count:
            raise ValueError(f"{path}: tensor {name}: {entry}")
        end = stop
    if end != len(data):
        raise ValueError(f"{path}: {len(data)} bytes of tensors, expected {end}")
    return header, metadata, data


def read_safetensors(path):
    """({name: (shape, values)}, metadata)."""
    header, metadata, data = parts(path)
    tensors = {}
    for name, entry in header.items():
        begin, stop = entry["data_offsets"]
        values = struct.unpack_from(f"<{(stop - begin) // 4}f", data, begin)
        tensors[name] = entry["shape"], values
    return tensors, metadata


# Digits of 3x5 cells: a network learns them within a second.
GLYPHS = (
    "111101101101111 010110010010111 111001111100111 111001011001111 101101111001001 "
    "111100111001111 111100111101111 111001010010010 111101111101111 111101111001111"
).split()


def digit(label, cell, ink=255, paper=0, margin=0):
    """Rows of pixels: a glyph of 3x5 cells of cell x cell pixels with paper around it."""
    wide = [paper] * margin
    rows = []
    for i in range(0, 15, 3):
        line = [ink if c == "1" else paper for c in GLYPHS[label][i : i + 3] for _ in range(cell)]
        rows += [bytes(wide + line + wide)] * cell
    around = [bytes([paper] * len(rows[0]))] * margin
    return around + rows + around


def like_mnist(label, down=0, right=0):
    """A digit in a box of 20x20 whose centre of mass is at pixel 14 of 28, as in MNIST, or off it
    by so many pixels."""
    rows = digit(label, 4)
    mass = sum(map(sum, rows))
    y = sum(i * sum(row) for i, row in enumerate(rows)) / mass
    x = sum(i * pixel for row in rows for i, pixel in enumerate(row)) / mass
    top, left = math.floor(14.5 - y) + down, math.floor(14.5 - x) + right
    lines = [bytes(left) + row + bytes(28 - left - len(row)) for row in rows]
    return bytes(28 * top) + b"".join(lines) + bytes(28 * (28 - top - len(rows)))


def write_digits(folder):
    """A data set like write_data's, of digits: 90 to train with, 20 to test."""
    folder.mkdir(parents=True)
    shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    train = [(label, *shift) for shift in shifts for label in range(10)]
    test = [(label, 0, 0) for label in range(10)] * 2
    for names, drawn in ((DATA_FILES[:2], train), (DATA_FILES[2:], test)):
        pixels = b"".join(like_mnist(*how) for how in drawn)
        (folder / names[0]).write_bytes(idx(len(drawn), 28, 28, elements=pixels))
        (folder / names[1]).write_bytes(idx(len(drawn), elements=bytes(how[0] for how in drawn)))


def png(rows, channels=1):
    """An image of 8-bit grey, or of 3 channels: https://www.w3.org/TR/png-3/."""

    def chunk(kind, content):
        sum_ = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", sum_)

    kind = {1: 0, 3: 2}[channels]
    header = struct.pack(">IIBBBBB", len(rows[0]) // channels, len(rows), 8, kind, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    )


def pgm(rows):
    return b"P5\n%d %d\n255\n" % (len(rows[0]), len(rows)) + b"".join(rows)


CIFAR10_NAMES = "airplane automobile bird cat deer dog frog horse ship truck".split()


def coloured(label, shade=255):
    """Rows of RGB: 32x32 pixels of a colour and a place that only this class has."""
    top, left = label // 3 * 8, label % 4 * 8
    colour = bytes(shade if channel == label % 3 else 30 for channel in range(3))
    inside = lambda y, x: top <= y < top + 8 and left <= x < left + 8
    return [
        b"".join(colour if inside(y, x) else bytes(3) for x in range(32)) for y in range(32)
    ]


def planes(rows):
    """The bytes of rows of RGB, channel by channel."""
    return b"".join(row[channel::3] for channel in range(3) for row in rows)


def write_cifar10(folder, first_label=0):
    """CIFAR-10's files: 4 records in each of five, and 10 to test."""
    folder.mkdir(parents=True)
    (folder / "batches.meta.txt").write_text("\n".join(CIFAR10_NAMES) + "\n")
    for i in range(5):
        labels = [(4 * i + k + first_label) % 10 for k in range(4)]
        records = [bytes([label]) + planes(coloured(label, 255 - 5 * i)) for label in labels]
        (folder / f"data_batch_{i + 1}.bin").write_bytes(b"".join(records))
    records = [bytes([label]) + planes(coloured(label)) for label in range(10)]
    (folder / "test_batch.bin").write_bytes(b"".join(records))


def write_pictures(folder, names, channels=3, train=4, test=2):
    """Folders of PNG files as ImageFolder takes them, the larger the later."""
    for split, count in ("train", train), ("test", test):
        for label, name in enumerate(names):
            (folder / split / name).mkdir(parents=True)
            for i in range(count):
                rows = coloured(label, 255 - 10 * i)
                large = [b"".join(row[k : k + 3] * 2 for k in range(0, 96, 3)) for row in rows]
                rows = [row for row in large for _ in range(2)] if i % 2 else rows
                rows = rows if channels == 3 else [row[::3] for row in rows]
                path = folder / split / name / f"{i}.png"
                path.write_bytes(png(rows, channels))


def write_csv(path, samples, header=None, label_first=False):
    """Lines of (label, numbers)."""
    lines = [header] if header else []
    for label, numbers in samples:
        cells = [f"{x:g}" for x in numbers]
        lines.append(",".join([str(label), *cells] if label_first else [*cells, str(label)]))
    path.write_text("\n".join(lines) + "\n")
