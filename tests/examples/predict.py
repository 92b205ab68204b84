"""examples/predict prints the probabilities that few enough weights let us work out by hand.
usage: predict.py PREDICT"""

import math
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
import files
from suite import Suite

# Each convolution has one weight that is not zero: (out, in, row, column) and its value, and a bias
# for that output. They are all off the middle, so that an image upside down would be another.
CONVOLUTIONS = {
    "conv1": ((3, 0, 0, 2), 1.5, 0.25),
    "conv2": ((60, 3, 2, 1), 0.5, -0.125),
    "conv3": ((7, 60, 1, 0), 1.25, 0.5),
    "conv4": ((250, 7, 0, 1), 2.0, -0.25),
}
# Hidden unit 4 k looks at pixel PIXEL[k] of what is left, 4x4; class k at hidden unit 4 k.
PIXEL = [11, 3, 14, 0, 7, 9, 12, 1, 6, 10]
GAIN = 1.0
BIAS = [0.5, 0.0, 0.25, 0.5, 0.25, 0.0, 0.25, 0.5, 0.0, 0.25]


def write_weights(path):
    def place(name, *index):
        flat = 0
        for extent, i in zip(files.SHAPES[name], index):
            flat = flat * extent + i
        return name, flat

    values = {}
    for name, (index, weight, bias) in CONVOLUTIONS.items():
        values[place(f"{name}.weight", *index)] = weight
        values[place(f"{name}.bias", index[0])] = bias
    last = CONVOLUTIONS["conv4"][0][0]
    for k in range(10):
        values[place("fc1.weight", 4 * k, 16 * last + PIXEL[k])] = 1.0
        values[place("fc2.weight", k, 4 * k)] = GAIN
        values[place("fc2.bias", k)] = BIAS[k]
    files.write_safetensors(path, files.SHAPES, values)


def probabilities(pixels):
    """Of an image, through the weights that are not zero."""
    x = [[(pixels[28 * i + j] / 255 - 0.1307) / 0.3081 for j in range(28)] for i in range(28)]
    for name, ((_, _, k, l), weight, bias) in CONVOLUTIONS.items():
        size = range(len(x) - 2)
        x = [[bias + weight * x[i + k][j + l] for j in size] for i in size]
        if name in ("conv2", "conv4"):
            half = range(0, len(x), 2)
            x = [[max(*x[i][j : j + 2], *x[i + 1][j : j + 2]) for j in half] for i in half]
        x = [[max(0.0, value) for value in row] for row in x]
    flat = [value for row in x for value in row]
    odds = [math.exp(GAIN * flat[PIXEL[k]] + BIAS[k]) for k in range(10)]
    return [odd / sum(odds) for odd in odds]


def main():
    with tempfile.TemporaryDirectory() as name:
        suite = Suite(Path(sys.argv[1]), Path(name))
        files.write_data(suite.folder / "data")
        write_weights(suite.folder / "weights")
        images = (suite.folder / "data" / files.TEST_IMAGES).read_bytes()[16:]
        classes = set()
        for index in range(files.TEST_SIZE):
            expected = probabilities(images[784 * index : 784 * (index + 1)])
            likeliest = expected.index(max(expected))
            classes.add(likeliest)
            lines = "".join(rf"{k} +\d+\.\d{{4}} %\n" for k in range(10))
            printed = suite.row(
                f"weights data {index}",
                out=f"predicted {likeliest}, labelled {index % 10}\n{lines}",
            )
            found = [float(percent) for percent in re.findall(r"(\S+) %", printed)]
            # In float, and rounded to four digits, they are within 1.1e-4.
            suite.check(
                f"the probabilities of image {index}",
                len(found) == 10 and all(abs(a - 100 * b) < 1e-3 for a, b in zip(found, expected)),
                (found, expected),
            )
        suite.check("the images are of several classes", len(classes) > 3, classes)

        suite.row("weights data", 1, "usage: predict WEIGHTS FOLDER INDEX")
        suite.row("nowhere data 0", 1, "nowhere")
        suite.row("weights nowhere 0", 1, files.TEST_IMAGES)
        for index in (files.TEST_SIZE, "first", "-1"):
            suite.row(f"weights data {index}", 1, f"INDEX: expected 0 to 7, found {index}")
    print(f"{suite.passed} passed, {suite.failed} failed")
    sys.exit(suite.failed > 0)


if __name__ == "__main__":
    main()
