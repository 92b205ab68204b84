#!/usr/bin/env python3
"""Writes mlperf_tiny.json: what PyTorch answers for the networks of examples/mlperf_tiny.hpp in float64, with
weights, statistics and inputs that are a formula (hashed.py), in eval mode.

Needs Debian 12's python3-torch; run: /usr/bin/python3 mlperf_tiny.py
"""
import torch
import torch.nn.functional as F
from torch import nn

from hashed import fill, images
from layers import HERE, TORCH, write

SAMPLES = 2


class SameConv2d(nn.Conv2d):
    """A Conv2d with TensorFlow's "same" padding, which for a stride of 2 is one-sided."""

    def forward(self, x):
        sides = []
        for size, kernel, stride in zip(x.shape[:1:-1], self.kernel_size[::-1], self.stride[::-1]):
            padding = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            sides += [padding // 2, padding - padding // 2]
        return super().forward(F.pad(x, sides))


def norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-3)


def norm_relu(channels):
    return nn.Sequential(norm(channels), nn.ReLU())


def separable(channels, out, stride=1):
    return nn.Sequential(SameConv2d(channels, channels, 3, stride, groups=channels), norm_relu(channels),
                         nn.Conv2d(channels, out, 1), norm_relu(out))


def keyword_spotting():
    return nn.Sequential(SameConv2d(1, 64, (10, 4), 2), norm_relu(64), *[separable(64, 64) for _ in range(4)],
                         nn.AvgPool2d((24, 5)), nn.Flatten(), nn.Linear(64, 12))


def visual_wake_words():
    blocks = [(8, 16, 1), (16, 32, 2), (32, 32, 1), (32, 64, 2), (64, 64, 1), (64, 128, 2),
              *[(128, 128, 1)] * 5, (128, 256, 2), (256, 256, 1)]
    return nn.Sequential(SameConv2d(3, 8, 3, 2), norm_relu(8), *[separable(*block) for block in blocks],
                         nn.AvgPool2d(3), nn.Flatten(), nn.Linear(256, 2))


class Block(nn.Module):
    """Its modules are called by numbers, the shortcut's among them."""

    def __init__(self, channels_in, channels, stride=1):
        super().__init__()
        modules = [SameConv2d(channels_in, channels, 3, stride), norm_relu(channels),
                   SameConv2d(channels, channels, 3), norm(channels)]
        if stride > 1:
            modules.append(nn.Conv2d(channels_in, channels, 1, stride))
        for number, module in enumerate(modules):
            self.add_module(str(number), module)

    def forward(self, x):
        first, norm_1, second, norm_2, *shortcut = self.children()
        return F.relu(norm_2(second(norm_1(first(x)))) + (shortcut[0](x) if shortcut else x))


def resnet8():
    return nn.Sequential(SameConv2d(3, 16, 3), norm_relu(16), Block(16, 16), Block(16, 32, 2),
                         Block(32, 64, 2), nn.AvgPool2d(8), nn.Flatten(), nn.Linear(64, 10))


def anomaly_detection():
    def dense(features, out):
        return nn.Sequential(nn.Linear(features, out), nn.BatchNorm1d(out, eps=1e-3), nn.ReLU())

    sizes = [640, 128, 128, 128, 128, 8, 128, 128, 128, 128]
    return nn.Sequential(*map(dense, sizes, sizes[1:]), nn.Linear(128, 640))


def streaming_wake_word():
    def in_time(channels, kernel, out):
        return nn.Sequential(nn.Conv2d(channels, channels, (kernel, 1), groups=channels, bias=False),
                             nn.Conv2d(channels, out, 1, bias=False), norm_relu(out), nn.Dropout(0.2))

    return nn.Sequential(in_time(40, 3, 128), in_time(128, 5, 128), in_time(128, 10, 128),
                         in_time(128, 15, 32), nn.Flatten(), nn.Linear(32, 3))


NETWORKS = {
    "KeywordSpotting": (keyword_spotting, (1, 49, 10)),
    "VisualWakeWords": (visual_wake_words, (3, 96, 96)),
    "ResNet8": (resnet8, (3, 32, 32)),
    "AnomalyDetection": (anomaly_detection, (640,)),
    "StreamingWakeWord": (streaming_wake_word, (40, 30, 1)),
}


def main():
    fields = {"torch": TORCH}
    for name, (make, shape) in NETWORKS.items():
        network = fill(make()).eval()
        with torch.no_grad():
            logits = network(images(f"input {name}", (SAMPLES, *shape)))
        fields[name] = {"samples": SAMPLES, "logits": logits.reshape(-1).tolist()}
    write(HERE / "mlperf_tiny.json", fields)


if __name__ == "__main__":
    main()
