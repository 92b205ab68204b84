#!/usr/bin/env python3
"""Writes metrics.json: classification metrics from their definitions, in exact fractions.

Debian 12's python3-sklearn is not needed: what it would print for its own examples is in
metrics_test.cpp. Here everything is counted from lists of samples, without a matrix; torch.topk
confirms the top k where no scores are equal. Run: python3 metrics.py
"""
import random
from fractions import Fraction

import torch

from layers import HERE, write


def over(part, whole):
    return Fraction(part, whole) if whole else Fraction(0)


def harmonic_mean(p, r):
    return 2 * p * r / (p + r) if p + r else Fraction(0)


def metrics(dice, samples, classes, levels, labelled, predicted):
    """Scores are k/8 for k < levels: few levels make ties. The first `labelled` classes have
    samples, the first `predicted` may win."""
    scores, labels = [], []
    for _ in range(samples):
        row = (dice.sample if levels > classes else dice.choices)(range(levels), k=classes)
        scores.append([x / 8 if k < predicted else -1 - k for k, x in enumerate(row)])
        labels.append(dice.randrange(labelled))
    ranked = [sorted(range(classes), key=lambda k: (-row[k], k)) for row in scores]
    first = [order[0] for order in ranked]

    topk = [Fraction(sum(label in order[:k] for label, order in zip(labels, ranked)), samples)
            for k in range(1, classes + 1)]
    if levels > classes:
        for k in range(1, classes + 1):
            found = torch.tensor(scores).topk(k).indices.tolist()
            assert topk[k - 1] == Fraction(sum(a in b for a, b in zip(labels, found)), samples)

    pairs = list(zip(labels, first))
    hits = [sum(pair == (k, k) for pair in pairs) for k in range(classes)]
    precision = [over(hits[k], first.count(k)) for k in range(classes)]
    recall = [over(hits[k], labels.count(k)) for k in range(classes)]
    f1 = [harmonic_mean(p, r) for p, r in zip(precision, recall)]
    floats = lambda values: [float(value) for value in values]
    mean = lambda values: float(sum(values) / classes)
    return {
        "classes": classes, "scores": sum(scores, []), "labels": labels,
        "counts": [pairs.count((i, j)) for i in range(classes) for j in range(classes)],
        "accuracy": float(Fraction(sum(hits), samples)), "topk": floats(topk),
        "precision": floats(precision), "recall": floats(recall), "f1": floats(f1),
        "support": [labels.count(k) for k in range(classes)],
        "macro_precision": mean(precision), "macro_recall": mean(recall), "macro_f1": mean(f1),
    }


def main():
    dice = random.Random("metrics")
    write(HERE / "metrics.json", {
        "distinct": metrics(dice, 60, 10, 64, 10, 10),
        "ties": metrics(dice, 60, 5, 3, 5, 5),
        "without_samples": metrics(dice, 20, 4, 16, 2, 4),
        "never_predicted": metrics(dice, 20, 4, 16, 4, 2),
        "neither": metrics(dice, 20, 6, 16, 4, 3),
        "one_class": metrics(dice, 3, 1, 16, 1, 1),
    })


if __name__ == "__main__":
    main()
