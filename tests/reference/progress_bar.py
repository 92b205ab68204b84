#!/usr/bin/env python3
"""Writes progress_bar.json: the lines that tqdm's format_meter makes.

Needs Debian 12's python3-tqdm. Not called tqdm.py: the scripts of this folder, and PyTorch in them,
would import it in place of tqdm. Run: python3 progress_bar.py
"""
import json
from pathlib import Path

import tqdm

TQDM = "4.64.1"
if tqdm.__version__ != TQDM:
    raise SystemExit(f"tqdm: expected {TQDM}, found {tqdm.__version__}")


def case(n, total, elapsed, columns=80, ascii=False, prefix="", postfix="", initial=0, rate=None):
    """columns = 0: the width is not known, None for tqdm (its own 0 means no bar at all)."""
    line = tqdm.tqdm.format_meter(n, total, elapsed, ncols=columns or None, prefix=prefix,
                                  ascii=ascii, rate=rate, postfix=postfix, initial=initial)
    return {"n": n, "total": total, "initial": initial, "elapsed": elapsed, "rate": rate,
            "columns": columns, "ascii": ascii, "prefix": prefix, "postfix": postfix, "line": line}


def cases():
    for ascii in False, True:
        for columns in 0, 80, 120:
            for n in 0, 1, 59, 117, 118:
                yield case(n, 118, n / 23.7, columns, ascii)
        # Every glyph, and cells that are just full.
        for n in range(0, 33, 2):
            yield case(n, 32, 3, 45, ascii)
        for n in 1, 2, 3, 7, 9, 10:
            yield case(n, 10, 3, 0, ascii)
        # Hardly any room: a bar of one cell, then a line that is cut.
        for columns in 200, 46, 45, 44, 43, 42, 20, 8, 3, 1:
            yield case(7, 11, 5, columns, ascii, "Epoch 3")
    # Rates: none, whole, around 1 it/s, of seconds an iteration, ties of the second decimal.
    yield case(0, 10, 0)
    yield case(0, 10, 12.9)
    yield case(5, 10, 0)
    for rate in 0, 0.001, 0.25, 0.5, 0.99, 0.999999, 1.0, 1.004, 1.005, 2.125, 2.375, 9.995, 99.995, \
            8 / 17, 8 / 19, 12345.678, 1e7, 3e-5:
        yield case(40, 100, 2.5, rate=rate)
    # Percentages, halves among them: 0.5, 1.5, 2.5, 12.5, 99.5.
    for n in 1, 2, 3, 5, 25, 199:
        yield case(n, 200, 60)
    # Hours, on both sides; 9 hours, 99 hours, weeks.
    for elapsed in 0.4, 59.99, 60, 3599.9, 3600, 35999, 360000, 2e6:
        yield case(3, 7, elapsed)
    yield case(1, 1000000, 1000)
    # Resumed.
    yield case(50, 100, 0, initial=50)
    yield case(50, 100, 3, initial=50)
    yield case(75, 100, 10, initial=50)
    yield case(51, 100, 10, initial=50)
    yield case(75, 100, 10, initial=50, rate=4.0)
    # No total, and a total that was too small.
    yield case(0, 0, 0)
    yield case(5, 0, 2)
    yield case(5, 0, 2, prefix="Epoch 3", postfix="loss=0.1")
    yield case(5, 0, 2, prefix="Epoch 3: ")
    yield case(11, 10, 2)
    yield case(11, 10, 3, columns=5, prefix="Epoch 3", postfix="loss=0.1")
    yield case(11, 10, 30, rate=0.5)
    # What the trainer says, with more characters than bytes, and with two columns a character.
    for prefix in "Epoch 3", "Epoch 3: ", "Epoch:", "Époque nº 3", "Эпоха 3", "第三轮", "エポック", "훈련", \
            "①", "…":
        for columns in 0, 79, 30:
            yield case(60, 118, 4.2, columns, prefix=prefix, postfix="loss=0.1234, accuracy=97.50")
    yield case(60, 118, 4.2, 60, prefix="学习", postfix="损失=0.1234")
    yield case(60, 118, 4.2, 35, prefix="学习", postfix="损失损失损失")
    yield case(60, 118, 4.2, 3, prefix="学习", postfix="损失")
    # Large counts.
    yield case(123456789, 9876543210, 86400)
    yield case(2 ** 53 - 1, 2 ** 53, 1e6)


def main():
    lines = [json.dumps(c, separators=(",", ":")) for c in cases()]
    path = Path(__file__).resolve().parent / "progress_bar.json"
    path.write_text(f'{{\n"tqdm":"{TQDM}",\n"cases":[\n' + ",\n".join(lines) + "\n]\n}\n")


if __name__ == "__main__":
    main()
