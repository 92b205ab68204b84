#!/usr/bin/env python3
"""Writes optimizers.json: the weights after each of twenty steps of PyTorch's optimizers, in float64.

The same weights and gradients, multiples of 1/64, serve every case; one gradient is always zero and
they differ in size. Numbers are written in full: the test allows a few units in the last place.
Run: python3 optimizers.py
"""
import random

import torch
from torch import optim

from layers import HERE, TORCH, grid, write

STEPS, COUNT = 20, 7


class Lion(optim.Optimizer):
    """Algorithm 2 of arXiv 2302.06675, which PyTorch lacks, as its authors write it (google/automl)."""

    def __init__(self, params, **options):
        super().__init__(params, options)

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for w in group["params"]:
                m = self.state[w].setdefault("exp_avg", torch.zeros_like(w))
                w.mul_(1 - group["lr"] * group["weight_decay"])
                w.add_(torch.sign(m * beta1 + w.grad * (1 - beta1)), alpha=-group["lr"])
                m.mul_(beta2).add_(w.grad, alpha=1 - beta2)


class NAdam(optim.NAdam):
    """PyTorch 2's: 1.13 multiplies by one momentum too many unless `foreach`, and decays the weights
    by their gradients only."""

    def __init__(self, params, decoupled_weight_decay, weight_decay, **options):
        self.shrinks = weight_decay if decoupled_weight_decay else 0
        super().__init__(params, foreach=True, **options,
                         weight_decay=0 if decoupled_weight_decay else weight_decay)

    def step(self):
        for group in self.param_groups:
            for w in group["params"]:
                w.data.mul_(1 - group["lr"] * self.shrinks)
        super().step()


def run(optimizer, weights, gradients, **options):
    """`options` as the constructor takes them; Adam's betas are written as beta1 and beta2."""
    w = weights.clone().requires_grad_()
    stepper = {"Lion": Lion, "NAdam": NAdam}.get(optimizer, getattr(optim, optimizer, None))([w], **options)
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


def nadam(momentum_decay=0.004, decoupled_weight_decay=False, **options):
    name, values = adam("NAdam", **{"lr": 0.002, **options})
    return name, {**values, "momentum_decay": momentum_decay,
                  "decoupled_weight_decay": decoupled_weight_decay}


def rmsprop(lr=0.01, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0, centered=False):
    return "RMSprop", {"lr": lr, "alpha": alpha, "eps": eps, "weight_decay": weight_decay,
                       "momentum": momentum, "centered": centered}


def lion(lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
    return "Lion", {"lr": lr, "betas": betas, "weight_decay": weight_decay}


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
        nadam(),
        nadam(lr=0.05, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.1, momentum_decay=0.5),
        nadam(lr=0.05, weight_decay=0.1, momentum_decay=0.0, decoupled_weight_decay=True),
        rmsprop(),
        rmsprop(lr=0.02, alpha=0.9, weight_decay=0.1, momentum=0.8),
        rmsprop(lr=0.02, alpha=0.95, eps=1e-3, centered=True),
        rmsprop(alpha=0.5, eps=0.1, weight_decay=0.01, momentum=0.9, centered=True),
        lion(),
        lion(lr=0.01, betas=(0.8, 0.9), weight_decay=0.1),
    ]
    write(HERE / "optimizers.json", {
        "torch": TORCH,
        "weights": weights.tolist(),
        "gradients": [gradient.tolist() for gradient in gradients],
        "cases": [run(name, weights, gradients, **options) for name, options in cases],
    })


if __name__ == "__main__":
    main()
