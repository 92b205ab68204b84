#!/usr/bin/env python3
"""Writes recipe.json: a small network in float64 after twenty steps of whole recipes: parameter groups,
a warm-up, clipping, an average of the weights.

Names are nn.Sequential's ("0.weight"). losses[k] is the loss before step k; norms[k] is what
clip_grad_norm_ returns in it; parameters_after and averages are those after the last. The same batch
is used for every step. Run: python3 recipe.py
"""
import random

import torch
from torch import nn, optim
from torch.nn import functional as F
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
from torch.optim.swa_utils import AveragedModel

from layers import HERE, TORCH, grid, named, numbers, write

STEPS = 20


def make_net(dice):
    # Smooth: nothing falls on the other side of a kink in float32.
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.GroupNorm(2, 4), nn.Tanh(), nn.Flatten(),
                        nn.Linear(64, 6), nn.Tanh(), nn.Linear(6, 5), nn.LogSoftmax(dim=1))
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(grid(dice, parameter.shape, limit=16))
    return net


def train(start, x, target, make, clip, decay, schedule=None):
    net = make_net(random.Random(start))
    optimiser = make(net)
    scheduler = schedule and schedule(optimiser)
    averaged = AveragedModel(net, avg_fn=lambda average, w, _: decay * average + (1 - decay) * w)
    losses, norms = [], []
    for _ in range(STEPS):
        optimiser.zero_grad()
        loss = F.nll_loss(net(x), target)
        loss.backward()
        norms.append(clip(net.parameters()))
        optimiser.step()
        averaged.update_parameters(net)
        if scheduler:
            scheduler.step()
        losses.append(loss)
    return {"losses": numbers(torch.stack(losses)),
            "norms": [] if norms[0] is None else numbers(torch.stack(norms)),
            "parameters_after": named(net.named_parameters()),
            "averages": named(averaged.module.named_parameters())}


def groups(net, base, vectors, last):
    """Tensors of one dimension; of the others those of the last layer; the rest."""
    rest, of_vectors, of_last = [], [], []
    for name, parameter in net.named_parameters():
        of = of_vectors if parameter.dim() <= 1 else of_last if name.startswith("6.") else rest
        of.append(parameter)
    return [{"params": rest}, {"params": of_vectors, **base, **vectors},
            {"params": of_last, **base, **last}]


def warm_up_and_cosine(optimiser):
    return SequentialLR(optimiser, [LinearLR(optimiser, start_factor=0.1, total_iters=5),
                                    CosineAnnealingLR(optimiser, T_max=15)], [5])


def sgd(net):
    return optim.SGD(groups(net, {}, {"weight_decay": 0}, {"lr": 0.5}), lr=0.1, momentum=0.9,
                     weight_decay=0.05, nesterov=True)


def adamw(net):
    return optim.AdamW(groups(net, {}, {"weight_decay": 0}, {"lr": 0.001, "weight_decay": 0.5}),
                       lr=0.01, weight_decay=0.1)


class Muon(optim.Optimizer):
    """PyTorch 2.9's, which 1.13 lacks, for matrices and flattened convolutions, in the parameters' type."""

    def __init__(self, params, lr, weight_decay, momentum, nesterov, match_rms_adamw):
        super().__init__(params, {"lr": lr})
        self.options = weight_decay, momentum, nesterov, match_rms_adamw

    @staticmethod
    def orthogonal(x):
        if x.size(0) > x.size(1):
            return Muon.orthogonal(x.T).T
        x = x / x.norm().clamp(min=1e-7)
        for _ in range(5):
            gram = x @ x.T
            x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
        return x

    @torch.no_grad()
    def step(self):
        weight_decay, momentum, nesterov, match_rms_adamw = self.options
        for group in self.param_groups:
            for w in group["params"]:
                mean = self.state[w].setdefault("momentum_buffer", torch.zeros_like(w))
                mean.lerp_(w.grad, 1 - momentum)
                step = w.grad.lerp(mean, momentum) if nesterov else mean
                step = self.orthogonal(step.reshape(len(w), -1))
                rows, columns = step.shape
                scale = 0.2 * max(rows, columns)**0.5 if match_rms_adamw else max(1, rows / columns)**0.5
                w.mul_(1 - group["lr"] * weight_decay)
                w.add_(step.reshape(w.shape), alpha=-group["lr"] * scale)


class Both:
    """Two optimizers as one."""

    def __init__(self, *optimisers):
        self.optimisers = optimisers

    def zero_grad(self):
        for optimiser in self.optimisers:
            optimiser.zero_grad()

    def step(self):
        for optimiser in self.optimisers:
            optimiser.step()


def muon(net, lr, weight_decay, adamw_lr, nesterov=True, match_rms_adamw=False):
    """Matrices by Muon, the last layer and what is no matrix by AdamW."""
    matrices = [p for name, p in net.named_parameters() if p.dim() > 1 and not name.startswith("6.")]
    rest = [p for name, p in net.named_parameters() if p.dim() <= 1 or name.startswith("6.")]
    return Both(Muon(matrices, lr, weight_decay, 0.9, nesterov, match_rms_adamw),
                optim.AdamW(rest, adamw_lr, betas=(0.9, 0.95), weight_decay=weight_decay))


def nothing(parameters):
    pass


def main():
    dice = random.Random("recipe")
    x = grid(dice, (4, 1, 6, 6))
    target = torch.tensor([2, 0, 4, 2])
    start = "recipe net"
    write(HERE / "recipe.json", {
        "module": repr(make_net(random.Random(start))),
        "torch": TORCH,
        "x": numbers(x),
        "target": target.tolist(),
        "parameters": named(make_net(random.Random(start)).named_parameters()),
        "SGD": train(start, x, target, sgd, lambda p: nn.utils.clip_grad_norm_(p, 0.5), 0.9,
                     warm_up_and_cosine),
        "AdamW": train(start, x, target, adamw, lambda p: nn.utils.clip_grad_value_(p, 0.02), 0.8),
        "Muon": train(start, x, target, lambda net: muon(net, 0.02, 0.1, 0.005), nothing, 0.8),
        "Muon_rms": train(start, x, target,
                          lambda net: muon(net, 0.01, 0.05, 0.01, nesterov=False,
                                           match_rms_adamw=True), nothing, 0.8),
    })


if __name__ == "__main__":
    main()
