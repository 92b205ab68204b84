"""Training that works, and output that cannot be written."""

import json
import math
import os
import re
import resource
import shutil
import struct
import subprocess

import files
from suite import ANYTHING, BAD_CHECKPOINT, BAD_DATA, CANNOT_WRITE, ONE_STEP, OUT_OF_MEMORY, USAGE

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
        f"train --epochs 1 --limit 2 --batch-size 1000000000 --threads 1024 --seed {2**64 - 1}",
        notes=ONE_STEP.format(10**9, 2),
    )
    suite.row("train --epochs 1 --limit 2 --batch-size 2 --recipe fast", notes="")
    folders = {path.name for path in (suite.folder / "runs").iterdir()}
    suite.check("default folders", folders == {"mnist", "mnist-fast"}, folders)
    for recipe, folder in (("", "runs/mnist"), ("--recipe fast", "runs/mnist-fast")):
        err = rf"--out: {folder} holds a run already: go on with it \(--resume {folder}\), or"
        suite.row(f"train {recipe}", USAGE, err)
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
    moments = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    own = {
        "sgd": {"momentum": 0.9, "nesterov": False},
        "adam": {"lr": 1e-3, "weight_decay": 0, **moments},
        "adamw": {"lr": 1e-3, "weight_decay": 1e-2, **moments},
        "rmsprop": {
            "lr": 1e-2, "weight_decay": 0, "momentum": 0, "alpha": 0.99, "eps": 1e-8, "centered": False,
        },
        "nadam": {"lr": 2e-3, "weight_decay": 0, "momentum_decay": 4e-3, **moments},
        "lion": {"lr": 1e-4, "weight_decay": 0, "beta1": 0.9, "beta2": 0.99},
        "muon": {
            "lr": 1e-3, "weight_decay": 0.1, "momentum": 0.95, "nesterov": True,
            "adjust_lr_fn": "match-rms-adamw", **moments,
        },
        "step": {"step_size": 15, "gamma": 0.1},
        "multistep": {"milestones": [3, 5], "gamma": 0.1},
        "exponential": {"gamma": 0.95},
        "linear": {"start_factor": 1, "end_factor": 0, "total_iters": 0},
        "cosine": {"eta_min": 0},
        "warm-restarts": {"t_0": 10, "t_mult": 1, "eta_min": 0},
        "onecycle": {
            "pct_start": 0.3,
            "anneal_strategy": "cos",
            "div_factor": 25,
            "final_div_factor": 1e4,
            "cycle_momentum": False,
        },
        "polynomial": {"total_iters": 0, "power": 1},
        "plateau": {"factor": 0.1, "lr_patience": 10, "threshold": 1e-4, "cooldown": 0, "min_lr": 0},
        "constant": {},
    }
    needed = {"multistep": "--milestones 3,5", "plateau": "--validation 2"}
    every = {name for fields in own.values() for name in fields} - {"lr", "weight_decay"}
    for optimizer, scheduler in [
        ("sgd", "step"), ("adam", "onecycle"), ("adamw", "cosine"), ("adam", "constant"),
        ("rmsprop", "multistep"), ("nadam", "exponential"), ("lion", "linear"), ("muon", "warm-restarts"),
        ("sgd", "polynomial"), ("sgd", "plateau"),
    ]:
        train = f"train --scheduler {scheduler} --optimizer {optimizer} --epochs 1 --limit 4"
        train += f" {needed.get(scheduler, '')}"
        suite.row(f"{train} --force --out chosen")
        start = suite.events("chosen")[0]
        facts = {"optimizer": optimizer, "scheduler": scheduler, **own[optimizer], **own[scheduler]}
        suite.check(f"{optimizer}, {scheduler}", start.items() >= facts.items(), start)
        others = every - facts.keys()
        suite.check(f"{optimizer}, {scheduler}: no more", not others & start.keys(), start)
    suite.row("train --lr 0.002 --optimizer adam --epochs 1 --limit 4 --force --out chosen")
    suite.check("a given lr stays", suite.events("chosen")[0]["lr"] == 0.002)
    start = suite.events("chosen")[0]
    off = {
        "label_smoothing": 0, "norm_weight_decay": True, "clip_grad_value": 0, "clip_grad_norm": 0, "ema": 0,
        "warmup_epochs": 0,
    }
    suite.check("what goes with any optimizer is off", start.items() >= off.items(), start)
    suite.check("... and says no more", "warmup_factor" not in start, start)
    suite.row("train --recipe fast --cycle-momentum --epochs 1 --limit 4 --force --out chosen")
    cycled = {"cycle_momentum": True, "base_momentum": 0.85, "max_momentum": 0.95}
    start = suite.events("chosen")[0]
    suite.check("a cycled momentum says between what", start.items() >= cycled.items(), start)


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
        "multistep --milestones 1,3 --gamma 0.3": lambda epoch: lr * 0.3 ** ((epoch >= 1) + (epoch >= 3)),
        "exponential": lambda epoch: lr * 0.95**epoch,
        "linear": lambda epoch: lr * (1 - epoch / epochs),
        "linear --start-factor 0.5 --end-factor 2 --total-iters 2": lambda epoch: lr * linear(
            0.5, 2, min(epoch / 2, 1)
        ),
        "polynomial --power 2": lambda epoch: lr * (1 - epoch / epochs) ** 2,
        "polynomial --total-iters 2": lambda epoch: lr * (1 - min(epoch / 2, 1)),
        "warm-restarts --t-0 1 --t-mult 2 --eta-min 0.001": lambda epoch: cosine(
            lr, 0.001, [0, 0, 0.5, 0][epoch]
        ),
        "cosine --warmup-epochs 1": lambda at: (
            linear(lr / 3, lr, at) if at < 1 else cosine(lr, 0, (at - 1) / 3)
        ),
        "constant --warmup-epochs 2 --warmup-factor 0.01": lambda at: linear(0.01 * lr, lr, min(at / 2, 1)),
        "onecycle": lambda epoch: one_cycle(epoch * steps, cosine),
        "onecycle --anneal-strategy linear --pct-start 0.6": lambda epoch: one_cycle(
            epoch * steps, linear, pct_start=0.6
        ),
        "onecycle --div-factor 4 --final-div-factor 10": lambda epoch: one_cycle(
            epoch * steps, cosine, div_factor=4, final_div_factor=10
        ),
    }.items():
        train = f"train --lr {lr} --epochs {epochs} --batch-size 16 --scheduler {options}"
        suite.row(f"{train} --force --out rates")
        found = [event["lr"] for event in suite.events("rates") if event["event"] == "epoch"]
        expected = [rate(epoch) for epoch in range(epochs)]
        close = all(map(lambda a, b: math.isclose(a, b, rel_tol=1e-9), found, expected))
        suite.check(f"learning rates: {options}", close and len(found) == epochs, (found, expected))
        # The report has every step, and the rates of the others change with the epoch.
        every = [step / steps for step in range(epochs * steps)]
        drawn = suite.report("rates")["rates"]
        by_step = [at < int(number) for at in every for number in re.findall("warmup-epochs (.)", options)]
        by_step = by_step or ["onecycle" in options] * len(every)
        expected = [[at, rate(at if of_step else math.floor(at))] for at, of_step in zip(every, by_step)]
        pairs = [pair for point in zip(drawn, expected) for pair in zip(*point)]
        close = all(math.isclose(a, b, rel_tol=1e-9) for a, b in pairs)
        suite.check(f"drawn: {options}", close and len(drawn) == len(every), (drawn, expected))
    # Momentum goes the other way, and is what the steps are made with.
    cycle = f"train --lr {lr} --epochs {epochs} --batch-size 16 --scheduler onecycle --cycle-momentum --force --out"
    suite.row(f"{cycle} cycled --base-momentum 0.6")
    found = [event["momentum"] for event in suite.events("cycled") if event["event"] == "epoch"]
    peak = 0.3 * epochs * steps - 1

    def cycled(step):
        if step <= peak:
            return cosine(0.95, 0.6, step / peak)
        return cosine(0.6, 0.95, (step - peak) / (epochs * steps - 1 - peak))

    expected = [cycled(epoch * steps) for epoch in range(epochs)]
    close = all(map(lambda a, b: math.isclose(a, b, rel_tol=1e-9), found, expected))
    suite.check("momentum is cycled", close and len(found) == epochs, (found, expected))
    for optimizer, constant in {"sgd": "--momentum 0.5", "adam": "--beta1 0.5", "muon": "--momentum 0.5"}.items():
        suite.row(f"{cycle} cycled --optimizer {optimizer} --base-momentum 0.5 --max-momentum 0.5")
        same = cycle.replace("--cycle-momentum", f"--optimizer {optimizer} {constant}")
        suite.row(f"{same} constant")
        suite.check(f"a cycle that stands still: {optimizer}", suite.weights("cycled") == suite.weights("constant"))

    # A way up of one step would divide by its length, which is none.
    err = "--pct-start: 0.1 of the run's 10 steps is one step, and the way up needs none or more"
    one = "train --scheduler onecycle --pct-start 0.1 --batch-size 4 --epochs 1 --out no_way_up"
    suite.row(one, USAGE, err)
    suite.check("... and leaves no folder", not (suite.folder / "no_way_up").exists())


def plateau(suite):
    """Where the loss of the validation images ceases to fall, the learning rate falls. These have the
    labels of others."""
    split(suite, 20)
    train = "train --data split --validation 20 --batch-size 10 --lr 0.02 --no-augment --epochs 12"
    train += " --scheduler plateau --lr-patience 1 --factor 0.5 --cooldown 1 --threshold 0.01 --min-lr 0.003"
    for warmup in (0, 2):
        suite.row(f"{train} --warmup-epochs {warmup} --force --out plateau")
        epochs = [event for event in suite.events("plateau") if event["event"] == "epoch"]
        lr, best, bad, cooldown, expected = 0.02, math.inf, 0, 0, []
        for event in epochs:
            number = event["epoch"]
            expected.append(lr * ((1 / 3 + (number - 1) / 3) if number <= warmup else 1))
            if number <= warmup:
                continue
            if event["validation_loss"] < best * 0.99:
                best, bad = event["validation_loss"], 0
            else:
                bad += 1
            if cooldown > 0:
                cooldown, bad = cooldown - 1, 0
            if bad > 1:
                lr, bad, cooldown = max(lr * 0.5, 0.003), 0, 1
        found = [event["lr"] for event in epochs]
        close = all(map(lambda a, b: math.isclose(a, b, rel_tol=1e-9), found, expected))
        suite.check(f"plateau: rates, warm-up {warmup}", close, (found, expected))
        suite.check("... fall more than once", len(set(found[2:])) > 2, found)
        drawn = suite.report("plateau")["rates"]
        of_epochs = [rate for at, rate in drawn if at == int(at)]
        suite.check("... as drawn", len(drawn) == 84 and of_epochs == found, (drawn, found))
        whole, log = suite.weights("plateau"), found
        for epochs in 3, 6, 12:  # stopped where it counts, and where it does not
            begin = "train --resume plateau" if epochs > 3 else f"{train} --warmup-epochs {warmup} --force --out plateau"
            suite.row(f"{begin} --epochs {epochs}")
        found = [event["lr"] for event in suite.events("plateau") if event["event"] == "epoch"]
        suite.check("... resumed the same", suite.weights("plateau") == whole and found == log, (found, log))


def averages(suite):
    """The weights that are saved and scored are the average's; those of the training are others."""
    train = f"{DIGITS} --epochs 3 --force --out"
    suite.row(f"{train} plain")
    suite.row(f"{train} averaged --ema 0.9")
    plain, averaged = (
        files.read_safetensors(suite.folder / folder / "state.safetensors")[0] for folder in ("plain", "averaged")
    )
    last = files.read_safetensors(suite.folder / "averaged/last.safetensors")[0]
    for name in files.SHAPES:
        suite.check(f"the average changes no step: {name}", plain[name] == averaged[name])
        average = averaged[f"optimizer.average.{name}"]
        suite.check(f"the average is another: {name}", average != averaged[name])
        suite.check(f"... and is saved: {name}", average == last[name])
    suite.check("no average that is not wanted", not any("average" in name for name in plain))
    shown = suite.row("evaluate --data digits --weights averaged/last.safetensors", out=ANYTHING)
    event = suite.events("averaged")[-2]
    suite.check("the average is scored", f"{event['test_loss']:.4f}, " in shown, (shown, event))
    suite.row(f"{train} same --ema 1e-9")
    close = [
        math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-7)
        for name in files.SHAPES
        for a, b in zip(files.read_safetensors(suite.folder / "same/last.safetensors")[0][name][1], plain[name][1])
    ]
    suite.check("an average of one step is the weights", all(close))


def smoothed(suite):
    """A network that knows its digits by heart says of each what it was taught: half of it is the label's, the
    other half all ten classes'."""
    suite.row(f"{DIGITS} --epochs 40 --step-size 40 --label-smoothing 0.5 --force --out smooth")
    label, others = 0.5 + 0.05, 0.05
    least = -label * math.log(label) - 9 * others * math.log(others)
    event = suite.events("smooth")[-2]
    found = event["train_loss"], event["test_loss"]
    suite.check("no training loss is less than that of such targets", least < found[0] < least + 0.2, found)
    suite.check("the test loss is of the labels", abs(found[1] + math.log(label)) < 0.1, found)


def kept_small(suite):
    """What clips gradients and spares norms does as much as it says."""
    def weights(more):
        suite.row(f"{DIGITS} --optimizer sgd --momentum 0 --epochs 1 --limit 10 {more} --force --out small")
        return files.read_safetensors(suite.folder / "small/last.safetensors")[0]

    before = weights("--lr 1e-30")  # of one step, as the others
    def moved(more):
        after = weights(f"--lr 1 {more}")
        return {name: [b - a for a, b in zip(before[name][1], after[name][1])] for name in files.SHAPES}

    free = moved("")
    norm = math.sqrt(sum(x * x for tensor in free.values() for x in tensor))
    clipped = moved(f"--clip-grad-norm {norm / 4}")
    found = math.sqrt(sum(x * x for tensor in clipped.values() for x in tensor))
    suite.check("--clip-grad-norm", math.isclose(found, norm / 4, rel_tol=1e-3), (found, norm))
    most = max(abs(x) for tensor in free.values() for x in tensor) / 4
    bounded = moved(f"--clip-grad-value {most}")
    found = max(abs(x) for tensor in bounded.values() for x in tensor)
    suite.check("--clip-grad-value", math.isclose(found, most, rel_tol=1e-3), (found, most))
    decayed = moved("--weight-decay 0.5")
    spared = moved("--weight-decay 0.5 --no-norm-weight-decay")
    for name in files.SHAPES:
        same = free if name.endswith(".bias") else decayed
        suite.check(f"--no-norm-weight-decay: {name}", spared[name] == same[name])
        suite.check(f"... of what decays: {name}", decayed[name] != free[name])


def stored_weights(suite):
    tensors, metadata = files.read_safetensors(suite.folder / "run/last.safetensors")
    shapes = {name: shape for name, (shape, _) in tensors.items()}
    suite.check("names and shapes are PyTorch's", shapes == files.SHAPES, shapes)
    expected = {
        "format": "pt",
        "ctnn.epoch": "2",
        "ctnn.dataset": "mnist",
        "ctnn.mean": "0.1307",
        "ctnn.std": "0.3081",
    }
    suite.check("the metadata name format, epoch and data", metadata == expected, metadata)
    for name in ("best", "state"):
        metadata = files.parts(suite.folder / f"run/{name}.safetensors")[1]
        suite.check(f"{name} names its data set", metadata["ctnn.dataset"] == "mnist", metadata)
    values = [value for _, tensor in tensors.values() for value in tensor]
    suite.check("weights are finite", all(map(math.isfinite, values)))
    suite.check("weights are not all alike", len(set(values)) > len(values) / 2)


def same_bits(suite):
    """The same weights from the same options, whatever the machine and the environment."""
    train = "train --epochs 2 --batch-size 24 --force --out "
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
        "--optimizer rmsprop --lr 1e-3",
        "--optimizer nadam",
        "--optimizer lion",
        "--optimizer muon",
        "--clip-grad-norm 0.1",
        "--clip-grad-value 0.001",
        "--ema 0.9",
        "--label-smoothing 0.1",
        "--warmup-epochs 1",
        "--validation 2",
        "--init run/last.safetensors",
    ):
        suite.row(train + "other " + more)
        suite.check(f"other weights: {more}", suite.sha256("other/last.safetensors") != expected)
    for one, other in [
        ("--optimizer adam --lr 0.01", "--lr 0.01 --optimizer adamw --weight-decay 0"),
        ("--optimizer adam --beta1 0.5", "--optimizer adam --beta1 0.5 --threads 1"),
        ("--recipe fast --no-augment", f"{FAST} --no-augment"),
        ("--scheduler onecycle", "--scheduler onecycle --pct-start 0.3 --anneal-strategy cos"),
        ("--optimizer adamw --no-norm-weight-decay=false", "--optimizer adamw --threads 1 --ema 0"),
        ("--optimizer muon --ema 0.5 --clip-grad-norm 1", "--optimizer muon --clip-grad-norm 1 --ema 0.5 --threads 1"),
        ("--optimizer rmsprop --lr 1e-3 --centered --momentum 0.5",
         "--optimizer rmsprop --lr 1e-3 --momentum 0.5 --centered --threads 8"),
        ("--recipe fast --cycle-momentum --base-momentum 0.9 --max-momentum 0.9", "--recipe fast"),
        ("--clip-grad-norm 1e5 --clip-grad-value 1e5", "--scheduler multistep --milestones 15"),
        ("--validation 0.1", "--validation 4 --warmup-epochs 0"),
    ]:
        for out, more in ("one", one), ("same", other):
            suite.row(f"train --epochs 2 --batch-size 24 {more} --force --out {out}")
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
    train = "train --epochs 1 --limit 2 --batch-size 2 --out "
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
        # Before the first epoch, which may take hours.
        suite.row([*train.split(), folder], CANNOT_WRITE, err, out="")
    left = list(blocked.rglob("*.tmp-*"))
    suite.check("no temporary file is left", not left, left)


def content(folder):
    """Every file below a folder, and when it was written."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}


def another_run(suite):
    """A new run takes no other's place unasked, and says what can be done before it does
    anything."""
    folder = suite.folder / "taken"
    train = "train --epochs 1 --limit 4 --batch-size 4"
    suite.row(f"{train} --out taken")
    before = content(folder)
    offer = r"--out: {0} holds a run already: {1}choose another --out, or replace it \(--force\)"
    resume = r"go on with it \(--resume {}\), or "
    err = offer.format("taken", resume.format("taken"))
    for more in ("", "--data nowhere", "--init nowhere", "--quiet"):
        suite.row(f"{train} {more} --out taken", USAGE, err)
    suite.check("a refused run touches nothing", content(folder) == before)

    # Each of its files is a result; without a state nothing can go on.
    weights = [f"{name}.safetensors" for name in ("last", "best", "state")]
    for name in (*weights, "metrics.jsonl", "report.html"):
        alone = suite.folder / f"only_{name}"
        alone.mkdir()
        shutil.copy(folder / name, alone)
        how = resume.format(alone.name) if "state" in name else ""
        suite.row(f"{train} --out {alone.name}", USAGE, offer.format(alone.name, how))
        suite.check(f"{name} alone is left as it is", len(content(alone)) == 1)
    other = suite.folder / "only_others"
    other.mkdir()
    (other / "notes.txt").write_text("mine")
    (other / "metrics.jsonl").write_text("")  # of a run that was killed at once
    suite.row(f"{train} --out only_others")
    suite.check("a folder may have other files", (other / "notes.txt").read_text() == "mine")

    spaced = suite.folder / "a b"
    shutil.copytree(folder, spaced)
    err = offer.format("a b", resume.format("'a b'"))
    suite.row([*train.split(), "--out", "a b"], USAGE, err)
    suite.row(f"{train} --seed 2 --force --out taken")
    after = content(folder)
    for name in weights:
        suite.check(f"--force replaces {name}", after[folder / name][0] != before[folder / name][0])
    starts = [event for event in suite.events("taken") if event["event"] == "start"]
    suite.check("--force begins a new log", [event["seed"] for event in starts] == [2], starts)


def split(suite, validation):
    """A data set of digits whose last training images have the labels of others."""
    folder = suite.folder / "split"
    shutil.copytree(suite.folder / "digits", folder, dirs_exist_ok=True)
    labels = (folder / files.TRAIN_LABELS).read_bytes()
    wrong = bytes((label + 1) % 10 for label in labels[-validation:])
    (folder / files.TRAIN_LABELS).write_bytes(labels[:-validation] + wrong)


def validation(suite):
    """The last training images are not trained on, and choose the best weights and the end."""
    train = "train --batch-size 10 --lr 0.02 --no-augment --data"
    suite.row(
        f"{train} digits --validation 20 --epochs 6 --out valid",
        out=rf"((?!Test set)[^\n]*\n|Validation set: Average [^\n]*/20 [^\n]*\n)+Test set: [^\n]*\n{SAVED('valid')}",
    )
    start, *epochs, end = suite.events("valid")
    counts = start["validation"], start["validation_samples"], start["train_samples"]
    suite.check("those are fewer to train on", counts == (20, 20, 70), start)
    found = [event["validation_accuracy"] for event in epochs]
    best = found.index(max(found))
    suite.check("accuracies differ", len(set(found)) > 2, found)
    looked = [key for event in epochs for key in event if key.startswith("test_")]
    suite.check("no epoch looks at the test images", not looked, looked)
    sums = [sum(map(sum, event["confusion"])) for event in epochs]
    suite.check("the matrix is of the validation images", sums == [20] * 6, sums)
    tested = json.loads(suite.row("evaluate --data digits --weights valid/best.safetensors --json", out=ANYTHING))
    facts = {
        "best_epoch": best + 1,
        "best_validation_accuracy": found[best],
        "best_test_accuracy": tested["test_accuracy"],
        **{key: tested[key] for key in ("test_loss", "test_accuracy", "test_correct")},
    }
    suite.check("the end says what best is", end.items() >= facts.items(), (end, facts))
    suite.row(f"{train} digits --validation 0.223 --epochs 6 --out share", out=ANYTHING)
    suite.check("a share is of the last too", suite.weights("share") == suite.weights("valid"))
    counts = [event["validation_correct"] for event in epochs]
    suite.check("a fraction of 20", counts == [round(20 * accuracy) for accuracy in found], counts)
    metadata = files.parts(suite.folder / "valid/best.safetensors")[1]
    of_best = metadata["ctnn.epoch"] == str(best + 1)
    suite.check("best.safetensors is of that epoch", of_best, metadata)

    # What they are labelled changes the choice, and not a bit of the training.
    split(suite, 20)
    suite.row(f"{train} split --validation 20 --epochs 6 --out other_valid")
    same = suite.sha256("other_valid/last.safetensors") == suite.sha256("valid/last.safetensors")
    suite.check("validation images are not trained on", same)
    other = [event.get("validation_accuracy") for event in suite.events("other_valid")][1:-1]
    suite.check("... but looked at", other != found and len(other) == 6, other)
    # The rest is trained on as if it were all there is; a limit is one of the rest.
    suite.row(f"{train} digits --limit 70 --epochs 6 --out seventy")
    same = suite.sha256("seventy/last.safetensors") == suite.sha256("valid/last.safetensors")
    suite.check("the first 70 are what is left", same)
    suite.row(f"{train} digits --limit 30 --validation 20 --epochs 1 --out limited_valid")
    suite.row(f"{train} digits --limit 30 --epochs 1 --out limited_only")
    last = [suite.sha256(f"limited_{what}/last.safetensors") for what in ("valid", "only")]
    suite.check("a limit is of the rest", last[0] == last[1])

    # --patience goes by them: with these labels accuracy falls while the test images' rises.
    suite.row(f"{train} split --validation 20 --epochs 30 --patience 2 --out patient_valid")
    *_, last, end = suite.events("patient_valid")
    early = end["reason"] == "early stopping" and last["epoch"] == end["best_epoch"] + 2 < 30
    suite.check("--patience goes by them", early, (last["epoch"], end))
    score = "evaluate --data digits --json --weights patient_valid/last.safetensors"
    by_test = json.loads(suite.row(score, out=ANYTHING))["test_accuracy"]
    suite.check("... not by the test images", end["best_test_accuracy"] < by_test, (end, by_test))

    # A resumed run keeps them.
    suite.row(f"{train} digits --validation 20 --epochs 3 --out resumed_valid")
    suite.row("train --resume resumed_valid --epochs 6")
    same = suite.weights("resumed_valid") == suite.weights("valid")
    suite.check("resumed: the same weights", same)
    end = suite.events("resumed_valid")[-1]
    suite.check("resumed: the same end", end.items() >= facts.items(), end)
    err = "split: not the images that the run began with"
    suite.row("train --resume valid --data split", BAD_DATA, err)

    err = "--validation: expected fewer than the 90 training images, found {}"
    for count in (90, 10**9):
        suite.row(f"{train} digits --validation {count} --out none", USAGE, err.format(count))
    suite.check("... and no folder", not (suite.folder / "none").exists())


def hostile_names(suite):
    """No name of a file or in a file reaches the terminal as something to obey."""
    hostile = "x\u009b31m\u202e\x1b[2J\n"
    shown = r"x\\u009b31m\\u202e\\x1b\[2J\\x0a"
    train = ["train", "--epochs", "1", "--limit", "2", "--batch-size", "2"]
    rate = RATE("1.0000e-02")
    suite.row([*train, "--out", hostile], out=rate + TRAIN(1, 0) + TEST + rate + SAVED(shown))
    # The offer to go on can be pasted into a shell.
    err = suite.run([*train, "--out", hostile]).stderr
    safe = re.fullmatch(r"[ -~]+\n", err)
    suite.check("an offer of characters that can be seen", safe, err)
    pasted = re.search(r"\(--resume (\$'.*')\)", err)
    suite.check("a word for the shell", pasted, err)
    if pasted:
        line = f'printf %s {pasted[1]}'
        word = subprocess.run(["bash", "-c", line], capture_output=True, check=True).stdout
        suite.check("... that is the folder", word.decode() == hostile, word)
    header = json.dumps({hostile: {}}, ensure_ascii=False).encode()
    (suite.folder / "hostile.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    raw = r'tensor "x\\u009b31m\\u202e\\x1b\[2J\\x0a": missing field "dtype"'
    suite.row("evaluate --weights hostile.safetensors", BAD_CHECKPOINT, raw)
    weights = "predict --weights run/last.safetensors"
    rows = files.digit(1, 4, margin=9)
    picture = f"{hostile}.pgm"
    (suite.folder / picture).write_bytes(files.pgm(rows))
    suite.row([*weights.split(), picture], out=shown + r"\.pgm: \d [^\n]*\n")
    line = suite.row([*weights.split(), "--json", picture], out=r"[ -~]+\n")
    suite.check("JSON has the name itself", json.loads(line)["file"] == picture, line)


def large_files(suite):
    """A file that may not grow further (ulimit -f) is a write that fails."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    err = "state.safetensors: cannot write: File too large"
    train = "train --epochs 1 --limit 2 --batch-size 2 --out large"
    suite.row(train, CANNOT_WRITE, err, prepare=limit, out="")
    left = [path.name for path in (suite.folder / "large").glob("*.tmp-*")]
    suite.check("no temporary file of a large file", not left, left)
    suite.row(train)
