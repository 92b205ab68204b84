#!/usr/bin/env python3
"""Writes schedulers.json: learning rate and momentum at each step of PyTorch's schedulers.

lr[k] is in use after k calls of scheduler.step(); lr[0] is thus what the first step uses.
Run: python3 schedulers.py
"""
import torch
from torch.optim import lr_scheduler

from layers import HERE, TORCH, write


def described(name, options):
    """The call as it is written; functions among its arguments by their names."""
    words = {key: [getattr(item, "__name__", item) for item in value] if isinstance(value, list) else value
             for key, value in options.items()}
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in words.items())})"


def schedule(initial_lr, values, make, **options):
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=initial_lr, momentum=0.9)
    scheduler = make(optimiser, **options)
    group = optimiser.param_groups[0]
    lr, momentum = [], []
    for _ in range(values):
        lr.append(group["lr"])
        momentum.append(group["momentum"])
        optimiser.step()
        scheduler.step()
    return {"scheduler": described(make.__name__, options), "initial_lr": initial_lr, "lr": lr,
            "momentum": momentum}


def sequential(optimiser, schedulers, milestones):
    """`schedulers` as functions of the optimiser, which they are to share."""
    return lr_scheduler.SequentialLR(optimiser, [make(optimiser) for make in schedulers], milestones)


def warm_up(optimiser):
    return lr_scheduler.LinearLR(optimiser, start_factor=0.01, total_iters=5)


def cosine(optimiser):
    return lr_scheduler.CosineAnnealingLR(optimiser, T_max=10, eta_min=0.001)


def exponential(optimiser):
    return lr_scheduler.ExponentialLR(optimiser, gamma=0.5)


# Falls, stays, falls by less than the threshold, rises, falls again, stays.
METRICS = [3, 2, 2, 2, 1.99, 1.98, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.6, 1.7, 1.8, 1.2, 1.1, 1.1, 1.1,
           1.1, 1.1, 1.0999, 1.1, 1.1, -1, -1, -1, -1.01, -1.2, -1.2, -1.2, -1.2, -1.2]


def plateau(sign=1, **options):
    """lr[k] is what step(metrics[k]) leaves."""
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimiser, **options)
    lr = []
    for metric in METRICS:
        scheduler.step(sign * metric)
        lr.append(optimiser.param_groups[0]["lr"])
    return {"scheduler": described("ReduceLROnPlateau", options), "metrics": [sign * m for m in METRICS],
            "lr": lr}


def main():
    write(HERE / "schedulers.json", {
        "torch": TORCH,
        "StepLR": schedule(0.1, 10, lr_scheduler.StepLR, step_size=3, gamma=0.1),
        # 11 values: the last one is eta_min, T_max steps after the first.
        "CosineAnnealingLR": schedule(0.1, 11, lr_scheduler.CosineAnnealingLR, T_max=10,
                                      eta_min=0.001),
        "MultiStepLR": schedule(0.1, 14, lr_scheduler.MultiStepLR, milestones=[3, 8, 8, 12],
                                gamma=0.3),
        "ExponentialLR": schedule(0.1, 12, lr_scheduler.ExponentialLR, gamma=0.9),
        "LinearLR": schedule(0.1, 10, lr_scheduler.LinearLR),
        "LinearLR_down": schedule(0.1, 10, lr_scheduler.LinearLR, start_factor=1.0, end_factor=0.1,
                                  total_iters=7),
        "PolynomialLR": schedule(0.1, 10, lr_scheduler.PolynomialLR, total_iters=7, power=0.9),
        "CosineAnnealingWarmRestarts": schedule(
            0.1, 20, lr_scheduler.CosineAnnealingWarmRestarts, T_0=4, eta_min=0.001),
        "CosineAnnealingWarmRestarts_longer": schedule(
            0.1, 40, lr_scheduler.CosineAnnealingWarmRestarts, T_0=3, T_mult=2),
        "SequentialLR": schedule(0.1, 16, sequential, schedulers=[warm_up, cosine],
                                 milestones=[5]),
        "SequentialLR_of_three": schedule(0.1, 20, sequential,
                                          schedulers=[warm_up, cosine, exponential],
                                          milestones=[5, 12]),
        "ReduceLROnPlateau": plateau(patience=2),
        "ReduceLROnPlateau_max": plateau(sign=-1, mode="max", factor=0.5, patience=1,
                                         threshold=0.05, threshold_mode="abs", cooldown=2,
                                         min_lr=0.01),
        "ReduceLROnPlateau_abs": plateau(factor=0.3, patience=0, threshold=0.3,
                                         threshold_mode="abs", cooldown=1, eps=1e-3),
        "ReduceLROnPlateau_rel_max": plateau(sign=-1, mode="max", patience=3, threshold=0.1),
        "OneCycleLR": schedule(0.1, 20, lr_scheduler.OneCycleLR, max_lr=0.1, total_steps=20),
        "OneCycleLR_linear": schedule(0.1, 20, lr_scheduler.OneCycleLR, max_lr=0.1, total_steps=20,
                                      anneal_strategy="linear", three_phase=False, pct_start=0.3,
                                      div_factor=25, final_div_factor=1e4, cycle_momentum=True),
    })


if __name__ == "__main__":
    main()
