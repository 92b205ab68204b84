#!/usr/bin/env python3
"""Writes optimizers.json: the weights after each of five steps of PyTorch's optimizers, in float64.

The same weights and gradients, multiples of 1/64, serve every case; one gradient is always zero and
they differ in size. Numbers are written in full: the test allows a few units in the last place.
Run: python3 optimizers.py
"""
import random

from torch import optim

from layers import HERE, TORCH, grid, write

STEPS, COUNT = 5, 7


def run(optimizer, weights, gradients, **options):
    """`options` as the constructor takes them; Adam's betas are written as beta1 and beta2."""
    w = weights.clone().requires_grad_()
    stepper = getattr(optim, optimizer)([w], **options)
    after = []
    for gradient in gradients:
        w.grad = gradient.clone()
        stepper.step()
        after.append(w.tolist())
    if "betas" in options:
        options["beta1"], options["beta2"] = options.pop("betas")
    return {"optimizer": optimizer, **options, "weights": after}


def sgd(lr=0.01, momentum=0.0, weight_decay=0.0, nesterov=False):
    return "SGD", {"lr": lr, "momentum": momentum, "weight_decay": weight_decay,
                   "nesterov": nesterov}


def adam(name, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
    return name, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}


def main():
    dice = random.Random("optimizers")
    weights = grid(dice, (COUNT,))
    gradients = [grid(dice, (COUNT,)) for _ in range(STEPS)]
    for gradient in gradients:
        gradient[2] = 0
        gradient[4] /= 1024
        gradient[5] *= 64
    cases = [
        sgd(),
        sgd(lr=0.1, weight_decay=0.01),
        sgd(momentum=0.9),
        sgd(lr=0.1, momentum=0.5, weight_decay=0.1),
        sgd(momentum=0.9, nesterov=True),
        sgd(lr=0.05, momentum=0.8, weight_decay=0.02, nesterov=True),
        adam("Adam"),
        adam("Adam", lr=0.1, betas=(0.5, 0.9), eps=1e-3),
        adam("Adam", lr=0.01, weight_decay=0.1),
        adam("AdamW", weight_decay=0.01),
        adam("AdamW", lr=0.1, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.2),
        adam("AdamW", lr=0.02),
    ]
    write(HERE / "optimizers.json", {
        "torch": TORCH,
        "weights": weights.tolist(),
        "gradients": [gradient.tolist() for gradient in gradients],
        "cases": [run(name, weights, gradients, **options) for name, options in cases],
    })


if __name__ == "__main__":
    main()
