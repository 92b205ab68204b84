#!/usr/bin/env python3
"""Loads ctnn's checkpoint into the assignment's own PyTorch network and tests it; prints JSON.

Run: python3 pytorch_load.py runs/mnist --data data/mnist   (reads runs/mnist/last.safetensors)
"""
import argparse
import json
from pathlib import Path

import torch
from torch.nn import functional as F

from pytorch_parity import load_mnist, load_safetensors
from pytorch_speed import Net


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="folder that holds last.safetensors")
    parser.add_argument("--data", required=True, help="folder of t10k-images-idx3-ubyte …")
    options = parser.parse_args()

    checkpoint = options.run / "last.safetensors"
    net = Net()
    net.load_state_dict(load_safetensors(checkpoint), strict=True)
    x, target = load_mnist(options.data, "t10k")
    with torch.no_grad():
        y = torch.cat([net(part) for part in x.split(500)])
    correct = (y.argmax(dim=1) == target).sum().item()
    print(json.dumps({"checkpoint": str(checkpoint), "images": len(x), "correct": correct,
                      "accuracy": correct / len(x), "loss": F.nll_loss(y, target).item()}))


if __name__ == "__main__":
    main()
