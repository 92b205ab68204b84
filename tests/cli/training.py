"""Training that works, and output that cannot be written."""

import math
import os
import re
import resource
import shutil

import files
from suite import CANNOT_WRITE, OUT_OF_MEMORY, USAGE

# The lines of the notebook that this program stands in for.
RATE = "Adjusting learning rate of group 0 to {}.\n".format
TRAIN = r"Epoch {}\nTrain: Loss=\d+\.\d{{4}} Batch_id={} Accuracy=\d+\.\d\d\n".format
TEST = rf"Test set: Average loss: \d+\.\d{{4}}, Accuracy: \d+/{files.TEST_SIZE} \(\d+\.\d\d%\)\n"
SAVED = r"Saved {0}/last.safetensors, {0}/best.safetensors and {0}/report.html\n".format
TABLE = (
    r"Top-3 accuracy: \d+\.\d\d%\n\n +class +precision +recall +F1 +images\n(?:.+\n){10} +mean .+\n"
    r"\n +class taken for +0 .*\n(?:.+\n){10}"
)


# Of files.write_digits, which a network learns.
DIGITS = "train --data digits --batch-size 10 --lr 0.02 --no-augment"


# What --recipe fast stands for, but for its augmentation.
FAST = "--lr 0.05 --weight-decay 5e-4 --nesterov --scheduler onecycle"


def digits(suite):
    """Leaves a network that knows digits in digits_run/."""
    suite.row(f"{DIGITS} --epochs 10 --quiet --out digits_run", out="")


def two_epochs(suite):
    """Leaves the weights of two epochs in run/."""
    rates = [RATE(rate) for rate in ("1.0000e-02", "5.0000e-03", "2.5000e-03")]
    printed = suite.row(
        "train --epochs 2 --batch-size 16 --step-size 1 --gamma 0.5 --out run",
        out=rates[0] + TRAIN(1, 2) + TEST + rates[1] + TRAIN(2, 2) + TEST + rates[2] + SAVED("run"),
    )
    scores = re.findall(TEST, printed)
    metrics(suite, scores)
    stored_weights(suite)

    last = re.escape(scores[-1]) + TABLE
    for more in ("", "--threads 1", "--threads 8 --threads 2", "--data data/mnist"):
        suite.row(f"evaluate --weights run/last.safetensors {more}", out=last)
    suite.row(
        "train --epochs 1 --limit 4 --lr 1e-12 --init run/last.safetensors --out continued",
        out=RATE("1.0000e-12")
        + TRAIN(1, 0)
        + re.escape(scores[-1])
        + RATE("1.0000e-12")
        + SAVED("continued"),
    )
    suite.row(
        "train --epochs 9 --out other --limit 5 --epochs 1 --batch-size 2 --out limited",
        out=rates[0] + TRAIN(1, 2) + TEST + rates[0] + SAVED("limited"),
    )
    suite.row(
        "train --epochs 1 --limit 2 --batch-size 1000000000 --threads 1024 --seed " + str(2**64 - 1)
    )
    suite.check("the default folder is runs/mnist", (suite.folder / "runs/mnist").is_dir())
    shutil.rmtree(suite.folder / "runs")


def metrics(suite, scores):
    start, *epochs, end = suite.events("run")
    kinds = [(event["schema"], event["event"]) for event in (start, *epochs, end)]
    expected = [(1, "start"), (1, "epoch"), (1, "epoch"), (1, "end")]
    suite.check("four events of schema 1", kinds == expected, kinds)
    facts = {
        "dataset": "mnist",
        "parameters": 593_200,
        "train_samples": files.TRAIN_SIZE,
        "test_samples": files.TEST_SIZE,
        "recipe": "assignment",
        "epochs": 2,
        "batch_size": 16,
        "momentum": 0.9,
        "weight_decay": 0,
        "seed": 1,
        "shuffle": True,
        "augment": True,
    }
    suite.check("the start event holds the options", start.items() >= facts.items(), start)
    rates = [(event["epoch"], event["lr"]) for event in epochs]
    suite.check("an epoch's learning rate is logged", rates == [(1, 0.01), (2, 0.005)], rates)
    logged = [
        f"Test set: Average loss: {event['test_loss']:.4f}, "
        f"Accuracy: {event['test_correct']}/{files.TEST_SIZE} "
        f"({100 * event['test_accuracy']:.2f}%)\n"
        for event in epochs
    ]
    suite.check("the log holds what was printed", logged == scores, (logged, scores))
    for field in ("train_loss", "seconds", "images_per_second"):
        suite.check(f"{field} is positive", all(event[field] > 0 for event in epochs), epochs)
    accuracies = [event["train_accuracy"] for event in epochs]
    suite.check("train_accuracy is a fraction", all(0 <= a <= 1 for a in accuracies), accuracies)
    steps = [event["step"] for event in epochs]
    suite.check("an epoch's last step is logged", steps == [3, 6], steps)
    suite.check("the end has a reason", end["reason"] == "finished", end)


def optimizers(suite):
    """The log lists what the optimizer and the scheduler have, with PyTorch's defaults, and no more."""
    own = {
        "sgd": {"momentum": 0.9, "nesterov": False},
        "adam": {"lr": 1e-3, "weight_decay": 0, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        "adamw": {"lr": 1e-3, "weight_decay": 1e-2, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        "step": {"step_size": 15, "gamma": 0.1},
        "cosine": {"eta_min": 0},
        "onecycle": {
            "pct_start": 0.3,
            "anneal_strategy": "cos",
            "div_factor": 25,
            "final_div_factor": 1e4,
        },
        "constant": {},
    }
    every = {name for fields in own.values() for name in fields} - {"lr", "weight_decay"}
    for optimizer, scheduler in [("sgd", "step"), ("adam", "onecycle"), ("adamw", "cosine"), ("adam", "constant")]:
        suite.row(
            f"train --scheduler {scheduler} --optimizer {optimizer} --epochs 1 --limit 4 --out chosen"
        )
        start = suite.events("chosen")[0]
        facts = {"optimizer": optimizer, "scheduler": scheduler, **own[optimizer], **own[scheduler]}
        suite.check(f"{optimizer}, {scheduler}", start.items() >= facts.items(), start)
        others = every - facts.keys()
        suite.check(f"{optimizer}, {scheduler}: no more", not others & start.keys(), start)
    suite.row("train --lr 0.002 --optimizer adam --epochs 1 --limit 4 --out chosen")
    suite.check("a given lr stays", suite.events("chosen")[0]["lr"] == 0.002)


def schedules(suite):
    """The learning rates at the beginning of each epoch, three steps each."""
    lr, epochs, steps = 0.02, 4, 3

    def cosine(begin, end, part):
        return end + (begin - end) * (1 + math.cos(math.pi * part)) / 2

    def linear(begin, end, part):
        return begin + (end - begin) * part

    def one_cycle(step, anneal, pct_start=0.3, div_factor=25, final_div_factor=1e4):
        initial, last = lr / div_factor, epochs * steps - 1
        peak = pct_start * epochs * steps - 1
        if step <= peak:
            return anneal(initial, lr, step / peak)
        return anneal(lr, initial / final_div_factor, (step - peak) / (last - peak))

    for options, rate in {
        "constant": lambda epoch: lr,
        "step --step-size 2 --gamma 0.3": lambda epoch: lr * 0.3 ** (epoch // 2),
        "cosine": lambda epoch: cosine(lr, 0, epoch / epochs),
        "cosine --eta-min 0.001": lambda epoch: cosine(lr, 0.001, epoch / epochs),
        "onecycle": lambda epoch: one_cycle(epoch * steps, cosine),
        "onecycle --anneal-strategy linear --pct-start 0.6": lambda epoch: one_cycle(
            epoch * steps, linear, pct_start=0.6
        ),
        "onecycle --div-factor 4 --final-div-factor 10": lambda epoch: one_cycle(
            epoch * steps, cosine, div_factor=4, final_div_factor=10
        ),
    }.items():
        suite.row(f"train --lr {lr} --epochs {epochs} --batch-size 16 --scheduler {options} --out rates")
        found = [event["lr"] for event in suite.events("rates") if event["event"] == "epoch"]
        expected = [rate(epoch) for epoch in range(epochs)]
        close = all(map(lambda a, b: math.isclose(a, b, rel_tol=1e-9), found, expected))
        suite.check(f"learning rates: {options}", close and len(found) == epochs, (found, expected))
    # A way up of one step would divide by its length, which is none.
    err = "--pct-start: 0.1 of the run's 10 steps is one step, and the way up needs none or more"
    one = "train --scheduler onecycle --pct-start 0.1 --batch-size 4 --epochs 1 --out no_way_up"
    suite.row(one, USAGE, err)
    suite.check("... and leaves no folder", not (suite.folder / "no_way_up").exists())


def stored_weights(suite):
    tensors, metadata = files.read_safetensors(suite.folder / "run/last.safetensors")
    shapes = {name: shape for name, (shape, _) in tensors.items()}
    suite.check("names and shapes are PyTorch's", shapes == files.SHAPES, shapes)
    expected = {"format": "pt", "ctnn.epoch": "2"}
    suite.check("the metadata name format and epoch", metadata == expected, metadata)
    values = [value for _, tensor in tensors.values() for value in tensor]
    suite.check("weights are finite", all(map(math.isfinite, values)))
    suite.check("weights are not all alike", len(set(values)) > len(values) / 2)


def same_bits(suite):
    """The same weights from the same options, whatever the machine and the environment."""
    train = "train --epochs 2 --batch-size 24 --out "
    suite.row(train + "first")
    expected = suite.sha256("first/last.safetensors")

    def small_stack():
        resource.setrlimit(resource.RLIMIT_STACK, (512 * 1024, 512 * 1024))

    def one_processor():
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    german = {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}
    bare = {"HOME": None, "PATH": None, "TERM": "dumb", "COLUMNS": "0"}
    for what, more, how in [
        ("once more", "", {}),
        ("1 thread", "--threads 1", {}),
        ("2 threads", "--threads 2", {}),
        ("8 threads", "--threads 8", {}),
        ("a stack of 512 KiB", "--threads 8", {"prepare": small_stack}),
        ("1 processor", "--threads 0", {"prepare": one_processor}),
        ("a locale with decimal commas", "--lr 0.01", {"env": german}),
        ("hardly any environment", "", {"env": bare}),
        ("standard input closed", "", {"prepare": lambda: os.close(0)}),
        ("another spelling", "--momentum 9e-1 --seed 001", {}),
        ("saved more often", "--save-every 1 --quiet", {}),
        ("the recipe's own numbers", "--batch-size 24 --epochs 2 --recipe assignment", {}),
        ("the recipe's own optimizer", "--optimizer sgd --momentum 0.9 --nesterov=false", {}),
        ("a learning rate that has not fallen yet", "--scheduler constant", {}),
    ]:
        suite.row(train + "again " + more, name=what, **how)
        suite.check(f"same weights: {what}", suite.sha256("again/last.safetensors") == expected)
    for more in (
        "--seed 2",
        "--no-shuffle",
        "--lr 0.011",
        "--momentum 0.8",
        "--batch-size 23",
        "--step-size 1",
        "--limit 39",
        "--epochs 1",
        "--no-augment",
        "--weight-decay 0.01",
        "--nesterov",
        "--optimizer adam",
        "--scheduler cosine",
        "--recipe fast --epochs 2 --batch-size 24",
        "--init run/last.safetensors",
    ):
        suite.row(train + "other " + more)
        suite.check(f"other weights: {more}", suite.sha256("other/last.safetensors") != expected)
    for one, other in [
        ("--optimizer adam --lr 0.01", "--lr 0.01 --optimizer adamw --weight-decay 0"),
        ("--optimizer adam --beta1 0.5", "--optimizer adam --beta1 0.5 --threads 1"),
        ("--recipe fast --no-augment", f"{FAST} --no-augment"),
        ("--scheduler onecycle", "--scheduler onecycle --pct-start 0.3 --anneal-strategy cos"),
    ]:
        for out, more in ("one", one), ("same", other):
            suite.row(f"train --epochs 2 --batch-size 24 {more} --out {out}")
        same = suite.sha256("one/last.safetensors") == suite.sha256("same/last.safetensors")
        suite.check(f"same weights: {one}, {other}", same)
    unshuffled = set()
    for seed in (1, 2):
        same = "--no-shuffle --no-augment --init run/last.safetensors"
        suite.row(train + f"other {same} --seed {seed}")
        unshuffled.add(suite.sha256("other/last.safetensors"))
    suite.check("a seed decides order, pictures and initial weights alone", len(unshuffled) == 1)


def little_memory(suite):
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (24 << 20, 24 << 20))

    for threads, err in {1: "out of memory", 8: "out of memory|cannot start the threads"}.items():
        suite.row(f"train --threads {threads}", OUT_OF_MEMORY, err, prepare=limit)


def output(suite):
    train = "train --epochs 1 --limit 2 --out "
    evaluate = "evaluate --weights run/last.safetensors"
    cannot = "standard output: cannot write: "
    with open("/dev/full", "w", encoding="utf-8") as full:
        for arguments in ("summary", "--help", "--version", evaluate, train + "full"):
            suite.row(arguments, CANNOT_WRITE, cannot + "No space left on device", stdout=full)
    for arguments in ("summary", "--help", "--version", evaluate, train + "closed"):
        err = cannot + "Bad file descriptor"
        suite.row(arguments, CANNOT_WRITE, err, prepare=lambda: os.close(1))
    lines = (suite.folder / "closed/metrics.jsonl").read_text(encoding="utf-8").splitlines()
    suite.check("a closed stream is in no file", all(line[0] == "{" for line in lines), lines)

    reader, writer = os.pipe()
    os.close(reader)
    quiet = suite.run(["summary"], stdout=writer).stderr
    suite.check("a reader that has gone is no error", quiet == "", quiet)
    os.close(writer)

    blocked = suite.folder / "blocked"
    for path in ("weights/last.safetensors", "log/metrics.jsonl", "full_weights", "full_log"):
        (blocked / path).mkdir(parents=True)
    (blocked / "full_weights/last.safetensors").symlink_to("/dev/full")
    (blocked / "full_log/metrics.jsonl").symlink_to("/dev/full")
    (blocked / "file").write_bytes(b"")
    for folder, err in {
        "blocked/file": "blocked/file[^:]*: cannot write: Not a directory",
        "blocked/file/a/b": "blocked/file/a/b: cannot write: Not a directory",
        "/proc/none": "/proc/none: cannot write: No such file or directory",
        "x" * 300: "cannot write: File name too long",
        "blocked/weights": "cannot write: expected a regular file, found a directory",
        "blocked/log": "metrics.jsonl: cannot write: Is a directory",
        "blocked/full_weights": "cannot write: expected a regular file, found a device",
        "blocked/full_log": "metrics.jsonl: cannot write: No space left on device",
    }.items():
        suite.row([*train.split(), folder], CANNOT_WRITE, err)
    left = list(blocked.rglob("*.tmp-*"))
    suite.check("no temporary file is left", not left, left)
