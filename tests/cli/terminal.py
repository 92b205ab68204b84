"""The progress bar: on a terminal only, and gone in the end."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

from suite import DIVERGED

TRAIN = "train --epochs 2 --batch-size 4 --threads 1 --force --out bar"
BAR = (
    r"Train: Loss=\d+\.\d{{4}} Batch_id=\d+ Accuracy=\d+\.\d\d: +\d+%\|{}+\| \d+/10 "
    r"\[\d\d:\d\d<(?:\?|\d\d:\d\d), +(?:\?|[\d.]+)(?:it/s|s/it), lr=0\.01, img/s=\d+\]"
)


def on_terminal(suite, arguments, columns=200, env=None, stdout_too=False):
    """(what the terminal got, standard output, exit code) with standard error on a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", **(env or {})}
    environment.pop("COLUMNS", None)
    program = suite.start(
        arguments, stdout=theirs if stdout_too else subprocess.PIPE, stderr=theirs, env=environment
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            some = os.read(ours, 1 << 16)
        except OSError:  # EIO: nobody has it open any more
            break
        if not some:
            break
        shown += some
    os.close(ours)
    printed = program.communicate()[0]
    return shown.decode(), printed, program.returncode


def screen(shown):
    """The lines that a terminal shows after all of it."""
    lines, column = [[]], 0
    for c in shown:
        if c == "\r":
            column = 0
        elif c == "\n":
            lines.append([])
        else:
            lines[-1][column : column + 1] = c if column <= len(lines[-1]) else "?"
            column += 1
    return "\n".join("".join(line).rstrip() for line in lines)


def bar(suite):
    plain = suite.run(TRAIN.split())
    suite.check("no bar in a pipe", (plain.returncode, plain.stderr) == (0, ""), plain.stderr)

    for locale, cell in (("C.UTF-8", "[ ▏▎▍▌▋▊▉█]"), ("C", "[ 1-9#]")):
        shown, printed, code = on_terminal(suite, TRAIN, env={"LC_ALL": locale})
        name = f"a bar on a terminal, {locale}"
        drawn = [line for line in shown.split("\r") if line.strip()]
        suite.check(f"{name}: one an epoch at least", code == 0 and len(drawn) >= 2, shown)
        for line in drawn:
            suite.check(name, re.fullmatch(BAR.format(cell), line.rstrip()), repr(line))
        suite.check(f"{name}: gone in the end", screen(shown) == "", repr(shown[-300:]))
        suite.check("no escape codes", "\x1b" not in shown, repr(shown))
        suite.check("standard output is the same on a terminal", printed == plain.stdout, printed)

    shown, _, _ = on_terminal(suite, TRAIN, stdout_too=True)
    lines = screen(shown)
    suite.check("a terminal ends up with the lines of a pipe", lines == plain.stdout, lines)
    for columns in (40, 1):
        shown, _, _ = on_terminal(suite, TRAIN, columns)
        longest = max(map(len, shown.split("\r")))
        suite.check(f"no line is wrapped on {columns} columns", longest <= columns, repr(shown))

    for what, more, env in [
        ("TERM=dumb", "", {"TERM": "dumb"}),
        ("--quiet", "--quiet", {}),
    ]:
        shown, printed, code = on_terminal(suite, f"{TRAIN} {more}", env=env)
        suite.check(f"no bar with {what}", (shown, code) == ("", 0), repr(shown))
        suite.check(f"what {what} prints", printed == ("" if more else plain.stdout), printed)
    shown, _, code = on_terminal(suite, f"{TRAIN} --lr 1e5")
    line = rf"{suite.program.name}: error: training diverged: [^\n]+\n"
    alone = re.fullmatch(line, screen(shown)) and "img/s" in shown
    suite.check("an error has its line, without a bar", alone and code == DIVERGED, repr(shown))
