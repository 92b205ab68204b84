"""What ends a run before its last epoch: signals, patience, divergence. And the best epoch."""

import re
import shutil
import signal
import subprocess

import files
from suite import ANYTHING, BAD_DATA, CANNOT_WRITE, DIVERGED, USAGE
from training import DIGITS

ENDLESS = "train --epochs 1000000 --batch-size 8 --threads 1 --out endless"
STOPPED = r"{}: note: {} after batch \d of epoch \d+: saved; resume with \S*{} train --resume endless\n"


def ignore_hangup():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def endless(suite, more="", **how):
    """A program that is somewhere behind its first epoch."""
    shutil.rmtree(suite.folder / "endless", ignore_errors=True)
    program = suite.start(f"{ENDLESS} {more}", **how)
    for line in program.stdout:
        if line == "Epoch 2\n":
            break
    return program


def ended(program):
    """(exit code, standard error) of a program that has no reason to go on."""
    try:
        err = program.communicate(timeout=60)[1]
        return program.returncode, err
    except subprocess.TimeoutExpired:
        program.kill()
        return "does not end", program.communicate()[1]


def one_signal(suite, number, more="", prepare=None):
    program = endless(suite, more, preexec_fn=prepare)
    if prepare:
        program.send_signal(signal.SIGHUP)
        for line in program.stdout:  # it still trains, an epoch later
            if line == "Epoch 4\n":
                break
    program.send_signal(number)
    code, err = ended(program)
    name = f"{number.name} {more}"
    line = STOPPED.format(suite.program.name, number.name, suite.program.name)
    suite.check(f"{name}: exit code", code == 128 + number, code)
    suite.check(f"{name}: one line that says how to go on", re.fullmatch(line, err), err)
    end = suite.events("endless")[-1]
    suite.check(
        f"{name}: the log's end",
        (end["event"], end["reason"], end["signal"]) == ("end", "signal", number.name),
        end,
    )
    files.parts(suite.folder / "endless/state.safetensors")


def two_at_once(suite):
    """Whoever is refused harms nothing, wherever the first one runs: its number says nothing in
    another container, and its half written files are its own."""
    program = endless(suite)
    folder = suite.folder / "endless"
    gone = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, check=True).stdout.decode()
    half = folder / f"last.safetensors.tmp-{int(gone)}-3"
    half.write_bytes(b"half")
    for arguments in ("train --resume endless", "train --epochs 1 --force --out endless"):
        err = "endless: cannot write: another process trains in this folder"
        suite.row(arguments, CANNOT_WRITE, err)
    suite.check("what the first one writes stays", half.exists())
    suite.row("train --epochs 1 --out endless", USAGE, "--out: endless holds a run already")
    program.send_signal(signal.SIGTERM)
    code, err = ended(program)
    suite.check("the first of two goes on", code == 143 and "saved" in err, (code, err))
    suite.row("train --resume endless --epochs 1000000 --data nowhere", BAD_DATA, "nowhere")
    suite.check("... still, after a refused resume", half.exists())


def lost_log(suite):
    """A log that is removed, moved or replaced while the run goes on is written again, and lets no
    second process in."""
    note = r"{}: note: endless/metrics.jsonl: was removed, and is written again\n"
    note = note.format(suite.program.name)
    for what, lose in {
        "removed": lambda log: log.unlink(),
        "moved": lambda log: log.rename(log.with_name("moved.jsonl")),
        "replaced": lambda log: (log.unlink(), log.write_text("{}\n")),
    }.items():
        program = endless(suite)
        log = suite.folder / "endless/metrics.jsonl"
        lose(log)
        err = "endless: cannot write: another process trains in this folder"
        suite.row("train --resume endless", CANNOT_WRITE, err, name=f"{what}: no second process")
        suite.row("train --force --out endless", CANNOT_WRITE, err, name=f"{what}: not by force")
        for line in program.stdout:
            if line == "Epoch 9\n":
                break
        program.send_signal(signal.SIGTERM)
        code, err = ended(program)
        lines = note + STOPPED.format(suite.program.name, "SIGTERM", suite.program.name)
        told = code == 143 and re.fullmatch(lines, err)
        suite.check(f"a log that is {what}", told, (code, err))
        events = suite.events("endless")
        kinds = [event["event"] for event in events]
        numbers = [event["epoch"] for event in events if event["event"] == "epoch"]
        whole = (kinds[0], kinds.count("start"), kinds[-1]) == ("start", 1, "end")
        whole = whole and numbers == [*range(1, len(numbers) + 1)]
        suite.check(f"{what}: every line is there", whole, kinds)


def signals(suite):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        one_signal(suite, number)
    one_signal(suite, signal.SIGTERM, prepare=ignore_hangup)

    # Two that arrive together: the handler of SIGINT, whose number is lower, runs second.
    program = endless(suite)
    for number in (signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
        program.send_signal(number)
    code, err = ended(program)
    suite.check("a SIGINT after another signal ends at once", code == 130 and not err, (code, err))
    suite.check("... without an end in the log", suite.events("endless")[-1]["event"] != "end")
    program = endless(suite)
    for number in (signal.SIGSTOP, signal.SIGHUP, signal.SIGTERM, signal.SIGCONT):
        program.send_signal(number)
    code, err = ended(program)
    suite.check("others are one wish", code in (129, 143) and "saved" in err, (code, err))

    # What reads the lines is gone before the signal comes: the run is saved all the same.
    program = endless(suite)
    program.stdout.close()
    program.send_signal(signal.SIGINT)
    code, err = program.wait(60), program.stderr.read()
    suite.check("a signal without a reader", code == 130 and "saved" in err, (code, err))


def patience(suite):
    """With a learning rate of next to nothing, no epoch is better than the first."""
    still = "train --lr 1e-12 --batch-size 16"

    def reasons(folder, epochs, reason):
        events = suite.events(folder)
        count = sum(event["event"] == "epoch" for event in events)
        end = events[-1]
        found = (count, end["event"], end.get("reason"), end.get("best_epoch"))
        suite.check(f"{folder}: {reason}", found == (epochs, "end", reason, 1), found)

    says = r"Early stopping: epoch 1 was the best, and 2 more were no better\.\n"
    suite.row(f"{still} --epochs 9 --patience 2 --out patient", out=f"{ANYTHING}{says}Saved .*\n")
    reasons("patient", 3, "early stopping")
    _, metadata = files.read_safetensors(suite.folder / "patient/best.safetensors")
    suite.check("the first of equals is the best", metadata["ctnn.epoch"] == "1", metadata)
    suite.row("train --resume patient --quiet", out="")
    reasons("patient", 3, "early stopping")
    suite.row("train --resume patient --patience 3")
    reasons("patient", 4, "early stopping")
    suite.row("train --resume patient --patience 0 --epochs 6")
    reasons("patient", 6, "finished")
    suite.row(f"{still} --epochs 6 --out impatient")
    same = suite.weights("patient") == suite.weights("impatient")
    suite.check("patience that was lifted leaves no trace", same)


def best_epoch(suite):
    """Of the run of digits, whose test accuracy goes up and down."""
    epochs = [event for event in suite.events("digits_run") if event["event"] == "epoch"]
    accuracies = [event["test_accuracy"] for event in epochs]
    best = accuracies.index(max(accuracies)) + 1
    suite.check("the accuracy changes", len(set(accuracies)) > 2, accuracies)
    marked = [event["epoch"] for event in epochs if event["best"]]
    better = [i + 1 for i, a in enumerate(accuracies) if a > max(accuracies[:i], default=-1)]
    suite.check("the epochs that were better than all before", marked == better, accuracies)
    end = suite.events("digits_run")[-1]
    suite.check("the end names the best epoch", end["best_epoch"] == best, (end, accuracies))
    # A run that ends with that epoch ends with those weights.
    suite.row(f"{DIGITS} --epochs {best} --out until_best")
    same = suite.sha256("until_best/last.safetensors") == suite.sha256(
        "digits_run/best.safetensors"
    )
    suite.check(f"best.safetensors is of epoch {best}", same, accuracies)


def divergence(suite):
    line = (
        r"training diverged: (?:the loss is (?:nan|infinite)|a weight is not finite) in epoch {}, "
        r"step \d+, with a learning rate of \d"
    ).format
    small = "--batch-size 4 --limit 32 --force --out diverged"
    suite.row(f"train {small} --epochs 1")
    before = suite.weights("diverged")
    for more in ("--lr 1e5", "--lr 999999 --momentum 0.99", "--recipe fast --lr 1e5"):
        suite.row(f"train {small} {more}", DIVERGED, line(1))
        suite.row(f"train {small} {more} --init run/last.safetensors", DIVERGED, line(1))
    same = suite.weights("diverged") == before
    suite.check("weights of an earlier run outlive divergence in the first epoch", same)

    for every in "", "--save-every 1":
        suite.row(f"train {small} --step-size 1 --gamma 999999 --epochs 1")
        before = suite.weights("diverged")
        state = files.parts(suite.folder / "diverged/state.safetensors")[2]
        diverged = f"train --resume diverged --epochs 5 {every}"
        suite.row(diverged, DIVERGED, line(2))
        event = suite.events("diverged")[-1]
        facts = {"event": "error", "code": DIVERGED, "epoch": 2, "train_loss": None, "lr": 9999.99}
        suite.check("the log says where it diverged", event.items() >= facts.items(), event)
        for name in ("last", "best", "state"):
            files.parts(suite.folder / f"diverged/{name}.safetensors")
        if every:
            suite.row("evaluate --weights diverged/last.safetensors", out=ANYTHING)
        else:
            suite.check("divergence changes no weights", before == suite.weights("diverged"))
            after = files.parts(suite.folder / "diverged/state.safetensors")[2]
            suite.check("divergence changes no state", state == after)
        suite.check("the best stays", before[1] == suite.sha256("diverged/best.safetensors"))
        suite.row(diverged, DIVERGED, line(2), name=f"diverges again {every}")
        again = suite.events("diverged")[-1]
        suite.check("... at the same step", again == event, (event, again))
