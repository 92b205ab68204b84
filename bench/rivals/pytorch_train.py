#!/usr/bin/env python3
"""Measures PyTorch's training step of the assignment's network; prints one JSON line.

Fixed random data: no loader, no augmentation. Run: python3 pytorch_train.py --threads 2
Its large buffers are mapped anew at every step; GLIBC_TUNABLES=glibc.malloc.hugetlb=1 lets it use
huge pages, and is printed with the result.
"""
import argparse
import json
import os
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

BATCH = 512
LR, MOMENTUM = 0.01, 0.9


class Net(nn.Module):
    """The assignment's own network: 593,200 parameters, layers without parameters are functions."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, kernel_size=3)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=3)
        self.conv3 = nn.Conv2d(64, 128, kernel_size=3)
        self.conv4 = nn.Conv2d(128, 256, kernel_size=3)
        self.fc1 = nn.Linear(4096, 50)
        self.fc2 = nn.Linear(50, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(F.max_pool2d(self.conv2(x), 2))
        x = F.relu(self.conv3(x))
        x = F.relu(F.max_pool2d(self.conv4(x), 2))
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        return F.log_softmax(self.fc2(x), dim=1)


def sgd(net):
    return torch.optim.SGD(net.parameters(), lr=LR, momentum=MOMENTUM)


def train_step(net, optimiser, x, target):
    """One step; the loss before it."""
    optimiser.zero_grad()
    loss = F.nll_loss(net(x), target)
    loss.backward()
    optimiser.step()
    return loss.item()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, choices=(1, 2), default=1)
    parser.add_argument("--layout", choices=("channels_last", "contiguous"), default="contiguous")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--warmup", type=int, default=3)
    options = parser.parse_args()
    if options.steps < 1:
        parser.error("--steps must be at least 1")

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    layout = {"channels_last": torch.channels_last,
              "contiguous": torch.contiguous_format}[options.layout]
    net = Net().to(memory_format=layout)
    x = torch.randn(BATCH, 1, 28, 28).to(memory_format=layout)
    target = torch.randint(10, (BATCH,))
    optimiser = sgd(net)

    for _ in range(options.warmup):
        train_step(net, optimiser, x, target)
    seconds = []
    for _ in range(options.steps):
        start = time.perf_counter()
        train_step(net, optimiser, x, target)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({
        "rival": "pytorch",
        "version": torch.__version__,
        "threads": options.threads,
        "layout": options.layout,
        "batch": BATCH,
        "steps": options.steps,
        "glibc_tunables": os.environ.get("GLIBC_TUNABLES", ""),
        "images_per_second_best": round(BATCH / min(seconds), 1),
        "median": round(BATCH / statistics.median(seconds), 1),
    }))


if __name__ == "__main__":
    main()
