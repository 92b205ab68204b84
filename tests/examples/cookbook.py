"""An example does what it promises, which is when it ends with 0, and says in one line what is
wrong with its files. usage: cookbook.py EXAMPLE"""

import math
import random
import shutil
import struct
import sys
import tempfile
import zlib
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "cli"))
from suite import Suite


def write_points(path):
    """Two spirals that wind round each other, their columns in unlike units."""
    dice = random.Random(1)
    lines = ["x,y,spiral"]
    for i in range(1000):
        r, spiral = dice.uniform(0.1, 1), i % 2
        angle = 9 * r + math.pi * spiral
        x, y = r * math.cos(angle), 2000 + 500 * r * math.sin(angle)
        lines.append(f"{x:.5f},{y:.2f},{spiral}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_pictures(path, count):
    """Records as in CIFAR-10: stripes along or across, thin or thick, in one of the colours. A
    class is all three, so that neither channels nor pixels may be mixed up."""
    dice = random.Random(str(path.name))
    records = b""
    for i in range(count):
        label = i % 10
        across, channel = label % 2, label % 5 % 3
        width = 2 if label < 5 else 4
        shift, light = dice.randrange(width * 2), dice.randrange(120, 256)
        planes = [bytearray(dice.randrange(60) for _ in range(1024)) for _ in range(3)]
        for pixel in range(1024):
            at = pixel // 32 if across else pixel % 32
            if (at + shift) // width % 2:
                planes[channel][pixel] = light
        records += bytes([label]) + b"".join(planes)
    path.write_bytes(records)


def write_png(path, rows):
    """Rows of (red, green, blue), as a PNG. https://www.w3.org/TR/png/"""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)
    lines = b"".join(b"\0" + bytes(byte for pixel in row for byte in pixel) for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
                     + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


def write_stripes(folder, counts):
    """Pictures of any size and colours: stripes along them, and across."""
    dice = random.Random(folder.name)
    for name, count in counts.items():
        for i in range(count):
            height, width, thick = dice.randrange(24, 60), dice.randrange(24, 60), dice.randrange(4, 7)
            light, dark = ([dice.randrange(low, low + 100) for _ in range(3)] for low in (150, 0))
            rows = [
                [light if (y if name == "along" else x) // thick % 2 else dark for x in range(width)]
                for y in range(height)
            ]
            write_png(folder / name / f"{i}.png", rows)


def image_folder(suite):
    train, test = suite.folder / "train", suite.folder / "test"
    suite.row("", 1, "train: cannot read: No such file or directory")
    write_stripes(train, {"along": 100, "across": 20})
    write_stripes(test, {"along": 30})
    suite.row("", 1, "test: expected the classes across, along, found along")
    write_stripes(test, {"across": 30})
    suite.row("", out=r"across: \d+ %\nalong: \d+ %\n")
    picture = test / "along/7.png"
    picture.write_bytes(picture.read_bytes()[:-9])
    suite.row("", 1, "test/along/7.png: truncated: expected more than its")


def csv(suite):
    points = suite.folder / "points.csv"
    suite.row("", 1, "points.csv: cannot read: No such file or directory")
    write_points(points)
    suite.row("")
    points.write_text("x,y,spiral\n1,2,0\n3,four,1\n", encoding="utf-8")
    suite.row("", 1, r'points.csv: line 3, column 2 \(y\): expected a finite number, found "four"')


def cifar10(suite):
    suite.row("", 1, "batches.meta.txt: no such file, expected CIFAR-10's binary version")
    names = [f"{name}s" for name in "abcdefghij"]
    (suite.folder / "batches.meta.txt").write_text("\n".join(names) + "\n\n", encoding="utf-8")
    for batch in range(1, 6):
        write_pictures(suite.folder / f"data_batch_{batch}.bin", 100)
    suite.row("", 1, "test_batch.bin: no such file")
    test = suite.folder / "test_batch.bin"
    write_pictures(test, 100)
    recalls = "".join(rf"{name}: \d+\.\d %\n" for name in names)
    suite.row("", out=rf"(loss \d\.\d{{4}}\n){{5}}test accuracy (9\d\.\d|100\.0) %\n{recalls}")
    test.write_bytes(test.read_bytes()[:-1])
    suite.row("", 1, "test_batch.bin: 307299 bytes, expected records of 3073 bytes")


def pytorch(suite):
    model = suite.folder / "model.safetensors"
    suite.row("", 1, "model.safetensors: cannot read")
    tiny = TESTS / "reference/tiny.safetensors"
    shutil.copy(tiny, model)
    suite.row("")
    model.write_bytes(tiny.read_bytes().replace(b"fc1.bias", b"fc1.baas"))
    suite.row("", 1, "missing fc1.bias; unexpected fc1.baas")


def main():
    program = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        suite = Suite(program, Path(name))
        how_to = (TESTS.parent / "docs/how-to.md").read_text(encoding="utf-8")
        shown = f"<!-- example: {program.name} -->" in how_to
        suite.check("docs/how-to.md shows it", shown)  # documents.py compares the text
        of_files = {"csv": csv, "cifar10": cifar10, "image_folder": image_folder, "pytorch": pytorch}
        if program.name in of_files:
            of_files[program.name](suite)
        else:
            print(suite.row(""), end="")
    print(f"{suite.passed} passed, {suite.failed} failed")
    sys.exit(suite.failed > 0)


if __name__ == "__main__":
    main()
