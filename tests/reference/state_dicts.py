#!/usr/bin/env python3
"""Writes state_dicts/*.txt: what torchvision's networks call their tensors, in the order of state_dict().

The first line is the number of parameters, "parameters 11689512"; each further line is a tensor, its name
and its extents, "conv1.weight 64 3 7 7". num_batches_tracked, which a file of weights may lack, is left out.
Needs Debian 12's python3-torchvision; run: /usr/bin/python3 state_dicts.py
"""
import torchvision
from torchvision import models

from hashed import COUNT
from layers import HERE

TORCHVISION = "0.14.1"
if torchvision.__version__.split("a")[0] != TORCHVISION:
    raise SystemExit(f"torchvision: expected {TORCHVISION}, found {torchvision.__version__}")


def googlenet():
    """Without its auxiliary heads, as it is after training."""
    return models.googlenet(weights=None, aux_logits=False, init_weights=False)


NETWORKS = {
    "resnet18": models.resnet18,
    "resnet50": models.resnet50,
    "densenet121": models.densenet121,
    "googlenet": googlenet,
    "resnext50_32x4d": models.resnext50_32x4d,
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
