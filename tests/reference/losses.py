#!/usr/bin/env python3
"""Writes losses.json: PyTorch's losses with mean reduction and their gradients, in float64.

A field a case: input [batch, features] and target as flat lists (class numbers, or values for
MSELoss), the loss, and the gradient of the loss by the input. Run: python3 losses.py
"""
import random

from torch import nn, tensor

from layers import HERE, TORCH, grid, numbers, write


def case(loss, input, target):
    input.requires_grad_()
    value = loss(input, target)
    value.backward()
    return {
        "loss_function": repr(loss),
        "shape": list(input.shape),
        "input": numbers(input),
        "target": target.reshape(-1).tolist(),
        "loss": numbers(value)[0],
        "gradient": numbers(input.grad),
    }


def main():
    dice = random.Random("losses")
    classes = tensor([3, 0, 4, 4])
    write(HERE / "losses.json", {
        "torch": TORCH,
        "NLLLoss": case(nn.NLLLoss(), -grid(dice, (4, 5)).abs(), classes),
        "CrossEntropyLoss": case(nn.CrossEntropyLoss(), grid(dice, (4, 5)), classes),
        # exp overflows float32 from 88.8 on: only the shifted formula gets through.
        "CrossEntropyLoss_far": case(nn.CrossEntropyLoss(), 64 * grid(dice, (4, 5)), classes),
        "MSELoss": case(nn.MSELoss(), grid(dice, (3, 4)), grid(dice, (3, 4))),
    })


if __name__ == "__main__":
    main()
