#!/usr/bin/env python3
"""Writes initialisation.json: the range of PyTorch's default parameters, stated and observed.

Conv2d and Linear both draw weight and bias uniformly from +-1/sqrt(fan_in). "observed" is measured
over 200 modules; a uniform sample has std = bound / sqrt(3). Run: python3 initialisation.py
"""
import math

import torch
from torch import nn

from layers import HERE, TORCH, write

MODULES = 200
SOURCE = ("reset_parameters of torch.nn.modules.conv._ConvNd and torch.nn.modules.linear.Linear: "
          "init.kaiming_uniform_(weight, a=sqrt(5)), whose bound is sqrt(6 / ((1 + 5) fan_in)) "
          "= 1 / sqrt(fan_in); init.uniform_(bias, -1 / sqrt(fan_in), 1 / sqrt(fan_in))")


def observed(tensors, bound):
    values = torch.cat([t.reshape(-1) for t in tensors])
    if values.abs().max().item() > bound * (1 + 1e-12):
        raise SystemExit(f"found {values.abs().max().item()} outside of +-{bound}")
    digits = lambda value: float(f"{value.item():.10g}")
    return {"count": values.numel(), "min": digits(values.min()), "max": digits(values.max()),
            "mean": digits(values.mean()), "std": digits(values.std())}


def facts(make):
    torch.manual_seed(1)
    modules = [make() for _ in range(MODULES)]
    fan_in = modules[0].weight[0].numel()
    bound = 1 / math.sqrt(fan_in)
    with torch.no_grad():
        return {"module": repr(modules[0]), "fan_in": fan_in, "weight_bound": bound,
                "bias_bound": bound, "std": bound / math.sqrt(3),
                "observed": {"weight": observed([m.weight for m in modules], bound),
                             "bias": observed([m.bias for m in modules], bound)}}


def main():
    write(HERE / "initialisation.json", {
        "torch": TORCH,
        "source": SOURCE,
        "Conv2d": facts(lambda: nn.Conv2d(16, 32, 3)),
        "Linear": facts(lambda: nn.Linear(4096, 50)),
    })


if __name__ == "__main__":
    main()
