"""examples/by_hand has the losses of the library. usage: by_hand.py BY_HAND [BY_CTNN]

Without the library's twin it runs, on fewer images, and prints ten losses: sanitizers see the rest.
"""

import random
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
import files
from suite import Suite

STEPS, BATCH = 10, 2

# By hand, these losses are within 1e-7, the last digit printed, of those in double; the library's,
# with SSE4.2, AVX2 and AVX-512, within 2e-7. Of a dozen mistakes that were planted in by_hand, the
# one that moved the losses least (the ReLU behind conv1 left out of backward) did so by 2.2e-4.
TOLERANCE = 2e-6


def write_digits(folder):
    folder.mkdir()
    dice = random.Random(1)
    labels = bytes(i % 10 for i in range(STEPS * BATCH))
    pixels = [files.like_mnist(k, dice.randrange(-1, 2), dice.randrange(-1, 2)) for k in labels]
    images = files.idx(len(labels), 28, 28, elements=b"".join(pixels))
    (folder / files.TRAIN_IMAGES).write_bytes(images)
    (folder / files.TRAIN_LABELS).write_bytes(files.idx(len(labels), elements=labels))


def losses(suite, batch):
    lines = "".join(rf"step {step:2}: loss (\d+\.\d{{7}})\n" for step in range(1, STEPS + 1))
    printed = suite.row(f"digits {batch}", out=lines)
    return [float(loss) for loss in re.findall(r"loss (\S+)", printed)]


def bad_input(suite):
    suite.row("nowhere", 1, f"nowhere/{files.TRAIN_IMAGES}: expected an IDX file .*found none")
    suite.row(f"digits {BATCH + 1}", 1, f"digits: expected 10 batches of {BATCH + 1} images")
    suite.row("digits many", 1, "digits: expected 10 batches of 0 images")
    swapped = suite.folder / "swapped"
    swapped.mkdir()
    for one, other in (files.DATA_FILES[:2], files.DATA_FILES[1::-1]):
        (swapped / one).write_bytes((suite.folder / "digits" / other).read_bytes())
    suite.row("swapped", 1, f"{files.TRAIN_IMAGES}: expected an IDX file of 3 dimensions")


def main():
    with tempfile.TemporaryDirectory() as name:
        by_hand, *twins = (Suite(Path(program), Path(name)) for program in sys.argv[1:])
        write_digits(by_hand.folder / "digits")
        found = losses(by_hand, BATCH if twins else 1)
        by_hand.check("there are ten losses", len(found) == STEPS, found)
        for by_ctnn in twins:
            expected = losses(by_ctnn, BATCH)
            furthest = max((abs(a - b) for a, b in zip(found, expected)), default=1)
            by_hand.check("the losses are the library's", furthest < TOLERANCE, (found, expected))
            by_hand.check("the library has ten losses", len(expected) == STEPS, expected)
            print(f"{furthest:.1e} apart")
        bad_input(by_hand)
    failed = sum(suite.failed for suite in (by_hand, *twins))
    print(f"{sum(suite.passed for suite in (by_hand, *twins))} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
