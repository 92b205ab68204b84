#!/usr/bin/env python3
"""Writes losses.json: PyTorch's losses with mean reduction and their gradients, in float64.

A field a case: input [batch, …] and target as flat lists (class numbers, or values), the loss, and
the gradient of the loss by the input. What a loss is set to stands in tests/train/losses_test.cpp too.
Run: python3 losses.py
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
        "target": numbers(target) if target.is_floating_point() else target.tolist(),
        "loss": numbers(value)[0],
        "gradient": numbers(input.grad),
    }


def of_classes(dice):
    """With class weights, an ignored label, and smoothing; all labels are met, -100 too."""
    weight = tensor([0.5, 2.0, 0.0, 1.25, 3.0])
    classes = tensor([3, 0, -100, 4, 1, 2, -100])
    some = {"weight": {"weight": weight}, "ignore_class": {"ignore_index": 4}}
    smooth = {"smooth": {"label_smoothing": 0.1}, "all": {"label_smoothing": 0.25, "weight": weight}}
    cases = {}
    for name, options in some.items():
        log_probabilities = -grid(dice, (7, 5)).abs()
        cases[f"NLLLoss_{name}"] = case(nn.NLLLoss(**options), log_probabilities, classes.abs() % 5)
    cases["NLLLoss_ignore"] = case(nn.NLLLoss(weight), -grid(dice, (7, 5)).abs(), classes)
    for name, options in {**some, **smooth}.items():
        labels = classes if name == "all" else classes.abs() % 5
        cases[f"CrossEntropyLoss_{name}"] = case(
            nn.CrossEntropyLoss(**options), grid(dice, (7, 5)), labels
        )
    return cases


def of_tensors(dice):
    def errors(loss, least=0.0):
        target = grid(dice, (3, 4))
        input = target + grid(dice, (3, 4))  # none, and one on either side of where it turns
        input[0, :3] = target[0, :3] + tensor([least, 0.5, -0.5])
        return case(loss, input, target)

    def binary(loss, shape=(3, 4)):
        return case(loss, 8 * grid(dice, shape), grid(dice, shape).abs() / 2)

    def divergence(log_target):
        input, target = -grid(dice, (3, 4)).abs(), -grid(dice, (3, 4)).abs()
        if not log_target:
            target = tensor([[0.25, 0.5, 0.25, 0], [1, 0, 0, 0], [0.125, 0.125, 0.25, 0.5]])
        return case(nn.KLDivLoss(reduction="batchmean", log_target=log_target), input, target)

    channels = tensor([0.5, 3.0])
    return {
        "L1Loss": errors(nn.L1Loss()),
        "HuberLoss": errors(nn.HuberLoss()),
        "HuberLoss_delta": errors(nn.HuberLoss(delta=0.5)),
        "SmoothL1Loss": errors(nn.SmoothL1Loss()),
        "SmoothL1Loss_beta": errors(nn.SmoothL1Loss(beta=0.5)),
        # Without a difference of 0, where this version's gradient is -1, and later ones' is 0.
        "SmoothL1Loss_0": errors(nn.SmoothL1Loss(beta=0), 0.25),
        "BCEWithLogitsLoss": binary(nn.BCEWithLogitsLoss()),
        "BCEWithLogitsLoss_3": binary(nn.BCEWithLogitsLoss(pos_weight=tensor([3.0]))),
        "BCEWithLogitsLoss_each": binary(
            nn.BCEWithLogitsLoss(pos_weight=tensor([0.5, 1.0, 2.0, 4.0]))
        ),
        # An image of two channels: what the last axis has is its columns, so channels are told apart.
        "BCEWithLogitsLoss_channels": binary(
            nn.BCEWithLogitsLoss(pos_weight=channels[:, None, None]), (2, 2, 3, 2)
        ),
        "KLDivLoss": divergence(False),
        "KLDivLoss_log": divergence(True),
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
        **of_classes(dice),
        **of_tensors(dice),
    })


if __name__ == "__main__":
    main()
