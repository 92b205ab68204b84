#!/usr/bin/env python3
"""Writes seed_net.json: the assignment's network through five steps of SGD in float64.

Parameters and images are formulas of their index (hashed() below, the same in the test), so that the
file holds results only: the loss before each step, and of each parameter afterwards how far it moved
at most and a sample of its elements. The images have a flat background, as MNIST's have: windows full
of equals, where the first maximum has to win. Run: python3 seed_net.py
"""
import math

import numpy
import torch
from torch import nn
from torch.nn import functional as F

from layers import HERE, TORCH, write

STEPS, BATCH = 5, 16
LR, MOMENTUM = 0.05, 0.9
SAMPLED = 24


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.conv3 = nn.Conv2d(64, 128, 3)
        self.conv4 = nn.Conv2d(128, 256, 3)
        self.fc1 = nn.Linear(4096, 50)
        self.fc2 = nn.Linear(50, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(F.max_pool2d(self.conv2(x), 2))
        x = F.relu(self.conv3(x))
        x = F.relu(F.max_pool2d(self.conv4(x), 2))
        x = F.relu(self.fc1(x.view(-1, 4096)))
        return F.log_softmax(self.fc2(x), dim=1)


def hashed(count, salt):
    """Multiples of 2^-31 in [-1, 1), by Knuth's multiplicative hash."""
    index = numpy.arange(count, dtype=numpy.uint64) + numpy.uint64(salt * 1_000_003)
    word = (index * numpy.uint64(2654435761)) & numpy.uint64(0xFFFFFFFF)
    word = word ^ (word >> numpy.uint64(15))
    word = (word * numpy.uint64(2246822519)) & numpy.uint64(0xFFFFFFFF)
    return torch.from_numpy(word.astype(numpy.float64) / 2**31 - 1)


def main():
    net = Net()
    before = {}
    with torch.no_grad():
        for salt, (name, parameter) in enumerate(net.named_parameters()):
            layer = getattr(net, name.split(".")[0])
            bound = 1 / math.sqrt(layer.weight[0].numel())
            parameter.copy_(bound * hashed(parameter.numel(), salt).reshape(parameter.shape))
            before[name] = parameter.clone()
    images = hashed(STEPS * BATCH * 784, 100).reshape(STEPS, BATCH, 1, 28, 28)
    images = torch.where(images > 0.5, 2 * images, torch.full_like(images, -0.5))
    target = torch.arange(BATCH) % 10

    optimiser = torch.optim.SGD(net.parameters(), lr=LR, momentum=MOMENTUM)
    losses = []
    for batch in images:
        optimiser.zero_grad()
        loss = F.nll_loss(net(batch), target)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())

    parameters = []
    for name, parameter in net.named_parameters():
        flat = parameter.detach().reshape(-1)
        stride = max(1, flat.numel() // SAMPLED)
        parameters.append({"name": name, "stride": stride, "data": flat[::stride].tolist(),
                           "moved": (parameter - before[name]).abs().max().item()})
    write(HERE / "seed_net.json", {"torch": TORCH, "batch": BATCH, "lr": LR, "momentum": MOMENTUM,
                                   "losses": losses, "parameters": parameters})


if __name__ == "__main__":
    main()
