"""Runs that a report must show: usual, empty, hostile, diverged. Each is a name, the text of
metrics.jsonl, and what make_report reads. Numbers are made up, but add up."""

import json
from decimal import ROUND_HALF_UP, Decimal


def line(event, **fields):
    return json.dumps({"schema": 1, "event": event, **fields})


def start(epochs, images=1000, **changed):
    fields = dict(dataset="mnist", network="Conv2d<32, 3>, " * 12, parameters=593200,
                train_samples=60000, test_samples=images, recipe="assignment", epochs=epochs,
                batch_size=512, lr=0.01, momentum=0.9, weight_decay=0, nesterov=False, seed=2**63,
                limit=0, validation=0, shuffle=True, augment=True, patience=0, threads=2,
                instruction_set="AVX-512", some_new_option="<i>7</i>")
    return line("start", **{**fields, **changed})


def epoch(number, classes=10, best=True, images=1000, **changed):
    matrix = [[(7 * row + 3 * col + number) % 5 if row != col else 0 for col in range(classes)]
              for row in range(classes)]
    for row, counts in enumerate(matrix):  # the classes share the images
        counts[row] = images // classes - sum(counts)
    correct = sum(matrix[i][i] for i in range(classes))
    precision = [matrix[i][i] / max(1, sum(row[i] for row in matrix)) for i in range(classes)]
    recall = [matrix[i][i] / sum(matrix[i]) for i in range(classes)]
    f1 = [2 * p * r / (p + r) for p, r in zip(precision, recall)]
    fields = {
        "epoch": number, "step": 118 * number, "lr": 0.01 * 0.1 ** (number // 15),
        "train_loss": 0.9 / number + 0.00012, "train_accuracy": 1 - 0.3 / number,
        "test_loss": 0.5 / number, "test_accuracy": correct / images, "test_correct": correct,
        "top3_accuracy": 0.99, "macro_precision": sum(precision) / classes,
        "macro_recall": sum(recall) / classes, "macro_f1": sum(f1) / classes,
        "precision": precision, "recall": recall, "f1": f1, "confusion": matrix,
        "seconds": 24.15, "images_per_second": 2487.05, "best": best,
    }
    return line("epoch", **{**fields, **changed})


def validated(number, **changed):
    """The same of validation images, where the test images are not looked at."""
    fields = json.loads(epoch(number, images=200, **changed))
    return json.dumps({key.replace("test_", "validation_"): value for key, value in fields.items()})


def end(reason="finished", **more):
    return line("end", reason=reason, best_epoch=1, best_test_accuracy=0.5, **more)


def picture(rows, cols, label, channels=1):
    pixels = [(17 * i + 31 * label) % 256 for i in range(rows * cols * channels)]
    return {"pixels": pixels, "rows": rows, "cols": cols, "label": label}


def one_cycle(epochs, points=101):
    """The learning rate of a triangle up to 0.05 and down, not that of any epoch's first step."""
    return [[epochs * i / (points - 1), 0.05 * (1 - abs(2 * i / (points - 1) - 1))]
            for i in range(points)]


FACTS = [["Program", "mnist 1.0 (0123abc, AVX-512, g++ 12.2.0)"], ["Processor", "Some CPU @ 3 GHz"],
         ["Command", "mnist train --recipe fast --out 'a b'"], ["Written", "2026-01-02 03:04 UTC"]]
TEXTS = [["Layers", "Layer        Output\n" + "conv1 " * 30 + "\n"],
         ["How it runs", "step  memory\n"]]


def description(title="Digits", class_names=None, pictures=6, rates=(), facts=(), texts=(), channels=1):
    # 1 x 1, 1 x 2 and 1 x 3: base64 has a tail for each
    sizes = [(1, 1), (1, 2), (1, 3), (28, 28), (28, 20), (5, 7)][:pictures]
    mistakes = [{"picture": picture(rows, cols, i, channels), "index": 1000 + i, "predicted": i + 1,
                 "probability": 0.9 - i / 16, "probability_of_label": 0.0001 * 4**i}
                for i, (rows, cols) in enumerate(sizes)]
    return {"title": title, "augmented": [picture(*size, 9, channels) for size in sizes],
            "mistakes": mistakes, "class_names": class_names or [], "rates": list(rates),
            "facts": list(facts), "texts": list(texts), "dark_paper": channels == 1}


def fixed(value, digits):
    """JavaScript's toFixed, for which a tie is rounded away from zero."""
    return str(Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def caption(mistake, class_names, chosen):
    def name(index):
        return class_names[index] if index < len(class_names) else str(index)

    def probability(value):
        if 0 < value < 5e-4:
            return "<\u00a00.1\u00a0%"
        return f"{fixed(100 * value, 1)}\u00a0%"

    return (f"Expected {name(mistake['picture']['label'])} {probability(mistake['probability_of_label'])}"
            f"Predicted {name(mistake['predicted'])} {probability(mistake['probability'])}"
            f"{chosen} image {mistake['index']}")


FASHION = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
           "Ankle boot"]
HOSTILE = "</script><script>throw 1</script><!-- {{data}} \u2028 \"'&amp; <b>bold</b>"


def all_cases():
    """The name, metrics.jsonl and description of each case."""
    twenty = [epoch(n, best=n <= 18) for n in range(1, 21)]
    resumed = [*twenty[:5], line("resume", epoch=4, batch=17, step=3 * 118 + 17),
               epoch(4, best=False), epoch(5, test_loss=0.25)]
    more = [start(3), epoch(1), epoch(2), epoch(3), end(),
            line("resume", epoch=4, batch=0, step=3 * 118, epochs=5, patience=2), epoch(4)]
    cases = [
        ("20 epochs", [start(20), *twenty, end()],
         description(rates=one_cycle(20), facts=FACTS, texts=TEXTS)),
        ("2 epochs of one cycle", [start(2), epoch(1), epoch(2), end()],
         description(rates=one_cycle(2), facts=FACTS, texts=TEXTS)),
        ("resumed with more epochs", more, description(rates=one_cycle(4))),
        ("11,350 test images", [start(2, 11350), *(epoch(n, images=11350) for n in (1, 2)), end()],
         description()),
        ("validation images",
         [start(2, validation=0.1, validation_samples=200, ema=0.99, warmup_epochs=0, milestones=[1, 2]),
          validated(1), validated(2, best=False),
          end(best_validation_accuracy=0.5, test_loss=1.5, test_accuracy=0.4, test_correct=400)],
         description(rates=one_cycle(2))),
        ("validation images, killed",
         [start(2, validation=200, validation_samples=200), validated(1)], description()),
        ("clothes", [start(2), epoch(1), epoch(2), end()], description(class_names=FASHION)),
        ("colours", [start(2), epoch(1), epoch(2), end()], description(channels=3)),
        ("0 epochs", [start(20), line("end", reason="signal", best_epoch=0, best_test_accuracy=None)],
         description(pictures=0)),
        ("1 epoch", [start(1), epoch(1), end()],
         description(class_names=FASHION, rates=one_cycle(1), facts=FACTS)),
        ("1000 epochs", [start(1000), *(epoch(n) for n in range(1, 1001)), end("early stopping")],
         description()),
        ("losses that are not finite",
         [start(10), epoch(1), epoch(2, train_loss=None, test_loss=None), epoch(3, test_loss=None),
          line("error", code=6, epoch=4, step=5, lr=10, train_loss=None)], description()),
        ("no loss that is finite", [start(1), epoch(1, train_loss=None, test_loss=None), end()],
         description()),
        ("resumed", [start(20), *resumed], description()),
        ("resumed but not yet tested again", [start(20), *resumed[:6]], description()),
        ("resumed with a new log",
         [start(20), line("resume", epoch=4, batch=1, step=355), epoch(4, best=False), end()],
         description()),
        ("killed while it wrote", [start(20), *twenty[:2], twenty[2][:700]], description()),
        ("hostile names", [start(1), epoch(1), line(HOSTILE), end()],
         description(HOSTILE, [HOSTILE] * 10, facts=[["Command", HOSTILE]],
                     texts=[["Layers", HOSTILE]])),
        ("2 classes", [start(1), epoch(1, classes=2), end()], description(class_names=["no", "yes"])),
        ("20 classes", [start(1), epoch(1, classes=20), end()], description()),
    ]
    return [(name, "".join(text + "\n" for text in lines), data) for name, lines, data in cases]
