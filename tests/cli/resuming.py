"""A run that was stopped, goes on as if it never had been: the same weights, bit for bit."""

import json
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import time

import files
from suite import BAD_CHECKPOINT, BAD_DATA, USAGE

NEW_RUN_ONLY = [
    "--dataset mnist",
    "--recipe fast",
    "--batch-size 8",
    "--lr 0.01",
    "--momentum 0.9",
    "--weight-decay 0",
    "--optimizer sgd",
    "--nesterov",
    "--beta1 0.9",
    "--beta2 0.9",
    "--eps 0.1",
    "--scheduler step",
    "--step-size 15",
    "--eta-min 0",
    "--pct-start 0.3",
    "--anneal-strategy cos",
    "--div-factor 25",
    "--final-div-factor 10",
    "--no-norm-weight-decay",
    "--alpha 0.9",
    "--centered",
    "--momentum-decay 0.1",
    "--adjust-lr-fn original",
    "--clip-grad-value 1",
    "--clip-grad-norm 1",
    "--ema 0.9",
    "--label-smoothing 0.1",
    "--warmup-epochs 1",
    "--warmup-factor 0.1",
    "--milestones 1",
    "--start-factor 0.5",
    "--end-factor 0.5",
    "--total-iters 2",
    "--power 2",
    "--t-0 2",
    "--t-mult 2",
    "--cycle-momentum",
    "--base-momentum 0.5",
    "--max-momentum 0.9",
    "--factor 0.5",
    "--lr-patience 2",
    "--threshold 0.1",
    "--cooldown 2",
    "--min-lr 0.1",
    "--gamma 0.1",
    "--seed 1",
    "--limit 0",
    "--init x",
    "--strict=false",
    "--out x",
    "--force",
    "--validation 0",
    "--no-shuffle",
    "--no-augment",
]
STATE = "cut/state.safetensors"

# Each optimizer and each scheduler, some of them with values that no recipe has.
TRAININGS = [
    "--recipe assignment",
    "--recipe fast",
    "--optimizer adam --scheduler cosine --eta-min 1e-4 --beta1 0.8",
    "--optimizer adamw --scheduler onecycle --anneal-strategy linear --pct-start 0.5",
    "--optimizer adamw --scheduler constant --eps 1e-6 --lr 0.002 --label-smoothing 0.1",
    "--optimizer rmsprop --lr 1e-3 --centered --scheduler multistep --milestones 1,2 --clip-grad-norm 0.5",
    "--optimizer nadam --scheduler exponential --ema 0.9 --clip-grad-value 0.01",
    "--optimizer lion --scheduler linear --warmup-epochs 1 --no-norm-weight-decay --weight-decay 0.1",
    "--optimizer muon --scheduler warm-restarts --t-0 1 --t-mult 2 --ema 0.99",
    "--recipe fast --cycle-momentum --ema 0.5 --validation 0.2",
    "--scheduler plateau --lr-patience 0 --threshold 0.5 --validation 5 --cooldown 1",
]


def each_epoch_once(suite, folder, epochs):
    events = suite.events(folder)
    numbers = [event["epoch"] for event in events if event["event"] == "epoch"]
    kinds = [event["event"] for event in events]
    return (
        numbers == list(range(1, epochs + 1))
        and (kinds[0], kinds.count("start"), kinds[-1]) == ("start", 1, "end")
        and all(event["schema"] == 1 for event in events)
    )


def interrupted(suite, arguments, number, delay, where):
    """Whether a program was ended by that signal after `delay` seconds."""
    program = suite.start(arguments, stdout=subprocess.DEVNULL)
    time.sleep(delay)
    program.send_signal(number)
    err = program.communicate(timeout=60)[1]
    if program.returncode == 128 + number:
        name = suite.program.name
        line = rf"{name}: note: {number.name} after batch \d of epoch \d: saved; .* --resume {where}\n"
        suite.check(f"{number.name}: what it says", re.fullmatch(line, err), err)
    else:  # it was too late, or the signal came before the program waited for it
        suite.check("no error", program.returncode in (0, -number) and not err, err)
    for path in (suite.folder / where).glob("*.safetensors"):
        files.parts(path)
    return program.returncode != 0


def random_moments(suite, kills, seed=1):
    """Kills runs at that many random moments, up to three times each, and lets them end then."""
    chance = random.Random(seed)
    signals = [signal.SIGKILL, signal.SIGINT, signal.SIGTERM]
    epochs = 3
    for options in TRAININGS:
        train = f"train {options} --epochs {epochs} --batch-size 8 --quiet --force --out"
        begin = time.monotonic()
        suite.row(f"{train} whole --save-every 1", out="")
        duration = time.monotonic() - begin
        expected = suite.weights("whole")
        for every in ("", "--save-every 1"):
            left = max(1, kills // (2 * len(TRAININGS)))
            while left > 0:
                shutil.rmtree(suite.folder / "killed", ignore_errors=True)
                history = []
                for attempt in range(4):
                    saved = (suite.folder / "killed/state.safetensors").exists()
                    begin = "train --quiet --resume killed" if saved else f"{train} killed"
                    arguments = f"{begin} {every} --threads {chance.choice([1, 2, 4])}"
                    if attempt == 3:
                        suite.row(arguments, out="")
                        break
                    number = chance.choice(signals)
                    delay = chance.uniform(0, duration / (attempt + 1))
                    history.append((number.name, f"{delay:.3f}", saved))
                    if not interrupted(suite, arguments, number, delay, "killed"):
                        break
                    left -= 1
                name = f"{options} {every} {history}"
                suite.check(f"same weights: {name}", suite.weights("killed") == expected)
                once = each_epoch_once(suite, "killed", epochs)
                suite.check(f"each epoch once in the log: {name}", once)


def longer(suite):
    """More epochs for a run that has ended, and none."""
    train = "train --batch-size 16 --step-size 2"
    suite.row(f"{train} --epochs 2 --out short")
    before = suite.weights("short")
    for _ in range(2):
        suite.row("train --resume short", out=r"Adjusting [^\n]*\nSaved [^\n]*\n")
        suite.check("nothing left to do changes no weights", suite.weights("short") == before)
        suite.check("... and logs no epoch twice", each_epoch_once(suite, "short", 2))
    err = "--epochs: expected at least the 2 that the run has begun, found 1"
    suite.row("train --resume short --epochs 1", USAGE, err)
    suite.row("train --resume short --epochs 4 --threads 1")
    suite.row(f"{train} --epochs 4 --out long")
    same = suite.weights("short") == suite.weights("long")
    suite.check("2 epochs and 2 more are 4", same)
    suite.check("... in the log too", each_epoch_once(suite, "short", 4))
    resumed = [event for event in suite.events("short") if event["event"] == "resume"][-1]
    suite.check("... which tells their number", resumed["epochs"] == 4, resumed)
    report = suite.report("short")
    drawn = [epoch for epoch, _ in report["rates"]]
    suite.check("... and the report has every step", drawn == [k / 3 for k in range(12)], drawn)
    facts = dict(report["facts"])
    suite.check(
        "the report tells what made it",
        list(facts) == ["Program", "Processor", "Command", "Written"]
        and facts["Program"] == suite.run(["--version"]).stdout.strip()
        and facts["Command"].endswith(" train --resume short --epochs 4 --threads 1")
        and dict(report["texts"])["How it runs"] == suite.run(["summary", "--plan"]).stdout,
        facts,
    )

    suite.row("train --recipe fast --epochs 2 --batch-size 16 --out planned")
    err = "--epochs: the learning rates of recipe fast were planned for 2 epochs"
    suite.row("train --resume planned --epochs 3", USAGE, err)
    suite.row("train --resume planned --epochs 2")
    suite.row("train --scheduler cosine --epochs 2 --batch-size 16 --force --out planned")
    err = "--epochs: the learning rates of CosineAnnealingLR were planned for 2 epochs"
    suite.row("train --resume planned --epochs 3", USAGE, err)


def stopped_at_once(suite):
    """After a signal at the start of the second epoch, whatever trains the network."""
    for options in TRAININGS:
        train = f"train {options} --epochs 3 --batch-size 4 --force --out"
        suite.row(f"{train} whole --quiet", out="")
        shutil.rmtree(suite.folder / "stopped", ignore_errors=True)
        program = suite.start(f"{train} stopped")
        for line in program.stdout:
            if line == "Epoch 2\n":
                break
        program.send_signal(signal.SIGTERM)
        err = program.communicate(timeout=60)[1]
        suite.check(f"{options}: stopped", program.returncode == 143 and "saved" in err, err)
        start = suite.events("stopped")[0]
        suite.row("train --resume stopped --threads 1 --quiet", out="")
        same = suite.weights("stopped") == suite.weights("whole")
        suite.check(f"{options}: the same weights after a stop", same)
        suite.check(f"{options}: each epoch once", each_epoch_once(suite, "stopped", 3))
        again = suite.events("whole")[0]
        suite.check(f"{options}: the same options", {**start, "threads": 0} == {**again, "threads": 0})


def litter(suite):
    """After longer(), which leaves short/: what killed runs leave half written is removed, and
    nothing else. Nobody else writes there, whatever runs under the number in a name."""
    gone = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, check=True).stdout.decode()
    folder = suite.folder / "short"
    stale = [folder / f"state.safetensors.tmp-{number}-3" for number in (int(gone), os.getpid())]
    kept = [
        folder / f"mine.tmp-{int(gone)}-3",
        folder / "last.safetensors.tmp-old",
        folder / "last.safetensors.tmp-",
    ]
    for path in (*stale, *kept):
        path.write_bytes(b"half")
    suite.row("train --resume short --quiet", out="")
    suite.check("litter is removed", not any(path.exists() for path in stale))
    suite.check("other files are not", all(path.exists() for path in kept))


def refused(suite, what, code, err, arguments="train --resume cut"):
    before = {path: path.read_bytes() for path in (suite.folder / "cut").glob("*.safetensors")}
    suite.row(arguments, code, err, name=f"--resume: {what}")
    after = {path: path.read_bytes() for path in (suite.folder / "cut").glob("*.safetensors")}
    suite.check(f"--resume changes nothing: {what}", before == after)


def edited(state, old, new):
    """The file with these bytes of its header replaced."""
    (length,) = struct.unpack_from("<Q", state)
    header = state[8 : 8 + length].replace(old, new)
    return struct.pack("<Q", len(header)) + header + state[8 + length :]


def rules(suite):
    suite.row("train --epochs 2 --batch-size 16 --out cut")
    folder = suite.folder / "cut"
    state, log = suite.folder / STATE, folder / "metrics.jsonl"
    good, lines = state.read_bytes(), log.read_bytes()
    for option in NEW_RUN_ONLY:
        name = re.split("[ =]", option)[0]
        err = rf"{name}: cannot be given to a run that goes on \(--resume\)"
        suite.row(f"train --resume cut {option}", USAGE, err)
    for nowhere in ("nowhere", "data", "cut/metrics.jsonl"):
        suite.row(f"train --resume {nowhere}", BAD_CHECKPOINT, f"{nowhere}/state.safetensors: ")
    suite.check("--resume makes no folder", not (suite.folder / "nowhere").exists())

    weights = (folder / "last.safetensors").read_bytes()
    for what, content, err in [
        ("empty", b"", f"{STATE}: truncated"),
        ("half of it", good[: len(good) // 2], f"{STATE}: truncated"),
        ("weights", weights, "not the state of a run: no ctnn.run in its __metadata__"),
    ]:
        state.write_bytes(content)
        refused(suite, what, BAD_CHECKPOINT, err)
    for old, new, err in [
        (b'"fc2.bias"', b'"fc9.bias"', "missing fc2.bias; unexpected fc9.bias"),
        (b"ctnn.steps", b"ctnn.stepz", "holds no training state: no ctnn.steps"),
        (b'"{\\"dataset', b'"{{\\"datase', "ctnn.run is not a JSON object"),
        (b'\\"epochs', b'\\"apochs', "ctnn.run has no epochs"),
        (b'batch_size\\":16', b'batch_size\\": 0', "batch_size is 0, expected 1 to"),
        (b'batch_size\\":16', b'batch_size\\":18446744073709551615', "batch_size is 1844.*, expected"),
        (b'batch_size\\":16', b'batch_size\\":20', "6 steps are made, expected 4 at this place"),
        (b'network_crc32\\":', b'network_crc32\\":1', "of a network with other layers"),
        (b'batch_size\\":16', b'batch_size\\":-1', "batch_size of another type"),
        (b'batch_size\\":16', b'batch_size\\":[]', "batch_size of another type"),
        (b'recipe\\":\\"assignment', b'recipe\\":\\"assignmant', "no recipe is called .assignmant"),
        (b'dataset\\":\\"mnist', b'dataset\\":\\"mnisx', "no data set is called .mnisx"),
        (b'optimizer\\":\\"sgd', b'optimizer\\":\\"sgx', "optimizer is .sgx., expected one of sgd, adam"),
        (b'optimizer\\":\\"sgd', b'optimizer\\":\\"adam', "ctnn.run has no beta1"),
        (b'nesterov\\":false', b'nesterov\\":0', "nesterov of another type"),
        (b'\\"lr\\":0.01', b'\\"lr\\":-0.01', r"lr is -0.01, expected \(0, 1e\+06\)"),
        (b'\\"lr\\":0.01', b'\\"lr\\":-1', r"lr is -1, expected \(0, 1e\+06\)"),
        (b'\\"lr\\":0.01', b'\\"lr\\":1e400', "ctnn.run is not a JSON object"),
        (b'momentum\\":0.9', b'momentum\\":2', r"momentum is 2, expected \[0, 1\)"),
        (b'gamma\\":0.1', b'gamma\\":1e308', r"gamma is 1e\+308, expected \(0, 1e\+06\)"),
        (b'gamma\\":0.1', b'gamma\\":0', r"gamma is 0, expected \(0, 1e\+06\)"),
        (b'best_epoch\\":', b'best_epoch\\":9', "best_epoch is 9[12], expected one before 3"),
        (b'\\"correct\\":0', b'\\"correct\\":7', "7 of 0 samples are correct"),
        (b'\\"epoch\\":3', b'\\"epoch\\":4', "epoch is 4, expected 1 to 3"),
        (b'samples\\":0', b'samples\\":3', "3 samples .* whole batches of 16"),
    ]:
        suite.check(f"once in the state: {old}", good.count(old) == 1)
        state.write_bytes(edited(good, old, new))
        refused(suite, new, BAD_CHECKPOINT, err)
    state.write_bytes(good)

    nesterov = edited(good, b'nesterov\\":false', b'nesterov\\":true')
    state.write_bytes(edited(nesterov, b'momentum\\":0.9', b'momentum\\":0'))
    refused(suite, "nesterov", BAD_CHECKPOINT, "nesterov wants a momentum, and momentum is 0")
    state.write_bytes(good)

    shutil.copytree(suite.folder / "data/mnist", suite.folder / "other_data")
    path = suite.folder / "other_data" / files.TRAIN_IMAGES
    pixels = path.read_bytes()
    path.write_bytes(pixels[:-1] + bytes([pixels[-1] ^ 1]))
    err = r"other_data: not the images that the run began with: CRC-32 [0-9a-f]{8}, expected"
    refused(suite, "other data", BAD_DATA, err, "train --resume cut --data other_data")
    path.write_bytes(pixels)
    suite.row("train --resume cut --data other_data --quiet", out="")

    for what, short in (("cut", lines[:100]), ("gone", None)):
        state.write_bytes(good)
        log.unlink()
        if short is not None:
            log.write_bytes(short)
        notes = rf"{suite.program.name}: note: cut/metrics.jsonl: shorter than the run had left it.*\n"
        suite.row("train --resume cut --epochs 3 --quiet", out="", notes=notes)
        text = log.read_bytes()
        suite.check(f"a log that is {what} goes on at its end", text.startswith(short or b"{"))
        found = [json.loads(line)["event"] for line in text.splitlines() if line.endswith(b"}")]
        suite.check("... with a start", found == ["start", "resume", "epoch", "end"], found)
    # Brackets that a parser would go down into, one by one, until its stack ends.
    deep = b'{"schema":1,"event":"x","a":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
    size = re.search(rb'log_bytes\\":\d+', good)[0]
    state.write_bytes(edited(good, size, b'log_bytes\\":%d' % len(deep + lines)))
    log.write_bytes(deep + lines)
    suite.row("train --resume cut --quiet", out="", notes="")
    page = (folder / "report.html").read_text(encoding="utf-8")
    kept = log.read_bytes().startswith(deep + lines)
    once = '"unreadable":1' in page and "[[[[" not in page
    suite.check("a line nested deep is one that is not read", kept and once)
    state.write_bytes(good)
    log.write_bytes(lines + b"what was written after the state was saved\n" * 9)
    state.write_bytes(good)
    suite.row("train --resume cut --epochs 3")
    suite.check("what the log has too much is dropped", each_epoch_once(suite, "cut", 3))


def states(suite):
    """States with numbers that the command line would refuse, and those of programs that knew less."""
    state = suite.folder / STATE
    train = "train --batch-size 16 --epochs {} --force --out cut {}"
    for options, edits in {
        "--scheduler multistep --milestones 1,2": [
            (b'[1,2]', b'[2,1]', "milestones are 2,1, expected up to 16 whole numbers .* that ascend"),
            (b'[1,2]', b'[1,-2]', "milestones of another type"),
            (b'[1,2]', b'[]', "scheduler MultiStepLR wants epochs, and milestones has none"),
            (b'ema\\":0.0', b'ema\\":1.0', r"ema is 1, expected \[0, 1\)"),
            (b'warmup_epochs\\":0', b'warmup_epochs\\":1', "ctnn.run has no warmup_factor"),
            (b'clip_grad_norm\\":0.0', b'clip_grad_norm\\":-1', r"clip_grad_norm is -1, expected \[0"),
            (b'norm_weight_decay\\":true', b'norm_weight_decay\\":1', "norm_weight_decay of another type"),
            (b'validation\\":0.0', b'validation\\":1.5', "validation is 1.5, expected a share below 1, or"),
        ],
        "--scheduler plateau --validation 4 --ema 0.5": [
            (b'[0.01,0.01]', b'[0.01]', "plateau_rates are 1, expected 2 in epoch 3"),
            (b'[0.01,0.01]', b'[0.01,0.02]', r"plateau_rates has 0.02, expected one in \(0, 0.01\]"),
            (b'[0.01,0.01]', b'[0.01,0]', "plateau_rates has 0, expected one"),
            (b'[0.01,0.01]', b'[0.01,true]', "plateau_rates of another type"),
            (b'plateau_best', b'plateau_rest', "ctnn.run has no plateau_best"),
            (b'validation\\":4.0', b'validation\\":0', "scheduler ReduceLROnPlateau goes by the loss of validation"),
            (b'ema\\":0.5', b'ema\\":0.0', "unexpected .*optimizer.average.conv1.weight"),
        ],
    }.items():
        suite.row(train.format(2, options))
        good = state.read_bytes()
        for old, new, err in edits:
            suite.check(f"once in the state: {old}", good.count(old) == 1)
            state.write_bytes(edited(good, old, new))
            refused(suite, new, BAD_CHECKPOINT, err)
        state.write_bytes(good)

    # best.safetensors is what the test images are for.
    (suite.folder / "cut/best.safetensors").unlink()
    err = "cut/best.safetensors: cannot read: No such file or directory"
    suite.row("train --resume cut", BAD_CHECKPOINT, err, out="[^\\0]*")

    newer = rb'\\"(label_smoothing|norm_weight_decay|clip_grad_value|clip_grad_norm|ema|warmup_epochs|cycle_momentum)\\":[^,]*,'
    for options in "--step-size 2", "--recipe fast":
        epochs = 2 if "fast" in options else 4
        suite.row(train.format(epochs, options).replace("cut", "whole"))
        suite.row(train.format(2, options))
        good = state.read_bytes()
        found = re.findall(newer, good)
        suite.check("what older programs knew nothing of", len(found) == 6 + (epochs == 2), found)
        length, = struct.unpack_from("<Q", good)
        header = re.sub(newer, b"", good[8 : 8 + length])
        state.write_bytes(struct.pack("<Q", len(header)) + header + good[8 + length :])
        suite.row(f"train --resume cut --epochs {epochs}")
        suite.check(f"an older state goes on: {options}", suite.weights("cut") == suite.weights("whole"))

    early = "train --batch-size 1 --epochs 99 --warmup-epochs 50 --save-every 1 --quiet --out warming"
    program = suite.start(early)
    while not (suite.folder / "warming/last.safetensors").exists():
        time.sleep(0.01)
    program.kill()
    program.communicate(timeout=60)
    err = "--warmup-epochs: expected fewer than the 50 of --epochs, found 50"
    suite.row("train --resume warming --epochs 50", USAGE, err)
