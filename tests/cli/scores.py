"""`evaluate` and `predict`: what weights are worth, and what images show."""

import json
import os
import re
import shutil
import struct
from pathlib import Path

import files
from suite import ANYTHING, BAD_CHECKPOINT, BAD_DATA, CANNOT_WRITE, DIVERGED, USAGE

EVALUATE = "evaluate --data digits --weights digits_run/last.safetensors"
PREDICT = "predict --weights digits_run/last.safetensors"
PHOTO = Path(__file__).resolve().parent.parent / "images/photo_sheet_on_table_9.jpg"


def other_data(suite, file="digits_run/last.safetensors", what="mnist, not on fashion-mnist"):
    return rf"{suite.program.name}: note: {file}: its weights were trained on {what}\n"


def without_weights(suite):
    """What to do where no run has been, and which of two is meant."""
    err = (
        r"no best\.safetensors in runs/mnist, runs/mnist-fast, runs/mnist-photos: "
        r"train first \({} train\), or name a file \(--weights\)"
    ).format(suite.program.name)
    for command in ("evaluate", "evaluate --json", "predict nowhere.png"):
        suite.row(command, BAD_CHECKPOINT, err)
    err = "no best.safetensors in runs/fashion-mnist, runs/fashion-mnist-fast, runs/fashion-mnist-photos: train"
    suite.row("evaluate --dataset fashion-mnist", BAD_CHECKPOINT, err)
    suite.check("no folder is made", not (suite.folder / "runs").exists())

    runs = [suite.folder / "runs/mnist", suite.folder / "runs/mnist-fast"]
    suite.row("train --data digits --batch-size 10 --epochs 2 --seed 7 --out seven_run")
    score = "evaluate --data digits --weights {}_run/last.safetensors".format
    named = {name: suite.row(score(name), out=ANYTHING) for name in ("digits", "seven")}
    suite.check("the two have other scores", len(set(named.values())) == 2)
    for run, name in zip(runs, named):
        run.mkdir(parents=True)
        shutil.copy(suite.folder / f"{name}_run/last.safetensors", run / "best.safetensors")
        if run is runs[0]:
            suite.row("evaluate --data digits", out=re.escape(named["digits"]), notes="")
    for newest, name in zip(reversed(runs), reversed(named)):
        for run in runs:
            os.utime(run / "best.safetensors", (1e9, 1e9 + (run == newest)))
        file = newest.relative_to(suite.folder) / "best.safetensors"
        note = rf"takes the newest of 2 weights, {file} \(--weights names others\)"
        notes = f"{suite.program.name}: note: {note}\n"
        suite.row("evaluate --data digits", out=re.escape(named[name]), notes=notes)
    shutil.rmtree(suite.folder / "runs")


def trained_on(suite):
    """Weights know what they were trained on; PyTorch's own say nothing, and are taken as they
    are."""
    weights = (suite.folder / "digits_run/last.safetensors").read_bytes()
    (length,) = struct.unpack_from("<Q", weights)
    header = json.loads(weights[8 : 8 + length])
    about = header["__metadata__"]
    here = "evaluate --data digits --weights other.safetensors"

    def says(metadata, names, notes, more=""):
        text = json.dumps(header | {"__metadata__": metadata}).encode()
        content = struct.pack("<Q", len(text)) + text + weights[8 + length :]
        (suite.folder / "other.safetensors").write_bytes(content)
        notes = notes and other_data(suite, "other.safetensors", notes)
        printed = suite.row(f"{here} {more}", out=ANYTHING, notes=notes)
        suite.check(f"{metadata} {more}", names in printed, printed)

    fashion = about | {"ctnn.dataset": "fashion-mnist"}
    says(about, "\n           9 ", "")
    says(about, "\n           9 ", "", "--dataset mnist")
    says(fashion, "\n  Ankle boot ", "")  # nothing was asked for: it is the weights' own
    says(fashion, "\n  Ankle boot ", "", "--dataset fashion-mnist")
    says(fashion, "\n           9 ", "fashion-mnist, not on mnist", "--dataset mnist")
    says({"format": "pt"}, "\n           9 ", "")
    says({}, "\n  Ankle boot ", "", "--dataset fashion-mnist")
    says(about | {"ctnn.dataset": "s\u009bvhn"}, "\n           9 ", r"s\\u009bvhn, not on mnist")
    other = "mnist with a mean of 0.5 and a std of 0.3081, not of 0.1307 and 0.3081"
    says(about | {"ctnn.mean": "0.5"}, "\n           9 ", other)


def evaluate(suite):
    last = [event for event in suite.events("digits_run") if event["event"] == "epoch"][-1]
    scores = json.loads(suite.row(f"{EVALUATE} --json", out=r"\{[^\n]*\}\n"))
    logged = {name: value for name, value in last.items() if name in scores}
    suite.check(
        "evaluate finds what training logged",
        {"test_samples": 20, **logged} == scores and len(logged) == len(scores) - 1,
        (scores, last),
    )
    confusion = scores["confusion"]
    correct = sum(confusion[k][k] for k in range(10))
    suite.check("the diagonal is correct", correct == scores["test_correct"], confusion)
    suite.check("two images a class", all(sum(row) == 2 for row in confusion), confusion)

    lines = suite.row(EVALUATE, out=ANYTHING).splitlines()
    expected = [
        f"Test set: Average loss: {scores['test_loss']:.4f}, Accuracy: {correct}/20 "
        f"({100 * scores['test_accuracy']:.2f}%)",
        f"Top-3 accuracy: {100 * scores['top3_accuracy']:.2f}%",
        "",
        f"{'class':>12} {'precision':>9} {'recall':>9} {'F1':>9} {'images':>7}",
    ]
    for k in range(10):
        numbers = [scores[name][k] for name in ("precision", "recall", "f1")]
        expected.append(f"{k:>12}" + "".join(f" {x:>9.4f}" for x in numbers) + f" {2:>7}")
    means = [scores[f"macro_{name}"] for name in ("precision", "recall", "f1")]
    expected.append(f"{'mean':>12}" + "".join(f" {x:>9.4f}" for x in means) + f" {20:>7}")
    expected += ["", f"{'class':>12} taken for" + "".join(f" {k:>5}" for k in range(10))]
    for k, row in enumerate(confusion):
        expected.append(f"{k:>12} {'':>9}" + "".join(f" {count:>5}" for count in row))
    suite.check("the tables have the numbers of --json", lines == expected, (lines, expected))

    names = suite.row(f"{EVALUATE} --dataset fashion-mnist", out=ANYTHING, notes=other_data(suite))
    suite.check("classes have names", "\n T-shirt/top " in names and "\n  Ankle boot " in names)


def probabilities(suite, path, **how):
    line = json.loads(suite.row(f"{PREDICT} --json {path}", out=r"\{[^\n]*\}\n", **how))
    p = line["probabilities"]
    suite.check("probabilities sum to 1", len(p) == 10 and abs(sum(p) - 1) < 1e-9, p)
    suite.check("the class is the likeliest", line["class"] == p.index(max(p)), line)
    suite.check("the line's fields", (line["schema"], line["file"]) == (1, path), line)
    suite.check("a digit's name", line["name"] == str(line["class"]), line)
    return p


def predict(suite):
    """Pictures of the test images, larger and in other colours, are taken for what they are."""
    scores = json.loads(suite.row(f"{EVALUATE} --json", out=ANYTHING))
    confusion = [[0] * 10 for _ in range(10)]
    pictures = suite.folder / "pictures"
    pictures.mkdir()
    for label in range(10):
        pixels = files.like_mnist(label)
        rows = [pixels[i : i + 28] for i in range(0, 28 * 28, 28)]
        (pictures / "image.png").write_bytes(files.png(rows))
        expected = probabilities(suite, "pictures/image.png")
        confusion[label][expected.index(max(expected))] += 2
        for name, content in {
            "light_on_dark.png": files.png(files.digit(label, 11, margin=60)),
            "dark_on_light.png": files.png(files.digit(label, 11, ink=0, paper=255, margin=60)),
            "grey.png": files.png(files.digit(label, 8, ink=50, paper=180, margin=30)),
            "no_margin.png": files.png(files.digit(label, 40, ink=0, paper=255, margin=12)),
            "pgm": files.pgm(files.digit(label, 11, ink=0, paper=255, margin=60)),
        }.items():
            (pictures / name).write_bytes(content)
            found = probabilities(suite, f"pictures/{name}", name=f"{label}, {name}")
            far = max(abs(a - b) for a, b in zip(found, expected))
            suite.check(f"{label} in {name} is as in the test set", far < 1e-6, (found, expected))
    suite.check("predict and evaluate agree", confusion == scores["confusion"], confusion)
    suite.check("classes differ", sum(map(any, zip(*confusion))) > 5, confusion)


def predict_rows(suite):
    """After predict(), which leaves pictures/."""
    image = "pictures/light_on_dark.png"
    line = r"{}: \d \(\d+\.\d\d%\), \d \(\d+\.\d\d%\), \d \(\d+\.\d\d%\)\n".format
    png = (suite.folder / image).read_bytes()
    photo = PHOTO.read_bytes()
    for name, content in {
        "cut.png": png[: len(png) // 2],
        "damaged.png": png[:60] + bytes(20) + png[80:],
        "text.png": b"not an image",
        "empty.png": b"",
        "photo.jpg": photo,
        "cut.jpg": photo[: len(photo) * 2 // 3],
        "flipped.png": png[:50] + bytes([png[50] ^ 4]) + png[51:],
        # A deflate block of type 3, its chunk's sum being right: stb_image gives no reason.
        "type3.png": bytes.fromhex(
            "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
            "0000000449444154789c0700ffe0b8270000000049454e44ae426082"
        ),
        "blank.png": files.png([bytes(30)] * 30),
        "cut.pgm": files.pgm(files.digit(1, 4))[:-1],
        "a\nb\x1b.pgm": files.pgm(files.digit(1, 4, margin=9)),
    }.items():
        (suite.folder / "pictures" / name).write_bytes(content)
    for name, err in {
        "nowhere.png": "cannot read: No such file",
        ".": "cannot read: expected a regular file, found a directory",
        "cut.png": "truncated",
        "damaged.png": "damaged: chunk IDAT at byte 33 says CRC-32 [0-9a-f]{8}, its bytes have",
        "flipped.png": "damaged: chunk IDAT at byte 33 says CRC-32 [0-9a-f]{8}, its bytes have",
        "type3.png": "cannot decode, expected a sound image, found: invalid block type",
        "text.png": "not a known image, expected PNG, JPEG, BMP, PGM or PPM, found none",
        "empty.png": "not a known image, .* found an empty file",
        "cut.jpg": "cannot decode, expected a sound image, found: Premature end of JPEG",
        "blank.png": "holds no digit",
        "cut.pgm": "truncated",
    }.items():
        path = f"pictures/{name}"
        suite.row(f"{PREDICT} {path}", BAD_DATA, f"{path}: .*{err}")
        # The others are told.
        three = f"{PREDICT} {image} {path} {image}"
        suite.row(three, BAD_DATA, f"{path}: .*{err}", line(image) * 2)
    done = suite.run([*PREDICT.split(), "--json", "nowhere.png", image, "pictures/cut.pgm"])
    told = [error.split(": ")[2] for error in done.stderr.splitlines()]
    suite.check(
        "two bad files, a line each",
        (done.returncode, told, done.stdout.count("\n"))
        == (BAD_DATA, ["nowhere.png", "pictures/cut.pgm"], 1),
        done,
    )
    suite.row(f"{PREDICT} {image} {image}", out=line(image) * 2)
    suite.row(f"{PREDICT} pictures/photo.jpg", out=line("pictures/photo.jpg"))
    left, right = (files.digit(label, 8, margin=20) for label in (3, 1))
    two = [a + b for a, b in zip(left, right)]
    (suite.folder / "pictures/two.pgm").write_bytes(files.pgm(two))
    note = f"{suite.program.name}: note: pictures/two.pgm: seems to hold 2 digits[^\n]*\n"
    suite.row(f"{PREDICT} pictures/two.pgm", out=line("pictures/two.pgm"), notes=note)
    for name, count in ("two.pgm", 2), ("light_on_dark.png", 1):
        told = suite.run([*PREDICT.split(), "--json", f"pictures/{name}"]).stdout
        suite.check(f"digits in {name}", json.loads(told)["digits"] == count, told)
    suite.row([*PREDICT.split(), "pictures/a\nb\x1b.pgm"], out=line(r"pictures/a\\x0ab\\x1b.pgm"))
    other = f"{PREDICT} --dataset fashion-mnist {image}"
    names = suite.row(other, out=ANYTHING, notes=other_data(suite))
    suite.check("classes of clothes", re.search(r": [A-Z][a-zA-Z /-]+ \(", names), names)
    suite.row(f"{PREDICT} --json --foo {image}", USAGE, "--foo")
    suite.row([*PREDICT.split(), image, ""], USAGE, 'IMAGE: expected a path, found ""')
    # Finite weights, but what the network makes of them is not.
    values = {("fc1.bias", 0): 3e38, ("fc2.weight", 0): 3e38}
    files.write_safetensors(suite.folder / "huge.safetensors", files.SHAPES, values)
    for command in ("evaluate --data digits", f"predict {image}"):
        for how in ("", "--json"):
            err = "huge.safetensors: the network's outputs are not finite"
            suite.row(f"{command} --weights huge.safetensors {how}", DIVERGED, err, out="")
    err = "nowhere: cannot read: No such file"
    suite.row(f"predict --weights nowhere {image}", BAD_CHECKPOINT, err)
    with open("/dev/full", "w", encoding="utf-8") as full:
        suite.row(f"{PREDICT} {image}", CANNOT_WRITE, "standard output", stdout=full)


def warm_start(suite):
    """--strict=false takes what fits, and says what does not."""
    tensors, _ = files.read_safetensors(suite.folder / "digits_run/last.safetensors")
    shapes = {name: shape for name, shape in files.SHAPES.items() if name != "fc2.bias"}
    values = {("conv1.weight", i): x for i, x in enumerate(tensors["conv1.weight"][1])}
    files.write_safetensors(suite.folder / "part.safetensors", shapes | {"fc9.bias": [2]}, values)
    train = "train --lr 1e-12 --epochs 1 --limit 2 --batch-size 2"
    init = f"{train} --init part.safetensors --out warm"
    err = "part.safetensors: .*missing fc2.bias; unexpected fc9.bias"
    for strict in ("", "--strict", "--strict=true"):
        suite.row(f"{init} {strict}", BAD_CHECKPOINT, err)
    suite.check("a refused start leaves no folder", not (suite.folder / "warm").exists())
    notes = "".join(
        f"{suite.program.name}: note: part.safetensors {what}\n"
        for what in ("lacks fc2.bias", "has fc9.bias too many")
    )
    suite.row(f"{init} --strict=false --quiet", out="", notes=notes)
    suite.row(f"{train} --out cold")
    warm, _ = files.read_safetensors(suite.folder / "warm/last.safetensors")
    cold, _ = files.read_safetensors(suite.folder / "cold/last.safetensors")
    for name, (_, found) in warm.items():
        if name == "fc2.bias":  # as the seed makes it
            expected = cold[name][1]
        elif name == "conv1.weight":
            expected = tensors[name][1]
        else:
            expected = [0.0] * len(found)
        far = max(abs(a - b) for a, b in zip(found, expected))
        suite.check(f"{name} comes from where it should", far < 1e-8, far)

    files.write_safetensors(suite.folder / "part.safetensors", shapes | {"conv1.bias": [31]})
    err = r"size mismatch for conv1.bias: file has \[31\], network has \[32\]"
    suite.row(f"{init} --strict=false --force", BAD_CHECKPOINT, err)
