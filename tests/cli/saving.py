"""What is on disk when a save fails or is killed: the old or the new content, never half of it.
strace makes the faults: it works on static programs too."""

import hashlib
import json
import random
import re
import shutil
import signal
import subprocess
import time

import files
from suite import ANYTHING, BAD_CHECKPOINT, BAD_DATA, CANNOT_WRITE

# What each call may fail with.
ERRORS = {
    "openat": ["EMFILE", "EACCES", "ENOSPC", "EIO"],
    "write": ["ENOSPC", "EIO", "EINTR"],
    "fsync": ["EIO", "ENOSPC", "EINTR"],
    "fdatasync": ["EIO", "ENOSPC", "EINTR"],
    "close": ["EIO"],
    "renameat": ["EACCES", "EIO", "ENOSPC"],
    "ftruncate": ["EIO"],
    "fchmod": ["EPERM", "EIO"],
    "newfstatat": ["EACCES", "EIO"],
    "faccessat2": ["EACCES"],
    "read": ["EIO", "EINTR"],
}
OLD = "train --epochs 1 --limit 4 --batch-size 4 --seed 7 --quiet --threads 1 --out"
NEW = "train --epochs 1 --limit 2 --batch-size 2 --threads 1 --force --out faults"
WEIGHTS = ("last", "best", "state")


def strace(suite, *options, arguments=NEW):
    command = ["strace", "-f", "-e", "signal=none", "-e", f"trace={','.join(ERRORS)}"]
    return subprocess.run(
        [*command, *options, suite.program, *arguments.split()],
        cwd=suite.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def restore(suite):
    folder = suite.folder / "faults"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(suite.folder / "old_run", folder)


def identity(path):
    """What is the same in each run: neither the clock nor the length of the log, which has it."""
    header, metadata, data = files.parts(path)
    if "ctnn.run" in metadata:
        run = json.loads(metadata["ctnn.run"])
        del run["seconds"], run["log_bytes"]
        metadata["ctnn.run"] = run
    about = json.dumps([header, metadata], sort_keys=True).encode()
    return hashlib.sha256(about + data).hexdigest()


def contents(suite, folder="faults"):
    return {name: identity(suite.folder / folder / f"{name}.safetensors") for name in WEIGHTS}


def calls(suite):
    """(name, which of that name, its line) of each call that may fail, in order."""
    log = suite.folder / "strace.log"
    restore(suite)
    done = strace(suite, "-y", "-o", log)
    suite.check("strace works", done.returncode == 0, done.stderr)
    counts, found = dict.fromkeys(ERRORS, 0), []
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if match := re.match(r"\d+ +(\w+)\(", line):
            name = match[1]
            counts[name] += 1
            found.append((name, counts[name], line))
    return found


def allowed_codes(name, error, line):
    """The exit codes that this fault may have."""
    if re.search(r"/proc/|/etc/localtime|zoneinfo", line):  # what the report tells of the machine
        return (0,)
    if error == "EINTR":
        # Of stdio's writes SA_RESTART takes care, which strace does not know.
        stdio = name == "write" and ".tmp-" not in line
        return (0, CANNOT_WRITE) if stdio else (0,)
    if "data/mnist" in line:
        return (0, BAD_DATA) if name in ("close", "newfstatat") else (BAD_DATA,)
    if name == "close" and ".tmp-" not in line:  # of what was read, and of what is synced already
        return (0,)
    if name == "newfstatat":  # stdio asks too, and does without
        return (0, CANNOT_WRITE)
    return (CANNOT_WRITE,)


def one_fault(suite, call, error, known):
    name, n, line = call
    restore(suite)
    fault = "signal=KILL" if error == "KILL" else f"error={error}"
    done = strace(suite, "-o", "/dev/null", "-e", f"inject={name}:{fault}:when={n}")
    what = f"{error} at {name} {n}: {line[:140]}\n  "
    if error == "KILL":
        suite.check(f"{what} killed", done.returncode == -signal.SIGKILL, done.returncode)
    else:
        codes = allowed_codes(name, error, line)
        suite.check(f"{what} exit code", done.returncode in codes, (done.returncode, codes))
        line = r"[^\n]+: error: [^\n]+\n" if done.returncode else ""
        one_line = re.fullmatch(line, done.stderr)
        suite.check(f"{what} standard error", one_line, done.stderr)
        left = list((suite.folder / "faults").glob("*.tmp-*"))
        suite.check(f"{what} no temporary file is left", not left, left)
    for file, is_ in contents(suite).items():
        suite.check(f"{what} {file} is old or new", is_ in known[file])
    suite.row("train --quiet --resume faults", name=f"{what} can be resumed", out="")


def faults(suite, sample):
    """All faults of all calls; or so many, the same ones each time, with each kind among them."""
    found = shutil.which("strace")
    suite.check("strace is there", found, "scripts/install-dependencies tests installs it")
    if not found:
        return
    suite.row(f"{OLD} old_run", out="")
    every = calls(suite)
    if not every:  # strace may not trace here, which is a failure already
        return
    new = contents(suite)
    first_best = next(n for name, n, line in every if name == "write" and "best.saf" in line)
    restore(suite)
    strace(suite, "-o", "/dev/null", "-e", f"inject=write:error=ENOSPC:when={first_best}")
    states = [contents(suite, "old_run"), contents(suite), new]  # before, at the start, at the end
    known = {name: {state[name] for state in states} for name in WEIGHTS}
    suite.check("the contents differ", [len(known[name]) for name in WEIGHTS] == [2, 2, 3], known)

    todo = [(call, error) for call in every for error in ["KILL", *ERRORS[call[0]]]]
    count = len(todo)
    if sample:
        random.Random(1).shuffle(todo)
        first = {(call[0], error): (call, error) for call, error in todo}
        todo = [*first.values(), *(fault for fault in todo if fault not in first.values())][:sample]
    print(f"{len(todo)} of {count} faults of {len(every)} calls")
    for call, error in todo:
        one_fault(suite, call, error, known)


def new_folders(suite):
    """The names of new folders outlive a power failure too: those above them are synced."""
    if not shutil.which("strace"):
        suite.check("strace is there", False, "scripts/install-dependencies tests installs it")
        return
    log = suite.folder / "strace.log"
    arguments = "train --epochs 1 --limit 2 --batch-size 2 --quiet --out new/folders/run/"
    done = subprocess.run(
        ["strace", "-f", "-y", "-e", "trace=fsync", "-o", log, suite.program, *arguments.split()],
        cwd=suite.folder, capture_output=True, encoding="utf-8", timeout=60, check=False,
    )
    suite.check("new folders are made", done.returncode == 0, done.stderr)
    synced = set(re.findall(r"fsync\(\d+<([^>]+)>\) += 0", log.read_text(encoding="utf-8")))
    here = suite.folder.resolve()
    wanted = {str(here / name) for name in ("", "new", "new/folders", "new/folders/run")}
    suite.check("the folders above are synced", synced >= wanted, synced)


def random_kills(suite, count, seed=1):
    """No file is ever invalid, whenever the program is killed."""
    chance = random.Random(seed)
    new = "train --epochs 2 --batch-size 20 --save-every 1 --quiet --force --out loop"
    go_on = "train --save-every 1 --quiet --resume loop"
    folder = suite.folder / "loop"
    begin = time.monotonic()
    suite.row(new, out="")
    duration = time.monotonic() - begin
    killed = 0
    for _ in range(count):
        arguments = chance.choice([new, go_on])
        program = suite.start(arguments, stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, duration))
        program.kill()
        err = program.communicate()[1]
        fine = program.returncode in (0, -signal.SIGKILL) and not err
        suite.check("a run that is killed at random", fine, (arguments, program.returncode, err))
        killed += program.returncode != 0
        for path in folder.glob("*.safetensors"):
            try:
                files.parts(path)
            except ValueError as invalid:
                suite.check("no invalid file", False, invalid)
        for path in folder.glob("*.tmp-*"):
            path.unlink()
    print(f"{killed} of {count} runs were killed at a random moment")
    suite.check("enough were killed", killed > count / 4, killed)
    suite.row("train --resume loop", out=ANYTHING)
