#!/usr/bin/env python3
"""Writes init.json: the mean, deviation and limits of what torch.nn.init draws.

Each case is a call of torch.nn.init on a tensor of a shape: its moments by the function's documentation
(those of a truncated normal from scipy's), and what is observed over many tensors, which this script
compares: a "std" in the file is PyTorch's in fact. Needs python3-scipy too; run: python3 init.py
"""
import math

import torch
from scipy import stats
from torch.nn import init

from layers import HERE, TORCH, write

NUMBERS = 1_000_000  # observed of each case
CONV = (32, 16, 3, 3)  # fan_in 144, fan_out 288
LINEAR = (50, 200)


def gain(nonlinearity, param=None):
    return init.calculate_gain(nonlinearity, param)


def uniform(low, high):
    return {"mean": (low + high) / 2, "std": (high - low) / math.sqrt(12), "low": low, "high": high}


def normal(mean, std):
    return {"mean": mean, "std": std, "low": None, "high": None}


def trunc_normal(mean, std, low, high):
    law = stats.truncnorm((low - mean) / std, (high - mean) / std, loc=mean, scale=std)
    return {"mean": float(law.mean()), "std": float(law.std()), "low": low, "high": high}


def fan(shape, mode):
    fan_in, fan_out = init._calculate_fan_in_and_fan_out(torch.empty(shape))
    return {"fan_in": fan_in, "fan_out": fan_out, "both": fan_in + fan_out}[mode]


def case(name, shape, fill, stated):
    torch.manual_seed(1)
    tensors = []
    for _ in range(NUMBERS // math.prod(shape) + 1):
        tensors.append(fill(torch.empty(shape)).reshape(-1))
    values = torch.cat(tensors)
    count = values.numel()
    mean, std = values.mean().item(), values.std().item()
    error = stated["std"] / math.sqrt(count)
    if abs(mean - stated["mean"]) > 5 * error or abs(std - stated["std"]) > 5 * error:
        raise SystemExit(f"{name}: stated {stated}, found mean {mean}, std {std}")
    if stated["low"] is not None and (values.min() < stated["low"] - 1e-12 or
                                      values.max() > stated["high"] + 1e-12):
        raise SystemExit(f"{name}: found numbers outside of {stated}")
    return {"shape": list(shape), **stated,
            "observed": {"count": count, "mean": float(f"{mean:.6g}"), "std": float(f"{std:.6g}")}}


def main():
    cases = {}

    def add(name, shape, fill, stated):
        cases[name] = case(name, shape, fill, stated)

    for mode in ("fan_in", "fan_out"):
        std = gain("relu") / math.sqrt(fan(CONV, mode))
        bound = math.sqrt(3) * std
        add(f"kaiming_uniform_{mode}", CONV,
            lambda w: init.kaiming_uniform_(w, mode=mode, nonlinearity="relu"),
            uniform(-bound, bound))
        add(f"kaiming_normal_{mode}", CONV,
            lambda w: init.kaiming_normal_(w, mode=mode, nonlinearity="relu"), normal(0, std))
    for name, param in (("linear", None), ("sigmoid", None), ("tanh", None), ("selu", None),
                        ("leaky_relu", 0.2)):
        add(f"kaiming_normal_{name}", LINEAR,
            lambda w: init.kaiming_normal_(w, a=param or 0, nonlinearity=name),
            normal(0, gain(name, param) / math.sqrt(fan(LINEAR, "fan_in"))))
    for name, factor in (("", 1), ("_tanh", gain("tanh"))):
        std = factor * math.sqrt(2 / fan(CONV, "both"))
        add(f"xavier_uniform{name}", CONV, lambda w: init.xavier_uniform_(w, factor),
            uniform(-math.sqrt(3) * std, math.sqrt(3) * std))
        add(f"xavier_normal{name}", CONV, lambda w: init.xavier_normal_(w, factor), normal(0, std))
    add("uniform", LINEAR, lambda w: init.uniform_(w, -1, 3), uniform(-1, 3))
    add("normal", LINEAR, lambda w: init.normal_(w, 0.5, 0.02), normal(0.5, 0.02))
    for name, arguments in (("", (0, 1, -2, 2)), ("_wide", (0, 0.02, -2, 2)),
                            ("_narrow", (1, 2, -0.5, 1.5)), ("_above", (0, 1, 2.5, 4)),
                            ("_below", (0, 1, -4, -2.5))):
        add(f"trunc_normal{name}", LINEAR, lambda w: init.trunc_normal_(w, *arguments),
            trunc_normal(*arguments))
    write(HERE / "init.json", {"torch": TORCH, "cases": cases})


if __name__ == "__main__":
    main()
