#!/usr/bin/env python3
"""Trains ResNet-8 or ResNet-20 with batch normalisation on CIFAR-10, in ctnn and in PyTorch; prints a table.

Run: cmake --preset bench && cmake --build build/bench --target ctnn_cifar10
     /usr/bin/python3 bench/rivals/cifar10.py resnet8 --data FOLDER      (a Python that has torch)

FOLDER holds CIFAR-10's binary version: data_batch_1.bin ... data_batch_5.bin, test_batch.bin. Accuracies
are comparable only with others of the same files.

Both train the same network by the same recipe: batches of 128, SGD with momentum 0.9 and weight decay, a
learning rate of one cycle, images moved by up to 4 pixels and mirrored. Both start by PyTorch's default
distribution, each with random numbers and an order of its own, so that accuracies are alike but not
equal: seeds tell how much they vary. They take turns, seed by seed. The test images are not part of the
time. PyTorch has the layout, channels-last or its default, in which a few steps were faster; its images
are normalised before its clock starts, and a batch is cropped and mirrored by indices, without a loader.
"""
import argparse
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

import training
from turns import ROOT, need

MOMENTUM = 0.9
MEAN = torch.tensor([0.4914, 0.4822, 0.4465]).view(3, 1, 1)
STD = torch.tensor([0.2470, 0.2435, 0.2616]).view(3, 1, 1)
RECORD = 1 + 3 * 32 * 32
EPOCHS = {"resnet8": 20, "resnet20": 8}


def conv(channels_in, channels, kernel, stride=1, bias=False):
    return nn.Conv2d(channels_in, channels, kernel, stride, padding=kernel // 2, bias=bias)


class Block(nn.Module):
    def __init__(self, channels_in, channels, shortcut):
        super().__init__()
        stride = channels // channels_in
        self.body = nn.Sequential(conv(channels_in, channels, 3, stride), nn.BatchNorm2d(channels),
                                  nn.ReLU(inplace=True), conv(channels, channels, 3),
                                  nn.BatchNorm2d(channels))
        self.shortcut = nn.Identity() if stride == 1 else shortcut(channels_in, channels)

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x), inplace=True)


def bare(channels_in, channels):
    return conv(channels_in, channels, 1, 2, bias=True)


def normed(channels_in, channels):
    return nn.Sequential(conv(channels_in, channels, 1, 2), nn.BatchNorm2d(channels))


def network(name):
    blocks, shortcut = (1, bare) if name == "resnet8" else (3, normed)
    layers = [conv(3, 16, 3), nn.BatchNorm2d(16), nn.ReLU(inplace=True)]
    width = 16
    for channels in (16, 32, 64):
        for _ in range(blocks):
            layers.append(Block(width, channels, shortcut))
            width = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def load(folder, names):
    """Normalised images and their labels."""
    raw = b"".join((folder / f"{name}.bin").read_bytes() for name in names)
    records = torch.frombuffer(bytearray(raw), dtype=torch.uint8).view(-1, RECORD)
    return (records[:, 1:].view(-1, 3, 32, 32).float() / 255 - MEAN) / STD, records[:, 0].long()


def moved_and_mirrored(padded, chosen):
    """A batch: each image at a place of its own in its padded one, every second one mirrored."""
    rows, columns = (torch.randint(9, (len(chosen), 1, 1)) + torch.arange(32).view(shape)
                     for shape in ((1, 32, 1), (1, 1, 32)))
    columns = torch.where(torch.rand(len(chosen), 1, 1) < 0.5, columns.flip(2), columns)
    return padded.permute(0, 2, 3, 1)[chosen.view(-1, 1, 1), rows, columns].permute(0, 3, 1, 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=EPOCHS)
    training.add_options(parser, ROOT / "build/bench/bench/ctnn_cifar10", epochs=None, lr=0.2)
    parser.add_argument("--data", type=Path, default=ROOT / "data/cifar10")
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    options = parser.parse_args()
    options.epochs = options.epochs or EPOCHS[options.network]
    if min(options.epochs, options.batch, options.threads) < 1:
        parser.error("--epochs, --batch and --threads must be at least 1")
    need(parser, options.program, "cmake --build build/bench --target ctnn_cifar10")
    if not (options.data / "test_batch.bin").exists():
        parser.error(f"{options.data} has no test_batch.bin: it is to hold CIFAR-10's binary version")
    torch.set_num_threads(options.threads)

    def start(layout):
        net = network(options.network).to(memory_format=layout)
        return net, torch.optim.SGD(net.parameters(), lr=options.lr, momentum=MOMENTUM,
                                    weight_decay=options.weight_decay)

    layout = training.faster_layout(start, F.cross_entropy, (options.batch, 3, 32, 32))

    def pytorch(seed):
        torch.manual_seed(seed)
        x, target = load(options.data, [f"data_batch_{i}" for i in range(1, 6)])
        padded = ((0 - MEAN) / STD).expand(len(x), 3, 40, 40).clone()  # black, as RandomCrop pads
        padded[:, :, 4:-4, 4:-4] = x
        net, done = training.train(options, start, F.cross_entropy, layout, padded, target,
                                   moved_and_mirrored)
        return done | {"accuracy": training.accuracy(net, *load(options.data, ["test_batch"]),
                                                     layout)}

    training.compare(options, layout,
                     lambda seed: [options.program, options.network, options.data, seed,
                                   options.epochs, options.batch, options.lr,
                                   options.weight_decay, options.threads],
                     pytorch)


if __name__ == "__main__":
    main()
