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
import json
import statistics
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from pytorch_parity import load_idx
from turns import ROOT, need, number, print_line, program, run

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


def start(options, layout):
    net = network().to(memory_format=layout)
    return net, torch.optim.SGD(net.parameters(), lr=options.lr, momentum=MOMENTUM,
                                weight_decay=WEIGHT_DECAY)


def step(net, optimiser, x, target):
    """The loss before it."""
    optimiser.zero_grad()
    loss = F.nll_loss(net(x), target)
    loss.backward()
    optimiser.step()
    return loss.item()


def faster_layout(options):
    seconds = {}
    for layout in (torch.channels_last, torch.contiguous_format):
        net, optimiser = start(options, layout)
        x = torch.randn(options.batch, 1, 28, 28).to(memory_format=layout)
        target = torch.randint(10, (options.batch,))
        calls = [-time.perf_counter()]
        for _ in range(10):
            step(net, optimiser, x, target)
            now = time.perf_counter()
            calls[-1] += now
            calls.append(-now)
        seconds[layout] = statistics.median(calls[2:-1])  # warm
    return min(seconds, key=seconds.get)


def pytorch(options, seed, layout):
    torch.manual_seed(seed)
    x, target = (part[:options.images] for part in load(options.data, "train", layout))
    net, optimiser = start(options, layout)
    batches = -(-len(x) // options.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, options.lr, total_steps=options.epochs * batches, cycle_momentum=False)

    begin = time.perf_counter()
    for _ in range(options.epochs):
        total = 0
        for chosen in torch.randperm(len(x)).split(options.batch):
            batch = x[chosen].contiguous(memory_format=layout)
            total += step(net, optimiser, batch, target[chosen]) * len(chosen)
            schedule.step()
    seconds = time.perf_counter() - begin

    net.eval()
    x_test, target_test = load(options.data, "t10k", layout)
    with torch.inference_mode():
        guesses = torch.cat([net(part).argmax(dim=1) for part in x_test.split(500)])
    return {"parameters": sum(p.numel() for p in net.parameters()), "loss": total / len(x),
            "accuracy": (guesses == target_test).float().mean().item(),
            "images_per_second": options.epochs * len(x) / seconds}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=program,
                        default=ROOT / "build/bench/bench/ctnn_fashion_mnist")
    parser.add_argument("--data", type=Path, default=ROOT / "data/fashion-mnist")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--images", type=int, default=60000, help="train on the first so many")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--lr", type=float, default=0.05, help="at the peak of the cycle")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all runs there as well")
    options = parser.parse_args()
    if min(options.epochs, options.images, options.batch, options.threads) < 1:
        parser.error("--epochs, --images, --batch and --threads must be at least 1")
    need(parser, options.program, "cmake --build build/bench --target ctnn_fashion_mnist")
    need(parser, options.data, "scripts/fetch-data --install fashion-mnist data/fashion-mnist")
    torch.set_num_threads(options.threads)
    layout = faster_layout(options)

    runs = {"ctnn": [], "PyTorch": []}
    print_line("what", "seed", "last epoch's loss", "test accuracy", "images/s")
    print_line("---", *["---:"] * 4)
    for seed in options.seeds:
        for name, train in (
                ("ctnn", lambda: run([options.program, options.data, seed, options.epochs,
                                      options.images, options.batch, options.lr,
                                      options.threads])),
                ("PyTorch", lambda: pytorch(options, seed, layout))):
            done = train()
            runs[name].append(done)
            print_line(name, seed, f"{done['loss']:.4f}", f"{done['accuracy']:.2%}",
                       number(done["images_per_second"]))
    assert len({done["parameters"] for all_runs in runs.values() for done in all_runs}) == 1

    def mean(name, what):
        return statistics.mean(done[what] for done in runs[name])

    for name in runs:
        print_line(name, "mean", f"{mean(name, 'loss'):.4f}", f"{mean(name, 'accuracy'):.2%}",
                   number(mean(name, "images_per_second")))
    ratio = statistics.mean(a["images_per_second"] / b["images_per_second"]
                            for a, b in zip(runs["ctnn"], runs["PyTorch"]))
    print(f"ctnn trains {ratio:.2f} times as fast; PyTorch {torch.__version__}, {layout}")
    if options.json:
        options.json.write_text(json.dumps({"options": vars(options), "runs": runs}, indent=1,
                                           default=str) + "\n")


if __name__ == "__main__":
    main()
