"""What examples/own_data learns tells the two spirals apart. usage: own_data.py OWN_DATA"""

import math
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
import files
from suite import Suite

LAYERS = {"0": (32, 2), "2": (32, 32), "4": (2, 32)}


def outputs(tensors, x):
    """Of the saved network, in plain Python."""
    for name, (rows, columns) in LAYERS.items():
        weight, bias = tensors[f"{name}.weight"][1], tensors[f"{name}.bias"][1]
        x = [bias[o] + sum(map(float.__mul__, weight[o * columns : (o + 1) * columns], x))
             for o in range(rows)]
        if name != "4":
            x = [max(0.0, value) for value in x]
    return x


def accuracy(tensors):
    """On points of the two spirals without noise."""
    right = 0
    for i in range(400):
        r, spiral = 0.1 + 0.9 * i / 400, i % 2
        angle = 9 * r + math.pi * spiral
        y = outputs(tensors, [r * math.cos(angle), r * math.sin(angle)])
        right += y[spiral] > y[1 - spiral]
    return right / 400


def main():
    line = r"epoch {}: loss (\d+\.\d{{4}}), test accuracy (\d+\.\d) %\n"
    with tempfile.TemporaryDirectory() as name:
        suite = Suite(Path(sys.argv[1]), Path(name))
        printed = suite.row("weights", out="".join(line.format(epoch) for epoch in (5, 10, 15, 20)))
        scores = [(float(a), float(b)) for a, b in re.findall(r"loss (\S+), .* (\S+) %", printed)]
        suite.check("it learns", scores and scores[-1][0] < min(0.02, scores[0][0]), scores)
        suite.check("it knows points it has not seen", scores and scores[-1][1] >= 99, scores)

        tensors, _ = files.read_safetensors(suite.folder / "weights")
        shapes = {name: shape for name, (shape, _) in tensors.items()}
        expected = {f"{name}.weight": list(shape) for name, shape in LAYERS.items()}
        expected |= {f"{name}.bias": [shape[0]] for name, shape in LAYERS.items()}
        suite.check("names and shapes are torch.nn.Sequential's", shapes == expected, shapes)
        right = accuracy(tensors)
        suite.check("the weights are the ones learned", right >= 0.99, right)

        suite.row("nowhere/weights", 1, "nowhere/weights", out=printed)
    print(f"{suite.passed} passed, {suite.failed} failed")
    sys.exit(suite.failed > 0)


if __name__ == "__main__":
    main()
