#!/usr/bin/env python3
"""Writes torchvision_nets/*.json: what torchvision's networks answer, in float64, with weights and inputs
that are a formula (hashed.py), in eval mode.

A case is a batch of images, "input 3x224x224" by name: x = images("input 3x224x224", (samples, 3, 224, 224)).
It holds the logits, and to find an error quickly, in the order of their computation, the mean of |value| of
what each part of the network gives. Needs Debian 12's python3-torchvision; run:
/usr/bin/python3 torchvision_nets.py
"""
import torch

from hashed import fill, images
from layers import HERE, TORCH, write
from state_dicts import NETWORKS, TORCHVISION

#           the network, samples and sizes of its inputs, what is a part of its own though it is inside another
CASES = [
    ("resnet18", [(2, 224), (2, 32)], ["layer1", "layer2", "layer3", "layer4"]),
    ("densenet121", [(1, 32)], ["features"]),
    ("googlenet", [(1, 64)], []),
    ("resnet50", [(1, 32)], ["layer1", "layer2", "layer3", "layer4"]),
    ("resnext50_32x4d", [(1, 32)], ["layer1", "layer2", "layer3", "layer4"]),
    ("shufflenet", [(1, 64)], ["stage2", "stage3"]),
    ("mobilenet_v2", [(1, 64)], ["features"]),
    ("mobilenet_v3_small", [(1, 64)], ["features"]),
]


def parts(network, opened):
    """(name, module) of the parts: the children, in place of some of them theirs."""
    for name, module in network.named_children():
        if name in opened:
            for inner, child in module.named_children():
                yield f"{name}.{inner}", child
        else:
            yield name, module


def answer(network, opened, x):
    """The logits, and [name, mean of |value|] of each part's output."""
    means = []

    def note(name):
        def hook(module, inputs, output):  # at once: what comes next may work in place
            assert name not in dict(means), f"{name} is called twice"
            means.append([name, output.abs().mean().item()])

        return hook

    hooks = [part.register_forward_hook(note(name)) for name, part in parts(network, opened)]
    with torch.no_grad():
        logits = network(x)
    for hook in hooks:
        hook.remove()
    return logits, means


def main():
    for name, inputs, opened in CASES:
        network = fill(NETWORKS[name]()).eval()
        fields = {"torch": TORCH, "torchvision": TORCHVISION}
        for samples, size in inputs:
            shape = f"3x{size}x{size}"
            logits, means = answer(network, opened, images(f"input {shape}", (samples, 3, size, size)))
            assert logits.dtype == torch.float64
            fields[shape] = {"samples": samples, "mean_abs": means, "logits": logits.reshape(-1).tolist()}
        write(HERE / "torchvision_nets" / f"{name}.json", fields)


if __name__ == "__main__":
    main()
