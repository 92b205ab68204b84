"""Runs examples/S5.ipynb as Jupyter would, and compares what it shows with metrics.jsonl.

usage: notebook.py --mnist PROGRAM

The kernel is Debian's python3, whichever comes first in PATH. It needs Debian's packages
python3-nbconvert, python3-ipykernel and python3-matplotlib; where there is python3-torch too, its
numbers are compared.
"""

import argparse
import base64
import json
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cli"))
import files

PYTHON = "/usr/bin/python3"
NOTEBOOK = ROOT / "examples/S5.ipynb"
PLOTS = ["data", "augmented", "curves", "learning-rate", "confusion", "mistakes", "predict"]
TRAIN_SIZE, TEST_SIZE, LIMIT = 520, 50, 256

# Seven segments, as (top, left, height, width), and those of each digit.
SEGMENTS = {"a": (0, 0, 2, 10), "b": (0, 8, 9, 2), "c": (9, 8, 9, 2), "d": (16, 0, 2, 10),
            "e": (9, 0, 9, 2), "f": (0, 0, 9, 2), "g": (8, 0, 2, 10)}
DIGITS = "abcdef bc abdeg abcdg bcfg acdfg acdefg abc abcdefg abcdfg".split()


def picture(digit, dice):
    y, x = dice.randint(4, 6), dice.randint(8, 10)
    pixels = bytearray(28 * 28)
    for top, left, height, width in map(SEGMENTS.get, DIGITS[digit]):
        for row in range(y + top, y + top + height):
            start = 28 * row + x + left
            pixels[start : start + width] = b"\xff" * width
    return bytes(pixels)


def write_data(folder):
    folder.mkdir(parents=True)
    dice = random.Random(1)
    for images, labels, count in ((files.TRAIN_IMAGES, files.TRAIN_LABELS, TRAIN_SIZE),
                                  (files.TEST_IMAGES, files.TEST_LABELS, TEST_SIZE)):
        digits = [dice.randrange(10) for _ in range(count)]
        pixels = b"".join(picture(digit, dice) for digit in digits)
        (folder / images).write_bytes(files.idx(count, 28, 28, elements=pixels))
        (folder / labels).write_bytes(files.idx(count, elements=bytes(digits)))


class Check:
    passed = failed = 0

    def equal(self, name, found, expected):
        if found == expected:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {name}\n  expected {expected!r:.1000}\n  found    {found!r:.1000}")


def execute(notebook, home, settings):
    """The outputs of each code cell. `home` has no settings of a user's, and no kernels."""
    notebook.parent.mkdir(parents=True, exist_ok=True)
    notebook.write_bytes(NOTEBOOK.read_bytes())
    theirs = re.compile("CTNN_|PYTHON|JUPYTER|IPYTHON|MPL|XDG_")
    environment = {name: value for name, value in os.environ.items() if not theirs.match(name)}
    environment |= {"HOME": str(home), "PYTHONNOUSERSITE": "1", **settings}
    done = subprocess.run(
        [PYTHON, "-m", "nbconvert", "--to", "notebook", "--execute", "--output", "done.ipynb",
         "--ExecutePreprocessor.timeout=200", str(notebook)],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=250,
        check=False)
    if done.returncode != 0:
        sys.exit(f"FAILED nbconvert exited with {done.returncode}\n{done.stderr}")
    cells = json.loads((notebook.parent / "done.ipynb").read_text("utf-8"))["cells"]
    return {cell["id"]: cell["outputs"] for cell in cells if cell["cell_type"] == "code"}


def text(outputs, stream="stdout"):
    return "".join("".join(output["text"]) for output in outputs if output.get("name") == stream)


def plots(outputs):
    """Sizes of the PNGs."""
    sizes = []
    for output in outputs:
        if "image/png" in output.get("data", {}):
            png = base64.b64decode(output["data"]["image/png"])
            signature, width, height = struct.unpack_from(">16s2I", png)
            sizes.append((width, height) if signature.endswith(b"IHDR") else None)
    return sizes


def committed(check):
    """What GitHub shows: the outputs of one run from top to bottom, and no trace of the machine."""
    text_of_all = NOTEBOOK.read_text("utf-8")
    notebook = json.loads(text_of_all)
    cells = notebook["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    check.equal("format", (notebook["nbformat"], notebook["nbformat_minor"]), (4, 5))
    check.equal("kernel", notebook["metadata"]["kernelspec"]["name"], "python3")
    check.equal("ids are unique", len({cell["id"] for cell in cells}), len(cells))
    check.equal("run in order", [cell["execution_count"] for cell in code],
                list(range(1, len(code) + 1)))
    outputs = {cell["id"]: cell["outputs"] for cell in code}
    check.equal("plots are committed", [cell for cell, out in outputs.items() if plots(out)], PLOTS)
    check.equal("no error is committed", [out for found in outputs.values() for out in found
                                          if out["output_type"] == "error"
                                          or out.get("name") == "stderr"], [])
    # Paths from the root, but those of the notebook's own text.
    shown = "".join(text(found) for found in outputs.values())
    check.equal("no path is committed", re.findall(r"(?<![\w.])/\w+/\S*", shown), [])
    check.equal(f"a small file, {len(text_of_all)} bytes", len(text_of_all) < 1_000_000, True)
    # The lines of training are those of the run that the scores are of.
    best = re.findall(r"Accuracy: \d+/10000 \((\d+\.\d\d%)\)", text(outputs["training"]))
    check.equal("the results are those of the training",
                re.findall(r"accuracy: (\S+)", text(outputs["results"])),
                [max(best, key=lambda share: float(share[:-1])), best[-1]])


def training_lines(start, epochs):
    """What the training cell has to show, but for the last batch's loss and the last line."""
    rate = "Adjusting learning rate of group 0 to 1.0000e-02."
    batches = -(-start["train_samples"] // start["batch_size"])
    lines = [rate]
    for e in epochs:
        lines += [f"Epoch {e['epoch']}",
                  f"Train: Loss=* Batch_id={batches - 1} Accuracy={100 * e['train_accuracy']:.2f}",
                  f"Test set: Average loss: {e['test_loss']:.4f}, Accuracy: {e['test_correct']}/"
                  f"{start['test_samples']} ({100 * e['test_accuracy']:.2f}%)", rate]
    return lines


def numbers(check, name, outputs, metrics, settings):
    """What the cells show, and what metrics.jsonl says."""
    events = [json.loads(line) for line in metrics.read_text("utf-8").splitlines()]
    start, epochs, last = events[0], events[1:-1], events[-2]
    check.equal(f"{name}: options", {field: start[field] for field in settings}, settings)
    check.equal(f"{name}: epochs", [e["event"] for e in epochs], ["epoch"] * settings["epochs"])

    shown = re.sub(r"Loss=\d+\.\d{4} ", "Loss=* ", text(outputs["training"])).splitlines()
    check.equal(f"{name}: lines of training", shown[:-1], training_lines(start, epochs))
    check.equal(f"{name}: size of the data", text(outputs["data"]),
                f"{TRAIN_SIZE} training images, {TEST_SIZE} test images\n")
    end = events[-1]
    accuracies = [("Best", end["best_test_accuracy"], end["best_epoch"]),
                  ("Last", last["test_accuracy"], last["epoch"])]
    check.equal(f"{name}: best and last", text(outputs["results"]).splitlines(),
                [f"{which} test accuracy: {accuracy:.2%} after epoch {epoch}"
                 for which, accuracy, epoch in accuracies])

    measures = ("precision", "recall", "f1")
    rows = [[str(k), *(f"{last[m][k]:.4f}" for m in measures), str(sum(last["confusion"][k]))]
            for k in range(10)]
    rows.append(["mean", *(f"{last['macro_' + m]:.4f}" for m in measures), str(TEST_SIZE)])
    table = [line.split() for line in text(outputs["classes"]).splitlines()]
    check.equal(f"{name}: scores of each digit", table[1:], rows)
    return last


def cells(check, name, outputs, program):
    """What holds for every run."""
    errors = {cell: text(found, "stderr") for cell, found in outputs.items()}
    check.equal(f"{name}: nothing on standard error", set(errors.values()), {""})
    sizes = {cell: plots(out) for cell, out in outputs.items() if plots(out)}
    check.equal(f"{name}: plots", list(sizes), PLOTS)
    for cell, found in sizes.items():
        check.equal(f"{name}: {cell} is one PNG of some size",
                    [min(size) > 200 for size in found if size], [True])
    summary = subprocess.run([program, "summary"], capture_output=True, text=True, check=True)
    check.equal(f"{name}: the table", text(outputs["model"]), summary.stdout)


def write_script(path, body):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh -e" + body)
    path.chmod(0o755)


def as_cloned(check, folder, program):
    """Nothing built, nothing fetched, everything where the notebook looks by itself."""
    clone = folder / "clone"
    write_script(clone / "scripts/train", f"""
cd "{clone}"
echo "$@" >asked
mkdir -p build/release data
ln -s "{clone}/program" build/release/mnist
ln -s "{folder}/data" data/mnist
""")
    # With two steps of 512 it would call every image by one digit, and most scores would be zero.
    write_script(clone / "program", f"""
[ "$1" != train ] || set -- "$@" --batch-size 4
exec "{program}" "$@"
""")
    outputs = execute(clone / "examples/S5.ipynb", folder,
                      {"CTNN_EPOCHS": "2", "CTNN_LIMIT": str(LIMIT)})
    run = clone / "runs/S5"
    check.equal("clone: built by scripts/train", (clone / "asked").read_text(),
                "--epochs 1 --limit 512 --out ../runs/S5\n")
    cells(check, "clone", outputs, program)
    last = numbers(check, "clone", outputs, run / "metrics.jsonl",
                   {"epochs": 2, "train_samples": LIMIT})
    check.equal("clone: digits have different scores", len(set(last["precision"])) > 3, True)
    has_torch = subprocess.run([PYTHON, "-c", "import torch"], capture_output=True, check=False)
    if has_torch.returncode == 0:
        score = rf"(\d+\.\d{{4}}), Accuracy: (\d+)/{TEST_SIZE}\n"
        shown = re.fullmatch(rf"<All keys matched successfully>\nPyTorch: Average loss: {score}"
                             rf"ctnn:    Average loss: {score}", text(outputs["pytorch"]))
        check.equal("clone: PyTorch loads and scores", shown is not None, True)
        if shown:
            loss, correct, our_loss, our_correct = shown.groups()
            check.equal("clone: right in PyTorch", int(correct), last["test_correct"])
            check.equal("clone: right in ctnn", int(our_correct), last["test_correct"])
            check.equal("clone: our loss", our_loss, f"{last['test_loss']:.4f}")
            # Two sums of floats, each rounded to four digits.
            check.equal("clone: loss in PyTorch", abs(float(loss) - float(our_loss)) < 1.5e-4, True)
    else:
        print("not compared with PyTorch: Debian's python3-torch is not there")


def with_settings(check, folder, program):
    """All paths from the environment, and a Python without PyTorch."""
    hidden = folder / "without"
    hidden.mkdir()
    (hidden / "torch.py").write_text("raise ModuleNotFoundError('hidden from the test')")
    run = folder / "elsewhere"
    outputs = execute(folder / "settings/S5.ipynb", folder,
                      {"CTNN_MNIST": str(program), "CTNN_DATA": str(folder / "data"),
                       "CTNN_OUT": str(run), "CTNN_EPOCHS": "1", "PYTHONPATH": str(hidden)})
    cells(check, "settings", outputs, program)
    numbers(check, "settings", outputs, run / "metrics.jsonl",
            {"epochs": 1, "train_samples": TRAIN_SIZE})
    remarks = ["".join(output["data"]["text/markdown"]) for output in outputs["pytorch"]]
    check.equal("settings: a remark without PyTorch",
                [remark.startswith("*PyTorch is not installed") for remark in remarks], [True])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mnist", required=True, type=Path)
    program = parser.parse_args().mnist.resolve()
    check = Check()
    committed(check)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        write_data(folder / "data")
        as_cloned(check, folder, program)
        with_settings(check, folder, program)
    print(f"{check.passed} passed, {check.failed} failed")
    sys.exit(check.failed > 0)


if __name__ == "__main__":
    main()
