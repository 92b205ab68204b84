#!/usr/bin/env python3
"""Measures PyTorch's training step or its prediction; prints one JSON line.

Fixed random data: no loader, no augmentation. Run: python3 pytorch_speed.py train --threads 2
The network is the assignment's, or one that `ctnn_shapes --describe` prints: --net JSON.
Its large buffers are mapped anew at every step; GLIBC_TUNABLES=glibc.malloc.hugetlb=1 lets it use
huge pages, and is printed with the result.

--frozen predicts with the network traced, frozen and optimised by torch.jit. That matters most for
one image: as it is, PyTorch 1.13 leaves a single small image to a plain matrix product, 20 times
slower than the oneDNN convolution that the frozen network calls.
"""
import argparse
import json
import math
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
    trained = (p for p in net.parameters() if p.requires_grad)
    return torch.optim.SGD(trained, lr=LR, momentum=MOMENTUM)


def train_step(net, optimiser, x, target):
    """One step; the loss before it."""
    optimiser.zero_grad()
    loss = F.nll_loss(net(x), target)
    loss.backward()
    optimiser.step()
    return loss.item()


class Described(nn.Module):
    """A network of PyTorch's own modules that `ctnn_shapes --describe` prints: each layer has a kind, a name
    and the values that it takes and makes, and the rest are its arguments. `named` are the modules by ctnn's
    names, which have dots."""

    JOINS = {"Sum": torch.add, "Product": torch.mul}

    def __init__(self, description):
        super().__init__()
        self.layers, self.steps, self.named = nn.ModuleList(), [], {}
        last = {value: i for i, layer in enumerate(description["layers"])
                for value in layer["takes"]}
        for i, layer in enumerate(map(dict, description["layers"])):
            kind, takes, makes = layer.pop("kind"), layer.pop("takes"), layer.pop("makes")
            call = self.JOINS.get(kind) or self.module(kind, layer)
            self.steps.append((call, takes, makes, [v for v in set(takes) if last[v] == i]))

    def module(self, kind, arguments):
        name, frozen = arguments.pop("name"), arguments.pop("frozen", False)
        sides = arguments.pop("sides", None)  # padding that PyTorch's layers do not have
        tuples = {key: tuple(value) if isinstance(value, list) else value  # nn.Upsample takes no list
                  for key, value in arguments.items()}
        module = self.named[name] = getattr(nn, kind)(**tuples)
        if sides:
            pad = getattr(nn, f"ConstantPad{len(sides) // 2}d")
            module = nn.Sequential(pad(sides, -math.inf if kind == "MaxPool2d" else 0.0), module)
        if frozen:
            module.requires_grad_(False).eval()
        self.layers.append(module)
        return module

    def forward(self, x):
        values = {0: x}
        for call, takes, makes, dead in self.steps:
            y = call(*[values[value] for value in takes])
            for value in dead:
                del values[value]
            values[makes] = y
        return y


def seconds(call, calls):
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - start) / calls


def measure(call, samples):
    """Seconds of a call, warm: each sample is a single one, or as many as take 50 ms."""
    seconds(call, 3)
    calls = math.ceil(0.05 / seconds(call, 1))
    return [seconds(call, calls) for _ in range(samples)]


def blas():
    """The library that does the linear layers: Debian's plain one unless OpenBLAS is installed."""
    mapped = (line.split()[-1] for line in open("/proc/self/maps"))
    return next((path for path in mapped if "blas" in os.path.basename(path)), "")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=("train", "predict"))
    parser.add_argument("--net", type=json.loads, metavar="JSON")
    parser.add_argument("--batch", type=int, default=BATCH)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--layout", choices=("channels_last", "contiguous"), default="contiguous")
    parser.add_argument("--frozen", action="store_true")
    parser.add_argument("--samples", type=int, default=10)
    options = parser.parse_args()
    if min(options.batch, options.threads, options.samples) < 1:
        parser.error("--batch, --threads and --samples must be at least 1")

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    shape = options.net["input"] if options.net else [1, 28, 28]
    layout = torch.channels_last if options.layout == "channels_last" and len(shape) == 3 \
        else torch.contiguous_format
    net = (Described(options.net) if options.net else Net()).to(memory_format=layout)
    x = torch.randn(options.batch, *shape).to(memory_format=layout)
    if options.work == "train":
        classes = net(x[:1]).shape[1]
        target, optimiser = torch.randint(classes, (options.batch,)), sgd(net)
        times = measure(lambda: train_step(net, optimiser, x, target), options.samples)
    else:
        net.eval()
        if options.frozen:
            net = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(net, x)))
        with torch.inference_mode():
            times = measure(lambda: net(x), options.samples)
    print(json.dumps({
        "rival": "pytorch",
        "version": torch.__version__,
        "blas": blas(),
        "work": options.work,
        "threads": options.threads,
        "layout": options.layout,
        "frozen": options.frozen,
        "batch": options.batch,
        "samples": options.samples,
        "glibc_tunables": os.environ.get("GLIBC_TUNABLES", ""),
        "images_per_second_best": round(options.batch / min(times), 1),
        "median": round(options.batch / statistics.median(times), 1),
    }))


if __name__ == "__main__":
    main()
