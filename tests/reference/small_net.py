#!/usr/bin/env python3
"""Writes small_net.json: a whole small network in float64: output, loss, gradients, five SGD steps.

Names are nn.Sequential's ("0.weight"). losses[k] is the loss before step k; parameters_after is the
state after the fifth step. The same batch is used for every step. Run: python3 small_net.py
"""
import random

import torch
from torch import nn
from torch.nn import functional as F

from layers import HERE, TORCH, gradients, grid, named, numbers, write

STEPS = 5
LR, MOMENTUM = 0.1, 0.9
# A value closer than this to the kink of ReLU or to the second of its pool window could fall on the
# other side in float32 and make every later number differ: such a seed is useless as a reference.
MARGIN = 2e-5
SEED = "small_net 0"


def smallest_margin(net, x):
    """How far the nearest value is from changing the path of a gradient."""
    before_relu = net[0](x)
    maps = net[2](net[1](before_relu))
    windows = F.unfold(maps.reshape(-1, 1, *maps.shape[2:]), 2, stride=2).transpose(1, 2)
    first, second = windows.topk(2, dim=2).values.unbind(dim=2)
    return min(t.abs().min().item() for t in (before_relu, first, first - second))


def main():
    dice = random.Random(SEED)
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 6, 3), nn.MaxPool2d(2),
                        nn.ReLU(), nn.Flatten(), nn.Linear(54, 5), nn.LogSoftmax(dim=1))
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(grid(dice, parameter.shape, limit=16))
    x = grid(dice, (4, 1, 10, 10))
    target = torch.tensor([2, 0, 4, 2])
    fields = {"module": repr(net), "torch": TORCH, "batch": 4, "input_shape": [1, 10, 10],
              "lr": LR, "momentum": MOMENTUM, "x": numbers(x), "target": target.tolist(),
              "parameters": named(net.named_parameters())}

    optimiser = torch.optim.SGD(net.parameters(), lr=LR, momentum=MOMENTUM)
    losses = []
    for step in range(STEPS):
        margin = smallest_margin(net, x)
        if margin < MARGIN:
            raise SystemExit(f"{SEED}: step {step}: margin {margin:.1e}; choose another seed")
        optimiser.zero_grad()
        y = net(x)
        loss = F.nll_loss(y, target)
        loss.backward()
        if step == 0:
            fields |= {"y": numbers(y), "loss": numbers(loss)[0], "gradients": gradients(net)}
        losses += numbers(loss)
        optimiser.step()
    fields |= {"losses": losses, "parameters_after": named(net.named_parameters())}
    write(HERE / "small_net.json", fields)


if __name__ == "__main__":
    main()
