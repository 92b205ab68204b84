#!/usr/bin/env python3
"""Writes pictures.json: what Pillow makes of the pictures in tests/images, in red, green and blue, turned
as their Exif says: the shape {3, height, width}, and the CRC-32 of the three planes.

Not of what is transparent, which Pillow's convert drops. Run with Debian 12's python3-pil, whose
libjpeg-turbo is that of libturbojpeg: /usr/bin/python3 pictures.py
"""
import zlib

from PIL import Image, ImageOps

from layers import HERE, write


def main():
    found = {}
    for path in sorted((HERE.parent / "images").iterdir()):
        if path.suffix not in (".png", ".jpg", ".bmp", ".ppm", ".pgm"):
            continue
        image = Image.open(path)
        # 16 bits are other numbers in Pillow, and Pillow cannot read text as all others do.
        if image.mode not in ("1", "L", "P", "RGB") or "transparen" in path.name + str(image.info):
            continue
        image = ImageOps.exif_transpose(image).convert("RGB")
        planes = b"".join(plane.tobytes() for plane in image.split())
        found[path.name] = {"shape": [3, image.height, image.width], "crc32": zlib.crc32(planes)}
    write(HERE / "pictures.json", found)


if __name__ == "__main__":
    main()
