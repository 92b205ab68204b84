#!/usr/bin/env python3
"""Writes residual/*.json: a small residual network in float64, forward and backward: no_norm, group_norm,
frozen_batch_norm.

    conv1 3x3 -> [bn1] -> relu -> layer1 -> layer2 -> average of the image -> fc -> log_softmax

layer1 and layer2 are torchvision's basic blocks, relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut), the second
with stride 2 and a shortcut of downsample.0, 1x1 with stride 2, and downsample.1, a norm. A norm is called bn
whichever it is, as in torchvision; beside one, convolutions have no bias. The frozen batch norms are in eval
mode, and their weights, which are fixed, have no gradient. The loss is NLLLoss, mean.

Parameters, statistics and x are a formula (hashed.py), x by the name that `input` says. What is trained stands
in "gradients" in the order of state_dict(), "fixed" is the rest, "dx" the gradient of x. All numbers have 17
digits. Run: python3 residual.py
"""
from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional as F

from hashed import COUNT, fill, images
from layers import HERE, TORCH, write

BATCH, CHANNELS, CLASSES = 3, 4, 10
SHAPE = (3, 9, 9)
TARGET = [3, 0, 9]
# As in small_net.py: a value closer than this to the kink of a ReLU could fall on the other side in float32.
MARGIN = 1e-4

NORMS = {
    "no_norm": None,
    "group_norm": lambda channels: nn.GroupNorm(2, channels),
    "frozen_batch_norm": nn.BatchNorm2d,
}


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride, norm):
        super().__init__()
        bias = norm is None
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=bias)
        if norm:
            self.bn1 = norm(outputs)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=bias)
        if norm:
            self.bn2 = norm(outputs)
        self.out = nn.ReLU()
        if stride > 1:
            projection = nn.Conv2d(inputs, outputs, 1, stride=stride, bias=bias)
            self.downsample = nn.Sequential(projection, *([norm(outputs)] if norm else []))

    def forward(self, x):
        normed = lambda name, y: getattr(self, name)(y) if hasattr(self, name) else y
        y = self.relu(normed("bn1", self.conv1(x)))
        y = normed("bn2", self.conv2(y))
        return self.out(y + (self.downsample(x) if hasattr(self, "downsample") else x))


def network(norm):
    layers = [("conv1", nn.Conv2d(SHAPE[0], CHANNELS, 3, padding=1, bias=norm is None))]
    layers += [("bn1", norm(CHANNELS))] if norm else []
    layers += [
        ("relu", nn.ReLU()),
        ("layer1", Block(CHANNELS, CHANNELS, 1, norm)),
        ("layer2", Block(CHANNELS, 2 * CHANNELS, 2, norm)),
        ("avgpool", nn.AdaptiveAvgPool2d(1)),
        ("flatten", nn.Flatten()),
        ("fc", nn.Linear(2 * CHANNELS, CLASSES)),
        ("log_softmax", nn.LogSoftmax(dim=1)),
    ]
    return fill(nn.Sequential(OrderedDict(layers)))


def smallest_margin(net, x):
    """How far the nearest input of a ReLU is from its kink."""
    margins = []
    hooks = [
        module.register_forward_pre_hook(lambda _, inputs: margins.append(inputs[0].abs().min().item()))
        for module in net.modules()
        if isinstance(module, nn.ReLU)
    ]
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    assert len(margins) == 5
    return min(margins)


def chosen_input(net):
    """The first of "input 0", "input 1", ... of which nothing is near a kink."""
    for number in range(1000):
        name = f"input {number}"
        x = images(name, (BATCH, *SHAPE))
        if smallest_margin(net, x) >= MARGIN:
            return name, x
    raise SystemExit(f"no input has a margin of {MARGIN}")


def main():
    for variant, norm in NORMS.items():
        net = network(norm)
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval().requires_grad_(False)
        name, x = chosen_input(net)
        x.requires_grad_()
        y = net(x)
        loss = F.nll_loss(y, torch.tensor(TARGET))
        loss.backward()
        entry = lambda name, tensor: {"name": name, "shape": list(tensor.shape)}
        trained = {n: p for n, p in net.named_parameters() if p.requires_grad}
        fixed = {
            n: t for n, t in net.state_dict().items() if n not in trained and n.split(".")[-1] != COUNT
        }
        values = lambda tensor: tensor.detach().reshape(-1).tolist()
        write(HERE / "residual" / f"{variant}.json", {
            "module": repr(net),
            "torch": TORCH,
            "batch": BATCH,
            "input": name,
            "input_shape": list(SHAPE),
            "target": TARGET,
            "margin": smallest_margin(net, x.detach()),
            "fixed": [entry(n, t) for n, t in fixed.items()],
            "y": values(y),
            "loss": loss.item(),
            "dx": values(x.grad),
            "gradients": [entry(n, p) | {"data": values(p.grad)} for n, p in trained.items()],
        })


if __name__ == "__main__":
    main()
