#!/usr/bin/python3
"""Writes the images beside it, with Debian's python3-pil. digit.pgm is a 2 made the way MNIST was:
in a box of 20x20, its centre of mass on pixel 14, 14. The other digit_* are the same in other
formats, with dark ink if the name says so. colours.* are eight colours. turned_*.jpg are one
picture, taken with the camera held in each of the eight ways that Exif knows."""

from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageOps

here = Path(__file__).parent


def digit():
    big = Image.new("L", (400, 400))
    draw = ImageDraw.Draw(big)
    draw.arc((60, 10, 320, 230), 170, 400, fill=255, width=44)
    draw.line((290, 175, 70, 370), fill=255, width=44)
    draw.line((60, 365, 350, 350), fill=255, width=40)
    big = big.crop(big.getbbox())
    scale = 20 / max(big.size)
    small = big.resize([round(side * scale) for side in big.size], Image.Resampling.BOX)
    cols, rows = small.size
    mass = sum(small.getdata())
    x = sum(i % cols * v for i, v in enumerate(small.getdata())) / mass
    y = sum(i // cols * v for i, v in enumerate(small.getdata())) / mass
    field = Image.new("L", (28, 28))
    field.paste(small, (round(14 - x), round(14 - y)))
    return field


def text_pnm(image):
    kind, values = ("P2", image.getdata()) if image.mode == "L" else ("P3", sum(image.getdata(), ()))
    return f"{kind}\n# text\n{image.width} {image.height}\n255\n" + " ".join(map(str, values)) + "\n"


def wide_pgm(image):
    header = f"P5 {image.width} {image.height} 65535\n".encode()
    return header + b"".join((257 * v).to_bytes(2, "big") for v in image.getdata())


light = digit()
dark = ImageChops.invert(light)
wide = Image.new("I;16", light.size)
wide.putdata([257 * v for v in light.getdata()])
black = Image.new("L", light.size)

light.save(here / "digit.pgm")
light.save(here / "digit.png")
light.save(here / "digit.bmp")
light.save(here / "digit.jpg", quality=95)
light.convert("RGB").save(here / "digit_rgb.jpg", quality=95, subsampling=0)
light.convert("RGB").save(here / "digit_progressive.jpg", quality=95, progressive=True)
light.convert("RGB").save(here / "digit_rgb.png")
light.convert("RGB").save(here / "digit_rgb.bmp")
light.convert("RGB").save(here / "digit_rgb.ppm")
light.convert("P").save(here / "digit_palette.png")
light.point(lambda v: 255 * (v > 127)).convert("1").save(here / "digit_1bit.png")
wide.save(here / "digit_16bit.png")
(here / "digit_16bit.pgm").write_bytes(wide_pgm(light))
(here / "digit_text.pgm").write_text(text_pnm(light))
dark.save(here / "digit_dark.png")
Image.merge("LA", (black, light)).save(here / "digit_dark_on_transparent.png")

colours = Image.new("RGB", (4, 2))
colours.putdata([(0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255),
                 (255, 255, 255), (200, 100, 50), (1, 2, 3), (17, 0, 255)])
colours.save(here / "colours.png")
colours.save(here / "colours.bmp")
colours.save(here / "colours.ppm")
(here / "colours_text.ppm").write_text(text_pnm(colours))

scene = light.crop((0, 0, 28, 20))
held = {1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270}  # what the camera makes of the scene
for orientation, how in held.items():
    taken = scene if how is None else scene.transpose(how)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = here / f"turned_{orientation}.jpg"
    taken.save(path, quality=98, exif=exif)
    seen = ImageOps.exif_transpose(Image.open(path))  # Pillow turns it back
    assert max(ImageChops.difference(seen, scene).getdata()) < 8, orientation
