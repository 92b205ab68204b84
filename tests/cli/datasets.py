"""Data sets of every kind: what a network learns of them, and what is said of those that do not fit.

usage: datasets.py --mnist PROGRAM --colours PROGRAM
"""

import argparse
import json
import math
import re
import shutil
import sys
import tempfile
from pathlib import Path

import files
from suite import ANYTHING, BAD_CHECKPOINT, BAD_DATA, USAGE, Suite

TRAIN = "train --batch-size 10 --lr 0.1 --epochs 40 --quiet --step-size 40"
ONE = "train --batch-size 10 --epochs 1 --quiet"


def metadata(suite, run):
    return files.parts(suite.folder / run / "best.safetensors")[1]


def close(found, expected):
    return len(found) == len(expected) and all(
        math.isclose(x, y, rel_tol=1e-6, abs_tol=1e-7) for x, y in zip(found, expected)
    )


def statistics(channels):
    """The text that the program writes, as numbers, of a list of values for each channel."""
    means = [math.fsum(values) / len(values) for values in channels]
    stds = [
        math.sqrt(math.fsum((x - mean) ** 2 for x in values) / len(values)) or 1
        for mean, values in zip(means, channels)
    ]
    return means, stds


def has_statistics(suite, run, channels):
    about = metadata(suite, run)
    found = [[float(x) for x in about[f"ctnn.{key}"].split(",")] for key in ("mean", "std")]
    suite.check(f"{run}: statistics", all(map(close, found, statistics(channels))), about)


def knows_all(suite, run, dataset="", images=10):
    """The weights of the run know every test image; returns what evaluate prints."""
    line = f"evaluate --weights {run}/best.safetensors {dataset}"
    scores = json.loads(suite.row(f"{line} --json", out=r"\{[^\n]*\}\n", notes=""))
    suite.check(f"{run}: knows {images}", scores["test_correct"] == images, scores)
    return suite.row(line, out=ANYTHING, notes="")


def same_when_resumed(suite, train, run):
    """A run that goes on for a second epoch ends as one of two; the folder of its data is known."""
    suite.row(f"{train} --epochs 2 --out {run}_whole", notes=None)
    suite.row(f"{train} --epochs 1 --out {run}_parts", notes=None)
    suite.row(f"train --quiet --resume {run}_parts --epochs 2")
    same = suite.weights(f"{run}_whole") == suite.weights(f"{run}_parts")
    suite.check(f"{run}: the same when it is resumed", same)


def cifar10(suite):
    files.write_cifar10(suite.folder / "data/cifar10")
    suite.row(f"{TRAIN} --dataset cifar10", out="")
    run = "runs/cifar10"
    printed = knows_all(suite, run)
    suite.check("cifar10: names", "\n  automobile " in printed, printed)
    about = metadata(suite, run)
    expected = {
        "ctnn.dataset": "cifar10",
        "ctnn.mean": "0.4914,0.4822,0.4465",
        "ctnn.std": "0.247,0.2435,0.2616",
    }
    suite.check("cifar10: metadata", expected.items() <= about.items(), about)
    suite.check("cifar10: no names", "ctnn.classes" not in about, about)

    for name, content in {
        "frog.png": files.png(files.coloured(6), 3),
        "large.png": files.png([row for row in files.coloured(6) for _ in range(3)], 3),
    }.items():
        (suite.folder / name).write_bytes(content)
        suite.row(
            f"predict --weights {run}/best.safetensors {name}", out=rf"{name}: frog \(.*\n", notes=""
        )
    line = suite.row(f"predict --weights {run}/best.safetensors --json frog.png", out=ANYTHING)
    answer = json.loads(line)
    suite.check("cifar10: JSON", answer["name"] == "frog" and "digits" not in answer, answer)
    jpeg = Path(__file__).resolve().parent.parent / "images/digit_rgb.jpg"
    suite.row(["predict", "--weights", f"{run}/best.safetensors", str(jpeg)], out=ANYTHING)

    suite.row(f"{ONE} --dataset cifar10 --lr 1e-9 --flip --crop 4 --out guesses")
    report = suite.report("guesses")
    suite.check("report: names", report["class_names"] == files.CIFAR10_NAMES)
    suite.check("report: colours", not report["dark_paper"])
    for section, pictures in (
        ("augmented", report["augmented"]),
        ("mistakes", [mistake["picture"] for mistake in report["mistakes"]]),
    ):
        sizes = {len(picture["pixels"]) for picture in pictures}
        suite.check(f"report: {section}", sizes == {3 * 32 * 32 // 3 * 4}, sizes)
    start = suite.events("guesses")[0]
    suite.check("the log has both", start["flip"] is True and start["crop"] == 4, start)
    augmented = f"{ONE} --dataset cifar10 --flip --crop 4"
    same_when_resumed(suite, augmented, "flipped")
    for more, expected in (
        ("", (4, True)),
        ("--no-augment", (0, False)),
        ("--no-augment --crop 2", (2, False)),
        ("--flip=false --no-augment=false", (4, False)),
    ):
        suite.row(f"{ONE} --dataset cifar10 --recipe photos {more} --force --out photos")
        start = suite.events("photos")[0]
        suite.check(f"--recipe photos {more}", (start["crop"], start["flip"]) == expected, start)
    suite.row(f"{ONE} --dataset cifar10 --epochs 2 --out straight")
    suite.check("flips matter", suite.weights("straight") != suite.weights("flipped_whole"))

    for name, content, err in (
        ("batches.meta.txt", b"one\n", "1 names of classes, one a line, expected 10"),
        ("data_batch_3.bin", b"\x0a" + bytes(3072), "label 10 of record 0"),
        ("data_batch_3.bin", bytes(3072), "3072 bytes, expected records of 3073 bytes"),
        ("test_batch.bin", None, "no such file, expected CIFAR-10's binary version"),
    ):
        folder = suite.folder / "wrong"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(suite.folder / "data/cifar10", folder)
        (folder / name).unlink()
        if content is not None:
            (folder / name).write_bytes(content)
        suite.row("train --dataset cifar10 --data wrong --out none", BAD_DATA, f"wrong/{name}: {err}")
    suite.check("wrong data leave no folder behind", not (suite.folder / "none").exists())


def pictures(suite):
    names = ["bird", "cat\u00e9", "dog"]
    files.write_pictures(suite.folder / "my/flowers", names)
    suite.row(f"{TRAIN} --dataset images:my/flowers/", out="", notes=None)
    run = "runs/flowers"
    printed = knows_all(suite, run, images=6)
    suite.check("pictures: names", "\n         dog " in printed and "\n           9 " in printed)
    about = metadata(suite, run)
    suite.check("pictures: all names", json.loads(about["ctnn.classes"]) == names, about)
    shades = [255 - 10 * i for i in range(4)]
    values = [[], [], []]
    for label in range(3): # resizing a picture that was doubled leaves it as it was
        for shade in shades:
            plane = files.planes(files.coloured(label, shade))
            for channel in range(3):
                values[channel] += [x / 255 for x in plane[1024 * channel : 1024 * (channel + 1)]]
    about_mean = [float(x) for x in about["ctnn.mean"].split(",")]
    means, _ = statistics(values)
    near = all(abs(x - y) < 0.002 for x, y in zip(about_mean, means)) # edges are blurred
    suite.check("pictures: means", near, (about_mean, means))
    suite.check("report: names", suite.report(run)["class_names"][:3] == names)
    same_when_resumed(suite, f"{ONE} --dataset images:my/flowers", "pictures")
    suite.row(f"{ONE} --dataset images:my/flowers --flip --limit 6 --out six", notes=None)
    labels = [picture["label"] for picture in suite.report("six")["augmented"]]
    suite.check("the classes take turns", labels == [0, 1, 2] * 2, labels)

    # The names and the normalisation are the weights' own.
    dog = suite.folder / "dog.png"
    dog.write_bytes(files.png(files.coloured(2), 3))
    (suite.folder / "my").rename(suite.folder / "yours")
    predict = f"predict --weights {run}/best.safetensors"
    suite.row(f"{predict} dog.png", out=r"dog.png: dog \(.*\n", notes="")
    (suite.folder / "no.png").write_bytes(b"no picture")
    suite.row(f"{predict} no.png dog.png", BAD_DATA, "no.png: ", out=r"dog.png: dog \(.*\n")
    suite.row(
        f"evaluate --weights {run}/best.safetensors",
        BAD_DATA,
        r"my/flowers/: no folder train in it, expected pictures in train/<class>/ and test/<class>/",
    )
    knows_all(suite, run, "--data yours/flowers", images=6)

    def wrong(err, change):
        folder = suite.folder / "wrong"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(suite.folder / "yours/flowers", folder)
        change(folder)
        suite.row("train --dataset images:wrong --out none", BAD_DATA, err)

    # A folder whose name is not UTF-8, as JSON must be.
    shutil.copytree(suite.folder / "yours/flowers", suite.folder / "bad\udcffname")
    suite.row([*ONE.split(), "--dataset", "images:bad\udcffname", "--out", "bad_run"], notes=None)
    place = ["--data", "bad\udcffname"]
    suite.row(["train", "--quiet", "--resume", "bad_run", "--epochs", "2", *place])
    suite.row(["evaluate", "--weights", "bad_run/best.safetensors", *place], out=ANYTHING, notes="")

    wrong("wrong: no folder test in it", lambda folder: shutil.rmtree(folder / "test"))
    wrong("wrong/test: expected the classes bird", lambda f: shutil.rmtree(f / "test/dog"))
    wrong("wrong/train/dog/0.png: ", lambda f: (f / "train/dog/0.png").write_bytes(b"x"))
    wrong("wrong/train/dog: no pictures", lambda f: [p.unlink() for p in (f / "train/dog").iterdir()])

    def more_classes(folder):
        for split in "train", "test":
            for i in range(8):
                shutil.copytree(folder / split / "dog", folder / split / f"dog{i}")

    wrong("wrong/train: 11 classes, network has 10", more_classes)
    suite.check("wrong pictures leave no folder behind", not (suite.folder / "none").exists())

    weights = suite.folder / run / "best.safetensors"
    original = weights.read_bytes()
    for key, value in (("mean", "0.5"), ("mean", "nan,1,1"), ("std", "1,1,0"), ("std", "1,1,x")):
        text = about[f"ctnn.{key}"].encode()
        assert original.count(text) == 1
        padded = value.encode()
        size = len(text) - len(padded)
        length = int.from_bytes(original[:8], "little") - size
        header, rest = original[8 : length + size + 8], original[length + size + 8 :]
        header = header.replace(text, padded)
        bad = suite.folder / "bad.safetensors"
        bad.write_bytes(len(header).to_bytes(8, "little") + header + rest)
        err = rf'bad.safetensors: ctnn.{key} is "{value}", expected 3 numbers'
        suite.row("predict --weights bad.safetensors dog.png", BAD_CHECKPOINT, err)


def rows(label, shade=1.0, offset=100.0):
    """3,072 numbers of a class."""
    return [offset + shade * x for x in files.planes(files.coloured(label))]


def table(suite):
    train = [(label, rows(label, shade)) for shade in (1, 0.9) for label in range(10)]
    test = [(label, rows(label)) for label in range(10)]
    names = [f"x{i}" for i in range(3072)]
    files.write_csv(suite.folder / "points.csv", train)
    files.write_csv(suite.folder / "points-test.csv", test)
    suite.row(f"{TRAIN} --dataset csv:points.csv", out="")
    run = "runs/points"
    knows_all(suite, run)
    about = metadata(suite, run)
    values = [
        [x for _, numbers in train for x in numbers[1024 * c : 1024 * (c + 1)]] for c in range(3)
    ]
    has_statistics(suite, run, values)
    report = suite.report(run)
    suite.check("a table has no pictures", not report["augmented"] and not report["mistakes"])
    same_when_resumed(suite, f"{ONE} --dataset csv:points.csv", "table")

    # The same with names, and the classes in front.
    header = ",".join(["kind", *names])
    files.write_csv(suite.folder / "train.csv", train, header, label_first=True)
    files.write_csv(suite.folder / "test.csv", test, header, label_first=True)
    files.write_csv(suite.folder / "other.csv", test[:3], header, label_first=True)
    for label in ("kind", "0", "-3073"):
        suite.row(f"{TRAIN} --dataset csv:train.csv --label {label} --out named --force")
        same = suite.sha256(f"{run}/state.safetensors") != suite.sha256("named/state.safetensors")
        suite.check(f"--label {label}: another state", same)
        knows_all(suite, "named")
        knows_all(suite, "named", "--test other.csv", images=3)
    tensors = [files.read_safetensors(suite.folder / f"{r}/best.safetensors")[0] for r in (run, "named")]
    suite.check("a header changes no weights", tensors[0] == tensors[1])

    # One class after the other: each is trained on and validated.
    files.write_csv(suite.folder / "sorted.csv", sorted(train, key=lambda row: row[0]))
    few = f"{ONE} --dataset csv:sorted.csv --test points-test.csv --validation 10 --limit 10"
    suite.row(f"{few} --epochs 40 --step-size 40 --lr 0.1 --out sorted_run")
    epoch = suite.events("sorted_run")[-2]
    sums = [sum(row) for row in epoch["confusion"]]
    suite.check("sorted: all classes are validated", sums == [1] * 10, sums)
    knows_all(suite, "sorted_run", "--test points-test.csv")

    unlabelled = "\n".join(",".join(map(str, rows(k))) for k in (4, 7)) + "\n"
    (suite.folder / "asked.csv").write_text(unlabelled)
    answers = r"{0}, row 1: {1} \(.*\n{0}, row 2: {2} \(.*\n".format
    predict = "predict --weights named/best.safetensors"
    suite.row(f"{predict} asked.csv", out=answers("asked.csv", 4, 7), notes="")
    suite.row(f"{predict} test.csv", out=answers("test.csv", 0, 1) + ANYTHING, notes="")
    line = suite.row(f"{predict} --json asked.csv", out=ANYTHING).splitlines()[1]
    suite.check("JSON has the row", json.loads(line)["row"] == 2, line)

    wrong = suite.folder / "wrong.csv"
    shutil.copy(suite.folder / "points-test.csv", suite.folder / "wrong-test.csv")
    for lines, err in (
        ([(10, rows(0))], "wrong.csv: label 10 of row 1, network has 10 classes"),
        ([(0, rows(0)), (-1, rows(0))], "wrong.csv: label -1 of row 2, network has 10 classes"),
        ([(0.5, rows(0))], "wrong.csv: line 1, column 3073: expected a whole number"),
        ([(0, [1, 2])], "wrong.csv: 2 features in a row, network takes 3072"),
        ([(0, rows(0)), (0, [1])], "wrong.csv: line 2: expected 3073 cells"),
    ):
        files.write_csv(wrong, lines)
        suite.row("train --dataset csv:wrong.csv --out none", BAD_DATA, err)
    suite.row("train --dataset csv:wrong.csv --label kind --out none", BAD_DATA, 'no column "kind"')
    shutil.copy(suite.folder / "points.csv", wrong)
    (suite.folder / "wrong-test.csv").unlink()
    err = r"wrong-test.csv: no such file, expected the table to test on \(--test FILE names another\)"
    suite.row("train --dataset csv:wrong.csv --out none", BAD_DATA, err)
    suite.row("train --dataset csv:nowhere.csv --out none", BAD_DATA, "nowhere.csv: cannot read: No such")
    suite.row("train --dataset csv:points.csv --flip", USAGE, "--flip: is of images, and csv:points.csv is")
    suite.row("train --dataset csv:points.csv --crop 2", USAGE, "--crop: is of images, and")
    suite.check("wrong tables leave no folder behind", not (suite.folder / "none").exists())


def options(suite):
    for name in ("cifar", "images", "images:", "csv", "mnist:x", "cifar10:x", ":", ""):
        err = r"--dataset: .* not in \{mnist,fashion-mnist,cifar10,idx:DIR,images:DIR,csv:FILE\}"
        suite.row(["train", "--dataset", name], USAGE, err)
    suite.row("train --dataset csv:a.csv --data b", USAGE, "--data: csv:a.csv names its own")
    suite.row("evaluate --dataset images:a --data b", USAGE, "--data: images:a names its own")
    for option in ("--test x", "--label 0"):
        err = rf"{option.split()[0]}: expected a csv:FILE, found cifar10"
        suite.row(f"train --dataset cifar10 {option}", USAGE, err)
        suite.row(f"evaluate {option} --weights runs/cifar10/best.safetensors", USAGE, err)
    suite.row("train --resume runs/points --label 0", USAGE, "--label: cannot be given to a run that")
    files.write_data(suite.folder / "data/mnist")
    suite.row("train", BAD_DATA, "images of 1x28x28, network takes 3x32x32")
    suite.row("train --dataset idx:data/mnist", BAD_DATA, "images of 1x28x28, network takes 3x32x32")


def grey(suite):
    """The program of digits, on others' images."""
    files.write_data(suite.folder / "data/mnist")
    suite.row(f"{ONE} --dataset idx:data/mnist --out idx")
    pixels = (suite.folder / "data/mnist" / files.TRAIN_IMAGES).read_bytes()[16:]
    has_statistics(suite, "idx", [[x / 255 for x in pixels]])
    suite.row(f"evaluate --weights idx/best.safetensors", out=ANYTHING, notes="")
    suite.row("train --dataset cifar10", BAD_DATA, "data/cifar10: images of 3x32x32, network takes 1x28x28")

    files.write_pictures(suite.folder / "shapes", ["a", "b"], channels=1, train=2, test=1)
    suite.row(f"{ONE} --dataset images:shapes --out shapes_run --crop 2", notes=None)
    (suite.folder / "seven.png").write_bytes(files.png(files.digit(7, 10, margin=30)))
    line = suite.row("predict --weights shapes_run/best.safetensors --json seven.png", out=ANYTHING)
    suite.check("no digits are looked for", "digits" not in json.loads(line), line)
    other = "shapes_run/best.safetensors: its weights were trained on images:shapes, not on mnist"
    suite.row(
        "evaluate --dataset mnist --weights shapes_run/best.safetensors",
        out=ANYTHING,
        notes=f"{suite.program.name}: note: {re.escape(other)}\n",
    )
    suite.check("a report of pictures", len(suite.report("shapes_run")["augmented"]) == 4)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mnist", required=True, type=Path)
    parser.add_argument("--colours", required=True, type=Path)
    arguments = parser.parse_args()
    failed = passed = 0
    for program, checks in (
        (arguments.colours, (cifar10, pictures, table, options)),
        (arguments.mnist, (grey,)),
    ):
        with tempfile.TemporaryDirectory() as folder:
            suite = Suite(program.resolve(), Path(folder))
            for check in checks:
                check(suite)
            failed, passed = failed + suite.failed, passed + suite.passed
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
