#!/usr/bin/env python3
"""Trains a residual network with GroupNorm on Fashion-MNIST, in ctnn and in PyTorch; prints a table.

Run: scripts/fetch-data --install fashion-mnist data/fashion-mnist
     cmake --preset bench && cmake --build build/bench --target ctnn_fashion_mnist
     /usr/bin/python3 bench/rivals/fashion_mnist.py      (one that has torch)

Both train the same network by the same recipe: MLPerf Tiny's ResNet-8 with GroupNorm in place of its
batch norms, pooled to 3x3 so that a few epochs do; batches of 128, SGD with momentum 0.9 and weight
decay, a learning rate of one cycle, no augmentation. Both start by PyTorch's default distribution, each
with random numbers and an order of its own, so that accuracies are alike but not equal: seeds tell how
much they vary. They take turns, seed by seed. The test images are not part of the time. PyTorch has the
layout, channels-last or its default, in which a few steps were faster; its images are normalised before
its clock starts, and a batch is taken from them by its indices, without a loader.
"""
import argparse
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

import training
from pytorch_parity import load_idx
from turns import ROOT, need

MOMENTUM, WEIGHT_DECAY = 0.9, 5e-4
MEAN, STD = 0.2860, 0.3530


def conv(channels_in, channels, stride=1):
    return nn.Conv2d(channels_in, channels, 3, stride, padding=1, bias=False)


class Block(nn.Module):
    def __init__(self, channels_in, channels, stride=1):
        super().__init__()
        self.body = nn.Sequential(conv(channels_in, channels, stride), nn.GroupNorm(8, channels),
                                  nn.ReLU(inplace=True), conv(channels, channels),
                                  nn.GroupNorm(8, channels))
        self.shortcut = nn.Identity() if stride == 1 else nn.Conv2d(channels_in, channels, 1, stride)

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x), inplace=True)


def network():
    return nn.Sequential(conv(1, 16), nn.GroupNorm(8, 16), nn.ReLU(inplace=True), Block(16, 16),
                         Block(16, 32, 2), Block(32, 64, 2), nn.AdaptiveAvgPool2d(3), nn.Flatten(),
                         nn.Linear(64 * 9, 10), nn.LogSoftmax(dim=1))


def load(folder, split, layout):
    """Normalised images and their labels."""
    x = torch.from_numpy(load_idx(folder / f"{split}-images-idx3-ubyte", 3).copy())
    x = ((x.float() / 255 - MEAN) / STD).unsqueeze(1).to(memory_format=layout)
    return x, torch.from_numpy(load_idx(folder / f"{split}-labels-idx1-ubyte", 1).copy()).long()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    training.add_options(parser, ROOT / "build/bench/bench/ctnn_fashion_mnist", epochs=3, lr=0.05)
    parser.add_argument("--data", type=Path, default=ROOT / "data/fashion-mnist")
    parser.add_argument("--images", type=int, default=60000, help="train on the first so many")
    options = parser.parse_args()
    if min(options.epochs, options.images, options.batch, options.threads) < 1:
        parser.error("--epochs, --images, --batch and --threads must be at least 1")
    need(parser, options.program, "cmake --build build/bench --target ctnn_fashion_mnist")
    need(parser, options.data, "scripts/fetch-data --install fashion-mnist data/fashion-mnist")
    torch.set_num_threads(options.threads)

    def start(layout):
        net = network().to(memory_format=layout)
        return net, torch.optim.SGD(net.parameters(), lr=options.lr, momentum=MOMENTUM,
                                    weight_decay=WEIGHT_DECAY)

    layout = training.faster_layout(start, F.nll_loss, (options.batch, 1, 28, 28))

    def pytorch(seed):
        torch.manual_seed(seed)
        x, target = (part[:options.images] for part in load(options.data, "train", layout))
        net, done = training.train(options, start, F.nll_loss, layout, x, target,
                                   lambda images, chosen: images[chosen])
        return done | {"accuracy": training.accuracy(net, *load(options.data, "t10k", layout),
                                                     layout)}

    training.compare(options, layout,
                     lambda seed: [options.program, options.data, seed, options.epochs,
                                   options.images, options.batch, options.lr, options.threads],
                     pytorch)


if __name__ == "__main__":
    main()
