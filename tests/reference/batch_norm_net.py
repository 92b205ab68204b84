#!/usr/bin/env python3
"""Writes batch_norm_net.json: ten SGD steps of a small network with batch normalisations in float64.

losses[k] is the loss before step k. `parameters` and `parameters_after` are the weights and the running
statistics before the first step and after the last; `y` is what the network predicts after it. Each
step has samples of its own: those of `batches[k]`. Run: python3 batch_norm_net.py
"""
import random

import torch
from torch import nn
from torch.nn import functional as F

from layers import HERE, TORCH, grid, numbers, write

LR, MOMENTUM, DECAY = 0.05, 0.9, 1e-3
BATCHES = [list(range(24)), list(range(5, 22)), list(range(3)), list(range(1, 24, 2)),
           list(range(24))] * 2


class Net(nn.Sequential):
    """A shortcut goes round layers 3 to 7."""
    def forward(self, x):
        x = self[:3](x)
        return self[8:](x + self[3:8](x))

    def __getitem__(self, layers):
        return nn.Sequential(*list(self.children())[layers])


def state(net):
    """All digits: what is compared is a part in 10^9 of the distance moved."""
    return [{"name": name, "shape": list(tensor.shape), "data": tensor.reshape(-1).tolist()}
            for name, tensor in net.state_dict().items()
            if not name.endswith("num_batches_tracked")]


def main():
    dice = random.Random("batch_norm_net 0")
    net = Net(
        nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(),
        nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4, momentum=0.3), nn.SiLU(),
        nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4, affine=False),
        nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(48, 10), nn.BatchNorm1d(10, eps=1e-3),
        nn.Tanh(), nn.Linear(10, 5)).double()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(grid(dice, parameter.shape, limit=16))
    x = grid(dice, (24, 3, 6, 8))
    target = torch.tensor([dice.randrange(5) for _ in range(24)])
    fields = {"module": repr(net), "torch": TORCH, "lr": LR, "momentum": MOMENTUM,
              "weight_decay": DECAY, "x": numbers(x), "target": target.tolist(),
              "batches": BATCHES, "parameters": state(net)}

    optimiser = torch.optim.SGD(net.parameters(), lr=LR, momentum=MOMENTUM, weight_decay=DECAY)
    losses = []
    for batch in BATCHES:
        optimiser.zero_grad()
        loss = F.cross_entropy(net(x[batch]), target[batch])
        loss.backward()
        losses += numbers(loss)
        optimiser.step()
    net.eval()
    write(HERE / "batch_norm_net.json",
          fields | {"losses": losses, "parameters_after": state(net), "y": numbers(net(x))})


if __name__ == "__main__":
    main()
