#!/usr/bin/env python3
"""Writes state_dicts/*.txt: what torchvision's networks, and a ShuffleNet, call their tensors, in the order of
state_dict().

The first line is the number of parameters, "parameters 11689512"; each further line is a tensor, its name
and its extents, "conv1.weight 64 3 7 7". num_batches_tracked, which a file of weights may lack, is left out.
Needs Debian 12's python3-torchvision; run: /usr/bin/python3 state_dicts.py
"""
import torch
import torchvision
from torch import nn
from torchvision import models

from hashed import COUNT
from layers import HERE

TORCHVISION = "0.14.1"
if torchvision.__version__.split("a")[0] != TORCHVISION:
    raise SystemExit(f"torchvision: expected {TORCHVISION}, found {torchvision.__version__}")


def googlenet():
    """Without its auxiliary heads, as it is after training."""
    return models.googlenet(weights=None, aux_logits=False, init_weights=False)


class ShuffleUnit(nn.Module):
    def __init__(self, channels_in, channels, stride, groups):
        super().__init__()
        middle, made = channels // 4, channels - channels_in if stride == 2 else channels
        first = 1 if channels_in == 24 else groups
        self.conv1 = nn.Conv2d(channels_in, middle, 1, groups=first, bias=False)
        self.bn1 = nn.BatchNorm2d(middle)
        self.conv2 = nn.Conv2d(middle, middle, 3, stride, 1, groups=middle, bias=False)
        self.bn2 = nn.BatchNorm2d(middle)
        self.conv3 = nn.Conv2d(middle, made, 1, groups=groups, bias=False)
        self.bn3 = nn.BatchNorm2d(made)
        self.stride, self.shuffle = stride, nn.ChannelShuffle(groups)

    def forward(self, x):
        y = self.shuffle(self.bn1(self.conv1(x)).relu())
        y = self.bn3(self.conv3(self.bn2(self.conv2(y))))
        if self.stride == 1:
            return (x + y).relu()
        return torch.cat([nn.functional.avg_pool2d(x, 3, 2, 1), y], 1).relu()


class ShuffleNet(nn.Module):
    """Zhang et al., ShuffleNet, 2017, in 3 groups, with two units a stage. (torchvision has the second version,
    which cuts channels in two.)"""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 24, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(24)
        self.stage2 = nn.Sequential(ShuffleUnit(24, 240, 2, 3), ShuffleUnit(240, 240, 1, 3))
        self.stage3 = nn.Sequential(ShuffleUnit(240, 480, 2, 3), ShuffleUnit(480, 480, 1, 3))
        self.fc = nn.Linear(480, 1000)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.bn1(self.conv1(x)).relu(), 3, 2, 1)
        return self.fc(self.stage3(self.stage2(x)).mean((2, 3)))


NETWORKS = {
    "resnet18": models.resnet18,
    "resnet50": models.resnet50,
    "densenet121": models.densenet121,
    "googlenet": googlenet,
    "resnext50_32x4d": models.resnext50_32x4d,
    "shufflenet": ShuffleNet,
    "mobilenet_v2": models.mobilenet_v2,
    "mobilenet_v3_small": models.mobilenet_v3_small,
}


def main():
    folder = HERE / "state_dicts"
    folder.mkdir(exist_ok=True)
    for name, make in NETWORKS.items():
        network = make()
        lines = [f"parameters {sum(p.numel() for p in network.parameters())}"]
        for tensor, values in network.state_dict().items():
            if tensor.split(".")[-1] != COUNT:
                lines.append(" ".join([tensor, *map(str, values.shape)]))
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
