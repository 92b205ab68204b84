#!/usr/bin/env python3
"""Writes transforms.json: what torchvision's transforms make of a few images.

Bytes are in hexadecimal, {channels, height, width}; floats are those of float32, exactly. Needs
Debian 12's python3-torchvision and python3-pil; run: /usr/bin/python3 transforms.py
"""
import math
import random

import PIL
import torch
import torchvision
from PIL import Image
from torchvision.transforms import functional as F

from layers import HERE, write

TORCHVISION, PILLOW = "0.14.1", "9.4.0"
for name, found, expected in [
    ("torchvision", torchvision.__version__.split("a")[0], TORCHVISION),
    ("Pillow", PIL.__version__, PILLOW),
]:
    if found != expected:
        raise SystemExit(f"{name}: expected {expected}, found {found}")

torch.set_default_dtype(torch.float32)  # layers.py has made it float64; ToTensor follows it

DICE = random.Random(20)
SHAPES = {"grey": (1, 28, 28), "small": (1, 22, 22), "colour": (3, 9, 14), "bytes": (1, 16, 16)}
PLANES = {
    name: bytes(DICE.randrange(256) for _ in range(c * h * w))
    for name, (c, h, w) in SHAPES.items()
    if name != "bytes"
} | {"bytes": bytes(range(256))}


def pillow_image(name):
    c, h, w = SHAPES[name]
    planes = [
        Image.frombytes("L", (w, h), PLANES[name][i * h * w : (i + 1) * h * w]) for i in range(c)
    ]
    return planes[0] if c == 1 else Image.merge("RGB", planes)


IMAGES = {name: pillow_image(name) for name in SHAPES}


def hexadecimal(image):
    return b"".join(plane.tobytes() for plane in image.split()).hex()


def case(name, image, **arguments):
    return {"image": name, **arguments, "expected": hexadecimal(image)}


def floats(tensor):
    return tensor.flatten().tolist()


def sized(function, *cases):
    return [
        case(name, function(IMAGES[name], [h, w]), height=h, width=w) for name, h, w in cases
    ]


def rotations():
    square = [0, 90, 180, 270, 360, -90, 15, -15, 45, -45, 30, 60, 1e-9, -1e-9, -1e-20, 359.9999]
    square += [DICE.uniform(-15, 15) for _ in range(12)] + [DICE.uniform(-720, 720) for _ in range(4)]
    colour = [0, 90, 180, -90, 45, -10.5, 100.25]
    for name, angles in [("grey", square), ("colour", colour)]:
        for angle in angles:
            yield case(name, F.rotate(IMAGES[name], angle, fill=0), angle=angle)


def roundings():
    """Python's round(x, 15), which Pillow applies to sines and cosines."""
    numbers = [math.sin(math.radians(angle)) for angle in (0, 30, 45, 90, 180, -30, 1e-9, 1e-20)]
    numbers += [odd / 65536 for odd in (1, -1, 3, 32769, -65535)]  # x * 1e15 ends in 0.5
    random_numbers = (DICE.uniform(-1, 1) for _ in range(2000))
    numbers += [x for x in random_numbers if x * 1e15 % 1 == 0.5][:40]  # only if rounded
    return [[x, round(x, 15)] for x in numbers]


def affines():
    grey = [
        (0, (0, 0), 1, (0, 0)),
        (0, (3, -2), 1, (0, 0)),
        (0, (0, 0), 0.9, (0, 0)),  # Pillow's path for scaling
        (0, (1, 0), 1.1, (0, 0)),
        (90, (0, 0), 1, (0, 0)),
        (10, (0, 0), 1, (0, 0)),
        (0, (0, 0), 1, (5, 0)),
        (0, (0, 0), 1, (0, -7.5)),
        (180, (1, 1), 0.5, (30, 20)),
        (20, (0, 0), 0.0005, (0, 0)),  # too small for Pillow's fixed point
        (-30, (-40, 0), 2, (0, 0)),
    ]
    grey += [
        (
            DICE.uniform(-10, 10),
            (DICE.randrange(-3, 4), DICE.randrange(-3, 4)),
            DICE.uniform(0.9, 1.1),
            (DICE.uniform(-5, 5), DICE.uniform(-5, 5)),
        )
        for _ in range(8)
    ]
    for name, cases in [("grey", grey), ("colour", grey[-9:])]:
        for angle, translate, scale, shear in cases:
            image = F.affine(IMAGES[name], angle, list(translate), scale, list(shear), fill=0)
            yield case(
                name, image, angle=angle, translate=translate, scale=scale, shear=shear
            )


def crops():
    """Windows of an image that has `padding` zeros around it."""
    for name, padding, top, left, height, width in [
        ("grey", 0, 0, 0, 24, 24),
        ("grey", 0, 4, 3, 24, 24),
        ("grey", 4, 0, 8, 28, 28),
        ("grey", 4, 5, 0, 28, 28),
        ("colour", 2, 3, 4, 9, 14),
        ("colour", 9, 0, 0, 9, 9),
    ]:
        image = F.crop(F.pad(IMAGES[name], padding), top, left, height, width)
        yield case(name, image, top=top - padding, left=left - padding, height=height, width=width)


def padded_crops():
    """Windows of an image whose padding is made of its own pixels."""
    for mode in ("edge", "reflect", "symmetric"):
        for name, padding, top, left, height, width in [
            ("grey", 4, 0, 8, 28, 28),
            ("colour", 3, 6, 0, 9, 14),
            ("colour", 8, 0, 0, 9, 9),
            ("colour", 8, 16, 21, 9, 9),
        ]:
            padded = F.pad(IMAGES[name], padding, padding_mode=mode)
            image = F.crop(padded, top, left, height, width)
            yield case(name, image, mode=mode, top=top - padding, left=left - padding,
                       height=height, width=width)


def jitters():
    factors = [0, 0.25, 0.6, 0.999, 1, 1.3, 2.5] + [DICE.uniform(0, 2) for _ in range(3)]
    turns = [-0.5, -0.3, -0.004, 0, 0.01, 0.2, 0.5] + [DICE.uniform(-0.5, 0.5) for _ in range(3)]
    for what, numbers in [
        ("brightness", factors),
        ("contrast", factors),
        ("saturation", factors),
        ("hue", turns),
    ]:
        adjust = getattr(F, f"adjust_{what}")
        for number in numbers:
            yield case("colour", adjust(IMAGES["colour"], number), what=what, by=number)
        yield case("grey", adjust(IMAGES["grey"], numbers[2]), what=what, by=numbers[2])


def hue_of_grid():
    """Every combination of eight reds, greens and blues."""
    planes = [bytes((i >> 3 * k & 7) * 255 // 7 for i in range(512)) for k in range(3)]
    image = Image.merge("RGB", [Image.frombytes("L", (32, 16), plane) for plane in planes])
    return {"by": 0.1, "expected": hexadecimal(F.adjust_hue(image, 0.1))}


def grayscales():
    for name in ("grey", "colour"):
        for channels in (1, 3):
            image = F.to_grayscale(IMAGES[name], channels)
            yield case(name, image, channels=channels)


def tensors():
    def normalized(name, mean, std):
        return floats(F.normalize(F.to_tensor(IMAGES[name]), mean, std))

    erased = F.to_tensor(IMAGES["colour"])
    value = torch.tensor([0.1, 0.2, 0.3])[:, None, None]
    return {
        "to_tensor": floats(F.to_tensor(IMAGES["bytes"])),
        "normalize": normalized("bytes", [0.1307], [0.3081]),
        "normalize_channels": normalized("colour", [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        "erase": floats(F.erase(erased, 2, 3, 4, 5, value)),
    }


def main():
    written = {
        "torchvision": TORCHVISION,
        "pillow": PILLOW,
        "images": {name: planes.hex() for name, planes in PLANES.items()},
        "center_crop": sized(
            F.center_crop,
            *[("grey", h, w) for h, w in [(22, 22), (23, 25), (31, 33), (28, 28), (35, 27)]],
            *[("colour", h, w) for h, w in [(4, 5), (12, 3)]],
        ),
        "resize": sized(
            F.resize,
            *[("grey", h, w) for h, w in [(20, 20), (28, 28), (28, 17), (45, 28), (1, 3)]],
            *[("small", h, w) for h, w in [(28, 28)]],
            *[("colour", h, w) for h, w in [(28, 28), (4, 5), (20, 7), (5, 40)]],
        ),
        "rotate": list(rotations()),
        "affine": list(affines()),
        "crop": list(crops()),
        "round_15": roundings(),
        "hflip": case("colour", F.hflip(IMAGES["colour"])),
        **tensors(),
        "padded_crop": list(padded_crops()),
        "jitter": list(jitters()),
        "hue_of_grid": hue_of_grid(),
        "grayscale": list(grayscales()),
    }
    write(HERE / "transforms.json", written)


if __name__ == "__main__":
    main()
