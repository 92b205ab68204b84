#!/usr/bin/env python3
"""Writes schedulers.json: learning rate and momentum at each step of PyTorch's schedulers.

lr[k] is in use after k calls of scheduler.step(); lr[0] is thus what the first step uses.
Run: python3 schedulers.py
"""
import torch
from torch.optim import lr_scheduler

from layers import HERE, TORCH, write


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
    words = ", ".join(f"{key}={value!r}" for key, value in options.items())
    return {"scheduler": f"{make.__name__}({words})", "initial_lr": initial_lr, "lr": lr,
            "momentum": momentum}


def main():
    write(HERE / "schedulers.json", {
        "torch": TORCH,
        "StepLR": schedule(0.1, 10, lr_scheduler.StepLR, step_size=3, gamma=0.1),
        # 11 values: the last one is eta_min, T_max steps after the first.
        "CosineAnnealingLR": schedule(0.1, 11, lr_scheduler.CosineAnnealingLR, T_max=10,
                                      eta_min=0.001),
        "OneCycleLR": schedule(0.1, 20, lr_scheduler.OneCycleLR, max_lr=0.1, total_steps=20),
        "OneCycleLR_linear": schedule(0.1, 20, lr_scheduler.OneCycleLR, max_lr=0.1, total_steps=20,
                                      anneal_strategy="linear", three_phase=False, pct_start=0.3,
                                      div_factor=25, final_div_factor=1e4, cycle_momentum=True),
    })


if __name__ == "__main__":
    main()
