#!/usr/bin/python3
"""Draws pictures as people make them, with Debian's python3-pil and python3-numpy: handwritten
digits on paper, pages, boards and tables, in many kinds of light.

usage: photos.py FOLDER [--seed N]       every kind with every digit, as FOLDER/KIND_DIGIT.*
       photos.py --score MNIST WEIGHTS [--seed N]
                                         how many of ten digits of each kind `predict` reads
       photos.py --few                   the few beside it that like_mnist_test.cpp reads

A kind is a function of a digit and a random generator: the same seed draws the same pictures. The
few are photo_KIND_DIGIT.jpg, and clean_KIND_DIGIT.png with the same strokes in black on white."""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

HERE = Path(__file__).parent

# The digits as pens write them -----------------------------------------------------------------


def arc(x, y, rx, ry, start, stop):
    """From `start` to `stop` degrees, clockwise from 3 o'clock, y being down."""
    angles = np.radians(np.linspace(start, stop, 40))
    return [(x + rx * np.cos(a), y + ry * np.sin(a)) for a in angles]


def strokes(digit):
    """Lines in a box from 0, 0 to 1, 1."""
    return {
        0: [arc(0.5, 0.5, 0.34, 0.5, -100, 265)],
        1: [[(0.3, 0.22), (0.53, 0), (0.53, 1)]],
        2: [arc(0.48, 0.3, 0.34, 0.3, 190, 385) + [(0.1, 0.98), (0.88, 0.96)]],
        3: [arc(0.45, 0.26, 0.33, 0.26, 200, 440) + arc(0.45, 0.75, 0.38, 0.25, -80, 155)],
        4: [[(0.42, 0.02), (0.12, 0.6), (0.9, 0.58)], [(0.66, 0.25), (0.62, 1)]],
        5: [[(0.28, 0.03), (0.22, 0.45)] + arc(0.46, 0.68, 0.36, 0.31, 225, 500),
            [(0.28, 0.03), (0.84, 0.0)]],
        6: [[(0.7, 0.0)] + arc(0.62, 0.66, 0.48, 0.66, 265, 185)
            + arc(0.49, 0.71, 0.33, 0.28, 180, -175)],
        7: [[(0.12, 0.06), (0.86, 0.03), (0.42, 1)]],
        8: [arc(0.5, 0.25, 0.27, 0.25, -60, -270) + arc(0.5, 0.75, 0.34, 0.25, -90, 270)
            + arc(0.5, 0.25, 0.27, 0.25, 90, -60)],
        9: [arc(0.5, 0.29, 0.33, 0.29, -20, -340) + [(0.82, 0.35), (0.72, 1)]],
    }[digit]


def ink(size, digit, random, height, width, centre=None):
    """An array of `size` (columns, rows): 1 where the pen was, which is `width` wide, for a digit
    of `height` pixels, turned and slanted a little."""
    scale = 3
    field = Image.new("L", (size[0] * scale, size[1] * scale))
    draw = ImageDraw.Draw(field)
    turn, slant = random.normal(0, 0.06), random.normal(0.05, 0.08)
    slim = random.uniform(0.6, 0.85)
    x0, y0 = centre or (size[0] / 2, size[1] / 2)
    pen = max(1, round(width * scale))
    for line in strokes(digit):
        points = []
        for x, y in line:
            y = (y - 0.5) * height
            x = (x - 0.5) * height * slim - slant * y
            points.append(((x0 + x * np.cos(turn) - y * np.sin(turn)) * scale,
                           (y0 + x * np.sin(turn) + y * np.cos(turn)) * scale))
        draw.line(points, fill=255, width=pen, joint="curve")
        for x, y in points[:1] + points[-1:]:
            draw.ellipse([x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2], fill=255)
    ink.last = np.asarray(field.resize(size, Image.Resampling.BOX), float) / 255  # for --few
    return ink.last


def grid(size):
    x, y = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]))
    return x, y


def smooth_noise(size, random, cell):
    """Blotches of about `cell` pixels, between -1 and 1."""
    small = random.uniform(-1, 1, (size[1] // cell + 2, size[0] // cell + 2))
    blotches = Image.fromarray(small.astype("float32")).resize(size, Image.Resampling.BICUBIC)
    return np.asarray(blotches)


def on(paper, colour, mask):
    """Ink of a grey or a colour over paper."""
    if paper.ndim == 3:
        mask = mask[..., None]
    return paper * (1 - mask) + np.asarray(colour, float) * mask


def camera(values, random, blur=1.0, noise=4.0, suffix=".jpg"):
    """What a phone makes of a scene: a bit blurred, noisy, 8 bits."""
    field = Image.fromarray(np.clip(values, 0, 255).astype("uint8"))
    field = field.filter(ImageFilter.GaussianBlur(blur))
    values = np.asarray(field, float)
    return Image.fromarray(np.clip(values + random.normal(0, noise, values.shape), 0, 255)
                           .astype("uint8")), suffix


def rgb(size, colour):
    return np.ones((size[1], size[0], 3)) * np.asarray(colour, float)


def plain(values):
    return Image.fromarray(np.clip(values, 0, 255).astype("uint8")), ".png"


# The kinds -------------------------------------------------------------------------------------


def black_on_white(digit, random):
    size = (200, 200)
    return plain(255 - 255 * ink(size, digit, random, 130, 14))


def white_on_black(digit, random):
    size = (28, 28)
    return plain(255 * ink(size, digit, random, 18, 2.2))


def thin_on_large(digit, random):
    size = (1000, 1000)
    return plain(255 - 235 * ink(size, digit, random, 700, 9))


def thick_blue_on_cream(digit, random):
    size = (300, 300)
    return plain(on(rgb(size, (250, 240, 215)), (20, 40, 160), ink(size, digit, random, 200, 40)))


def red_on_green(digit, random):
    size = (240, 240)
    return plain(on(rgb(size, (120, 200, 120)), (190, 30, 30), ink(size, digit, random, 150, 16)))


def on_transparent(digit, random):
    size = (220, 220)
    alpha = Image.fromarray((255 * ink(size, digit, random, 150, 16)).astype("uint8"))
    return Image.merge("LA", (Image.new("L", size), alpha)), ".png"


def lined_paper(digit, random):
    size = (400, 300)
    paper = rgb(size, (252, 252, 248))
    paper[20::28] = (170, 190, 225)
    return plain(on(paper, (25, 25, 70), ink(size, digit, random, 180, 15)))


def framed(digit, random):
    size = (300, 300)
    paper = np.full((300, 300), 250.0)
    for inset in (6, 7, 8):
        paper[inset, inset:-inset] = paper[-1 - inset, inset:-inset] = 20
        paper[inset:-inset, inset] = paper[inset:-inset, -1 - inset] = 20
    return plain(on(paper, 20, ink(size, digit, random, 180, 17)))


def corner_of_a_page(digit, random):
    size = (1200, 1600)
    return plain(255 - 240 * ink(size, digit, random, 110, 10, centre=(170, 180)))


def lamp(digit, random):
    size = (480, 360)
    x, y = grid(size)
    light = 0.8 + 0.25 * x - 0.1 * y - 0.15 * (x * x + y * y)
    strokes = ink(size, digit, random, 200, random.uniform(8, 22))
    paper = on(rgb(size, (225, 220, 205)), (50, 50, 60), strokes)
    return camera(paper * light[..., None], random, noise=6)


def squared_pencil(digit, random):
    """Squared paper, and a pencil that is hardly darker than the squares."""
    size = (420, 420)
    paper = rgb(size, (246, 246, 242))
    paper[7::24] = paper[8::24] = (165, 180, 215)
    paper[:, 5::24] = paper[:, 6::24] = (165, 180, 215)
    grain = 0.75 + 0.25 * random.uniform(0, 1, (420, 420))
    paper = on(paper, (95, 95, 100), ink(size, digit, random, 240, 10) * grain)
    x, y = grid(size)
    return camera(paper * (0.93 + 0.06 * x - 0.04 * y)[..., None], random, blur=0.8, noise=3)


def chalk_board(digit, random):
    """Chalk that skips, on a board that was wiped with a dry sponge."""
    size = (480, 400)
    board = 62 + 14 * smooth_noise(size, random, 60) + 10 * smooth_noise(size, random, 12)
    chalk = ink(size, digit, random, 240, 18) * np.clip(
        0.75 + 0.45 * smooth_noise(size, random, 3), 0, 1)
    return camera(on(board, 225, chalk), random, blur=0.7, noise=9)


def shadow_edge(digit, random):
    """The shadow of a hand or a phone ends in the middle of the picture."""
    size = (480, 360)
    x, y = grid(size)
    angle = random.uniform(0, 2 * np.pi)
    across = x * np.cos(angle) + y * np.sin(angle) - random.uniform(-0.35, 0.35)
    light = 1 - random.uniform(0.3, 0.6) / (1 + np.exp(-across / random.uniform(0.01, 0.08)))
    strokes = ink(size, digit, random, 200, random.uniform(8, 22))
    paper = on(rgb(size, (228, 226, 218)), (45, 48, 70), strokes)
    return camera(paper * light[..., None], random)


def table_with_sheet(size, random, brightness):
    """A wooden table and where the sheet lies on it, a turned rectangle that may reach out of the
    picture on one side."""
    x, y = grid(size)
    wood = brightness + 10 * np.sin(40 * y + 3 * smooth_noise(size, random, 90)) + 8 * smooth_noise(
        size, random, 6)
    table = np.stack([wood * 1.15, wood * 0.85, wood * 0.6], -1)
    angle = random.normal(0, 0.07)
    u, v = x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)
    edges = random.uniform(0.6, 0.8, 4)
    if random.uniform() < 0.3:
        edges[random.integers(4)] = 2
    sheet = (-edges[0] < u) & (u < edges[1]) & (-edges[2] < v) & (v < edges[3])
    return table, sheet


def sheet_on_table(digit, random):
    size = (640, 480)
    table, sheet = table_with_sheet(size, random, random.uniform(50, 140))
    strokes = ink(size, digit, random, 190, random.uniform(8, 22))
    paper = on(rgb(size, (230, 228, 220)), (40, 42, 60), strokes)
    x, y = grid(size)
    light = 0.92 + 0.08 * x - 0.06 * y
    return camera(np.where(sheet[..., None], paper, table) * light[..., None], random, blur=1.2)


def phone(digit, random):
    """All at once, as it comes from a phone: a sheet on a table, the phone's shadow, JPEG."""
    size = (800, 600)
    table, sheet = table_with_sheet(size, random, random.uniform(40, 110))
    strokes = ink(size, digit, random, 230, random.uniform(8, 24))
    paper = on(rgb(size, (226, 222, 210)), (45, 45, 65), strokes)
    x, y = grid(size)
    across = x * random.uniform(-1, 1) + y - random.uniform(-0.3, 0.3)
    light = (0.9 + 0.1 * x) * (
        1 - random.uniform(0.2, 0.5) / (1 + np.exp(-across / random.uniform(0.01, 0.1))))
    return camera(np.where(sheet[..., None], paper, table) * light[..., None], random, blur=1.3)


KINDS = [black_on_white, white_on_black, thin_on_large, thick_blue_on_cream, red_on_green,
         on_transparent, lined_paper, framed, corner_of_a_page, lamp, squared_pencil, chalk_board,
         shadow_edge, sheet_on_table, phone]


def picture(kind, digit, seed):
    return kind(digit, np.random.default_rng([seed, KINDS.index(kind), digit]))


def write_all(folder, seed):
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind in KINDS:
        for digit in range(10):
            image, suffix = picture(kind, digit, seed)
            paths.append(folder / f"{kind.__name__}_{digit}{suffix}")
            image.save(paths[-1], **({"quality": 88} if suffix == ".jpg" else {}))
    return paths


FEW = [(lined_paper, 8), (framed, 4), (squared_pencil, 5), (chalk_board, 3), (shadow_edge, 6),
       (shadow_edge, 2), (sheet_on_table, 9), (sheet_on_table, 0), (phone, 7), (phone, 4)]


def write_few(folder, seed):
    for kind, digit in FEW:
        image, _ = picture(kind, digit, seed)
        clean, _ = plain(255 - 255 * ink.last)
        small = tuple(min(side, side * 400 // max(image.size)) for side in image.size)
        image.convert("RGB").resize(small, Image.Resampling.BOX).save(
            folder / f"photo_{kind.__name__}_{digit}.jpg", quality=70)
        clean.resize(small, Image.Resampling.BOX).save(
            folder / f"clean_{kind.__name__}_{digit}.png")


def score(mnist, weights, seed):
    with tempfile.TemporaryDirectory() as folder:
        paths = write_all(Path(folder), seed)
        done = subprocess.run([mnist, "predict", "--json", "--weights", weights, *paths],
                              capture_output=True, text=True, check=False)
    read = {Path(line["file"]).stem: str(line["class"])
            for line in map(json.loads, done.stdout.splitlines())}
    for kind in KINDS:
        names = [f"{kind.__name__}_{digit}" for digit in range(10)]
        right = sum(read.get(name) == name[-1] for name in names)
        wrong = [f"{name[-1]} is {read.get(name, 'refused')}" for name in names
                 if read.get(name) != name[-1]]
        print(f"{kind.__name__:22} {right:2} of 10  {', '.join(wrong)}")
    print(done.stderr, end="")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--score", nargs=2, metavar=("MNIST", "WEIGHTS"))
    parser.add_argument("--few", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.score:
        score(*arguments.score, arguments.seed)
    elif arguments.few:
        write_few(HERE, arguments.seed)
    elif arguments.folder:
        write_all(arguments.folder, arguments.seed)
    else:
        parser.error("expected FOLDER, --few or --score")


if __name__ == "__main__":
    main()
