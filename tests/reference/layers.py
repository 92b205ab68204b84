#!/usr/bin/env python3
"""Writes layers/*.json: what PyTorch computes in float64 for one layer, forward and backward.

Everything that goes in (x, parameters, dy) is a multiple of 1/64: exact in float32, in float64 and
in the file, so that ten digits of what comes out are enough. The other scripts of this folder take
their helpers from here. Needs Debian 12's python3-torch; run: python3 layers.py
"""
import json
import math
import random
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

HERE = Path(__file__).resolve().parent
TORCH = "1.13.1"

# Debian's package 1.13.1 calls itself 1.13.0a0. Another version must not overwrite these files
# under this label.
if torch.__version__.split("+")[0] not in ("1.13.0a0", TORCH):
    raise SystemExit(f"torch: expected {TORCH}, found {torch.__version__}")
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def grid(dice, shape, limit=128):
    """Multiples of 1/64 in [-limit/64, limit/64]."""
    values = [dice.randint(-limit, limit) for _ in range(math.prod(shape))]
    return torch.tensor(values, dtype=torch.float64).reshape(shape) / 64


def distinct(dice, shape):
    """Different multiples of 1/64 around zero, shuffled: every maximum is unique."""
    count = math.prod(shape)
    values = dice.sample(range(-(count // 2), count - count // 2), count)
    return torch.tensor(values, dtype=torch.float64).reshape(shape) / 64


def negative(dice, shape):
    """Different and below zero: padding that counts as zero would win every border window."""
    x = distinct(dice, shape)
    return x - x.max() - 1 / 64


def ties(dice, shape):
    """Only -1, 0 and 1: most windows hold their maximum several times."""
    return 64 * grid(dice, shape, 1)


def with_zeros(dice, shape):
    """Every third value exactly zero: where the kink of ReLU is."""
    x = grid(dice, shape)
    x.view(-1)[::3] = 0
    return x


def wide(dice, shape):
    """Multiples of 1/16 in [-8, 8]: where sigmoid and tanh are almost flat."""
    return 4 * grid(dice, shape)


def with_kinks(*kinks):
    """wide, but every third value one of these in turn."""
    def values(dice, shape):
        x = wide(dice, shape)
        flat = x.view(-1)
        for i, place in enumerate(range(0, flat.numel(), 3)):
            flat[place] = kinks[i % len(kinks)]
        return x
    return values


def off_sixteenths(dice, shape):
    """wide, moved by 1/64 from where Hardswish has its kinks, at which PyTorch 1.13 gives gradients of
    neither side."""
    return wide(dice, shape) + 1 / 64


def around_five(dice, shape):
    """Far from zero: the variance is what is left of the squares."""
    return 5 + grid(dice, shape)


class ChannelsLast(nn.Module):
    """Hands a layer {N, H, W, C} or {N, T, C} of an input {N, C, …}, as ConvNeXt does for LayerNorm."""

    def forward(self, x):
        return self.of_last(x.movedim(1, -1)).movedim(-1, 1)


class LayerNorm(ChannelsLast):
    def __init__(self, channels, eps=1e-5, affine=True, bias=True):
        super().__init__()
        self.channels, self.eps = channels, eps
        self.weight = nn.Parameter(torch.ones(channels)) if affine else None
        self.bias = nn.Parameter(torch.zeros(channels)) if affine and bias else None

    def of_last(self, x):
        return F.layer_norm(x, (self.channels,), self.weight, self.bias, self.eps)


class ChannelShuffle(nn.Module):
    """nn.ChannelShuffle, which PyTorch 1.13 cannot differentiate and knows for images alone."""

    def __init__(self, groups):
        super().__init__()
        self.groups = groups

    def forward(self, x):
        return x.unflatten(1, (self.groups, -1)).transpose(1, 2).flatten(1, 2)


class PaddedConv2d(nn.Conv2d):
    """A Conv2d whose padding is {left, right, top, bottom}."""

    def __init__(self, *arguments, sides, **options):
        super().__init__(*arguments, **options)
        self.sides = sides

    def forward(self, x):
        return super().forward(F.pad(x, self.sides))


class RMSNorm(ChannelsLast):
    """torch.nn.RMSNorm, which PyTorch has since 2.4, by its formula."""

    def __init__(self, channels, eps=None, affine=True):
        super().__init__()
        self.eps = torch.finfo(torch.float64).eps if eps is None else eps
        self.weight = nn.Parameter(torch.ones(channels)) if affine else None

    def of_last(self, x):
        unit = x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps)
        return unit if self.weight is None else unit * self.weight


class MeanOfImage(nn.Module):
    """An average pooling of an image with padding side by side, which does not count: PyTorch's counts it."""

    def __init__(self, sides, pool):
        super().__init__()
        self.pad, self.pool = nn.ZeroPad2d(sides), pool

    def forward(self, x):
        return self.pool(self.pad(x)) / self.pool(self.pad(torch.ones_like(x)))


def numbers(tensor):
    """Flat list with ten significant digits; + 0.0 turns -0.0 into 0.0."""
    return [float(f"{v + 0.0:.10g}") for v in tensor.detach().reshape(-1).tolist()]


def named(pairs):
    return [{"name": n, "shape": list(t.shape), "data": numbers(t)} for n, t in pairs]


def gradients(module):
    return [{"name": n, "data": numbers(p.grad)} for n, p in module.named_parameters()]


def write(path, fields):
    """Compact JSON, one line a field, so that a diff names what changed."""
    dump = lambda value: json.dumps(value, separators=(",", ":"), allow_nan=False)
    path.parent.mkdir(exist_ok=True)
    path.write_text("{\n" + ",\n".join(f'"{k}":{dump(v)}' for k, v in fields.items()) + "\n}\n")


def layer(name, module, input_shape, values=grid, batch=2):
    dice = random.Random(name)  # seeded by the name: a new case leaves the others alone
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(grid(dice, parameter.shape))
    x = values(dice, (batch, *input_shape)).requires_grad_()
    y = module(x)
    dy = grid(dice, y.shape)
    y.backward(dy)
    write(HERE / "layers" / f"{name}.json", {
        "module": repr(module),
        "torch": TORCH,
        "batch": batch,
        "input_shape": list(input_shape),
        "output_shape": list(y.shape[1:]),
        "x": numbers(x),
        "parameters": named(module.named_parameters()),
        "y": numbers(y),
        "dy": numbers(dy),
        "dx": numbers(x.grad),
        "gradients": gradients(module),
    })


def main():
    layer("conv2d_3x3", nn.Conv2d(3, 4, 3), (3, 10, 13))
    layer("conv2d_one_channel", nn.Conv2d(1, 5, 3), (1, 9, 8))
    layer("conv2d_stride_2", nn.Conv2d(2, 3, 3, stride=2), (2, 8, 9))
    layer("conv2d_padding_1", nn.Conv2d(2, 3, 3, padding=1), (2, 6, 7))
    layer("conv2d_stride_2_padding_1", nn.Conv2d(3, 4, 3, stride=2, padding=1), (3, 7, 9))
    layer("conv2d_5x5_padding_2", nn.Conv2d(2, 3, 5, padding=2), (2, 6, 7))
    layer("conv2d_1x1", nn.Conv2d(5, 6, 1), (5, 4, 3), batch=3)
    layer("conv2d_2x3_stride_2x1_padding_1x0",
          nn.Conv2d(3, 4, (2, 3), stride=(2, 1), padding=(1, 0)), (3, 5, 6))
    layer("conv2d_kernel_is_input", nn.Conv2d(2, 3, (5, 4)), (2, 5, 4), batch=3)
    layer("conv2d_17_out", nn.Conv2d(3, 17, 3), (3, 6, 6))
    layer("conv2d_no_bias", nn.Conv2d(2, 3, 3, stride=2, padding=1, bias=False), (2, 6, 7))
    layer("conv2d_3x3_no_bias", nn.Conv2d(3, 4, 3, bias=False), (3, 8, 8))

    layer("conv2d_groups", nn.Conv2d(6, 9, 3, padding=1, groups=3), (6, 5, 6))
    layer("conv2d_depthwise", nn.Conv2d(5, 5, 3, stride=2, padding=1, groups=5), (5, 7, 6))
    layer("conv2d_depthwise_twice", nn.Conv2d(4, 8, (3, 2), groups=4, bias=False), (4, 5, 6))
    layer("conv2d_dilation", nn.Conv2d(3, 4, 3, padding=(2, 3), dilation=(2, 3)), (3, 7, 8))
    layer("conv2d_depthwise_dilation",
          nn.Conv2d(3, 3, 3, stride=(2, 1), padding=2, dilation=2, groups=3), (3, 9, 7))
    layer("conv2d_one_sided", PaddedConv2d(3, 4, 3, stride=2, sides=(0, 1, 2, 0)), (3, 6, 7))
    # TensorFlow's "same": one row above and two below, one column behind
    layer("conv2d_same_stride_2", PaddedConv2d(2, 3, (4, 3), stride=2, sides=(0, 1, 1, 2)),
          (2, 9, 8))
    layer("conv2d_same", nn.Conv2d(2, 3, (4, 3), padding="same", dilation=(1, 2)), (2, 6, 5))
    layer("conv1d", nn.Conv1d(3, 5, 4, stride=2, padding=1), (3, 11))
    layer("conv1d_groups_dilation", nn.Conv1d(4, 6, 3, dilation=2, groups=2, bias=False), (4, 9))
    layer("conv1d_depthwise", nn.Conv1d(4, 4, 5, padding="same", groups=4), (4, 9))
    layer("conv_transpose2d", nn.ConvTranspose2d(3, 4, 3), (3, 4, 5))
    layer("conv_transpose2d_stride_2_padding_1_output_padding_1",
          nn.ConvTranspose2d(3, 5, 3, stride=2, padding=1, output_padding=1), (3, 4, 5))
    layer("conv_transpose2d_4x2_stride_2x3",
          nn.ConvTranspose2d(2, 3, (4, 2), stride=(2, 3), padding=(1, 0), output_padding=(0, 2)),
          (2, 3, 4))
    layer("conv_transpose2d_groups_dilation_no_bias",
          nn.ConvTranspose2d(4, 6, 3, stride=2, dilation=2, groups=2, bias=False), (4, 3, 4))
    layer("conv_transpose2d_2_stride_2", nn.ConvTranspose2d(17, 3, 2, stride=2), (17, 3, 2))

    layer("linear_7_5", nn.Linear(7, 5), (7,), batch=3)
    layer("linear_33_10", nn.Linear(33, 10), (33,), batch=3)
    layer("linear_no_bias", nn.Linear(9, 4, bias=False), (9,), batch=3)

    layer("max_pool2d_2", nn.MaxPool2d(2), (3, 6, 8), distinct)
    layer("max_pool2d_2_odd", nn.MaxPool2d(2), (2, 7, 9), distinct)
    layer("max_pool2d_3_stride_1", nn.MaxPool2d(3, stride=1), (2, 6, 7), distinct)
    layer("max_pool2d_3_stride_2", nn.MaxPool2d(3, stride=2), (2, 7, 9), distinct)
    layer("max_pool2d_3_stride_2_padding_1", nn.MaxPool2d(3, stride=2, padding=1), (2, 7, 8),
          negative)
    layer("max_pool2d_ties", nn.MaxPool2d(3, stride=2), (2, 7, 9), ties)
    layer("max_pool2d_2_ceil", nn.MaxPool2d(2, ceil_mode=True), (2, 7, 9), distinct)
    layer("max_pool2d_3_stride_2_ceil", nn.MaxPool2d(3, stride=2, ceil_mode=True), (2, 8, 7), distinct)
    layer("max_pool2d_3_stride_2x3_padding_1_ceil",
          nn.MaxPool2d(3, stride=(2, 3), padding=1, ceil_mode=True), (2, 8, 6), negative)
    layer("max_pool2d_2_stride_3_padding_1_ceil",
          nn.MaxPool2d(2, stride=3, padding=1, ceil_mode=True), (2, 5, 3), negative)
    layer("max_pool2d_4_ceil", nn.MaxPool2d(4, ceil_mode=True), (2, 3, 6), negative)
    for name, sides, pool in (("3_stride_2_padding_0_1_1_0", (1, 0, 0, 1), nn.MaxPool2d(3, stride=2)),
                              ("4_stride_1_same", (1, 2, 1, 2), nn.MaxPool2d(4, stride=1)),
                              ("3_stride_2_same", (0, 1, 1, 1), nn.MaxPool2d(3, stride=2))):
        layer(f"max_pool2d_{name}", nn.Sequential(nn.ConstantPad2d(sides, -math.inf), pool), (2, 7, 8), negative)
    layer("max_pool1d_2", nn.MaxPool1d(2), (3, 9), distinct)
    layer("max_pool1d_3_stride_2_padding_1_ceil",
          nn.MaxPool1d(3, stride=2, padding=1, ceil_mode=True), (3, 10), negative)

    layer("avg_pool2d_2", nn.AvgPool2d(2), (3, 6, 8))
    layer("avg_pool2d_3_stride_2_padding_1", nn.AvgPool2d(3, stride=2, padding=1), (2, 7, 8))
    layer("avg_pool2d_2_ceil", nn.AvgPool2d(2, ceil_mode=True), (2, 7, 9))
    for name, counts in (("", True), ("_image_only", False)):
        layer(f"avg_pool2d_4_stride_3_padding_1_ceil{name}",
              nn.AvgPool2d(4, stride=3, padding=1, ceil_mode=True, count_include_pad=counts), (2, 8, 7))
    layer("avg_pool2d_4_ceil", nn.AvgPool2d(4, ceil_mode=True), (2, 3, 6))
    layer("avg_pool2d_3_stride_2_padding_1_image_only",
          nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False), (2, 7, 8))
    layer("avg_pool2d_3_stride_2_padding_0_1_1_0",
          nn.Sequential(nn.ZeroPad2d((1, 0, 0, 1)), nn.AvgPool2d(3, stride=2)), (2, 7, 8))
    layer("avg_pool2d_4_stride_1_same_image_only",
          MeanOfImage((1, 2, 1, 2), nn.AvgPool2d(4, stride=1)), (2, 7, 8))
    layer("avg_pool1d_2", nn.AvgPool1d(2), (3, 9))
    layer("avg_pool1d_4_stride_3_padding_1_ceil",
          nn.AvgPool1d(4, stride=3, padding=1, ceil_mode=True), (3, 10))
    layer("avg_pool1d_3_stride_2_padding_1_image_only",
          nn.AvgPool1d(3, stride=2, padding=1, count_include_pad=False), (3, 10))

    layer("adaptive_avg_pool2d_1", nn.AdaptiveAvgPool2d(1), (3, 5, 7))
    layer("adaptive_avg_pool2d_3x2", nn.AdaptiveAvgPool2d((3, 2)), (2, 7, 5))
    layer("adaptive_avg_pool2d_of_whole_windows", nn.AdaptiveAvgPool2d((3, 2)), (2, 6, 8))
    layer("adaptive_avg_pool2d_larger", nn.AdaptiveAvgPool2d((7, 4)), (2, 5, 3))

    layer("zero_pad2d_2", nn.ZeroPad2d(2), (2, 3, 4))
    layer("zero_pad2d_1_0_2_3", nn.ZeroPad2d((1, 0, 2, 3)), (2, 3, 4))
    layer("channel_shuffle_3", ChannelShuffle(3), (12, 2, 3))
    layer("channel_shuffle_sequence", ChannelShuffle(2), (34, 5))
    layer("pixel_shuffle_2", nn.PixelShuffle(2), (8, 3, 4))
    layer("pixel_shuffle_3", nn.PixelShuffle(3), (18, 2, 3))
    layer("upsample_2", nn.Upsample(scale_factor=2), (2, 3, 4))
    layer("upsample_3x2", nn.Upsample(scale_factor=(3, 2)), (2, 3, 4))
    layer("upsample_2_bilinear", nn.Upsample(scale_factor=2, mode="bilinear"), (2, 3, 4))
    layer("upsample_3x4_bilinear", nn.Upsample(scale_factor=(3, 4), mode="bilinear"), (2, 5, 4))
    layer("upsample_2_align_corners",
          nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), (2, 3, 4))
    layer("upsample_3_align_corners",
          nn.Upsample(scale_factor=3, mode="bilinear", align_corners=True), (2, 5, 1))

    layer("layer_norm_vector", nn.LayerNorm(37), (37,), batch=3)
    layer("layer_norm_sequence", LayerNorm(5), (5, 7))
    layer("layer_norm_image", LayerNorm(19), (19, 3, 4), around_five)
    layer("layer_norm_eps", LayerNorm(6, eps=0.25), (6, 3, 2))
    layer("layer_norm_no_bias", LayerNorm(6, bias=False), (6, 3, 2))
    layer("layer_norm_no_affine", LayerNorm(6, affine=False), (6, 3, 2))
    layer("rms_norm_vector", RMSNorm(37), (37,), batch=3)
    layer("rms_norm_image", RMSNorm(5, eps=1e-5), (5, 3, 4))
    layer("rms_norm_no_affine", RMSNorm(20, eps=0.25, affine=False), (20, 3, 2))
    layer("group_norm_1", nn.GroupNorm(1, 6), (6, 3, 5), around_five)
    layer("group_norm_2", nn.GroupNorm(2, 6), (6, 3, 5))
    layer("group_norm_4", nn.GroupNorm(4, 32), (32, 2, 3))
    layer("group_norm_vector", nn.GroupNorm(3, 12), (12,), batch=3)
    layer("group_norm_no_affine", nn.GroupNorm(2, 6, eps=0.25, affine=False), (6, 3, 2))
    layer("instance_norm2d", nn.InstanceNorm2d(5), (5, 4, 3), around_five)
    layer("instance_norm2d_affine", nn.InstanceNorm2d(3, eps=0.25, affine=True), (3, 5, 4))

    layer("relu", nn.ReLU(), (3, 4, 5), with_zeros)
    layer("relu6", nn.ReLU6(), (3, 4, 5), with_kinks(0, 6))
    layer("gelu", nn.GELU(), (3, 4, 5), with_kinks(0))
    layer("gelu_tanh", nn.GELU(approximate="tanh"), (3, 4, 5), with_kinks(0))
    layer("silu", nn.SiLU(), (3, 4, 5), with_kinks(0))
    layer("hardswish", nn.Hardswish(), (3, 4, 5), off_sixteenths)
    layer("hardsigmoid", nn.Hardsigmoid(), (3, 4, 5), with_kinks(-3, 3))
    layer("leaky_relu_0.01", nn.LeakyReLU(0.01), (3, 4, 5), with_zeros)
    layer("leaky_relu_0.2", nn.LeakyReLU(0.2), (3, 4, 5), with_zeros)
    layer("elu", nn.ELU(), (3, 4, 5), with_kinks(0))
    layer("elu_0.5", nn.ELU(0.5), (3, 4, 5), with_kinks(0))
    layer("hardtanh", nn.Hardtanh(), (3, 4, 5), with_kinks(-1, 1))
    layer("hardtanh_to_2.5", nn.Hardtanh(-0.5, 2.5), (3, 4, 5), with_kinks(-0.5, 2.5))
    layer("softplus", nn.Softplus(), (3, 4, 5), with_kinks(0))
    layer("softplus_beta_4", nn.Softplus(beta=4), (3, 4, 5), with_kinks(0, 5))
    layer("softplus_threshold_1", nn.Softplus(beta=2, threshold=1), (3, 4, 5), with_kinks(0.5))
    layer("prelu", nn.PReLU(), (3, 4, 5), with_kinks(0))
    layer("prelu_channels", nn.PReLU(5), (5, 4, 3), with_kinks(0))
    layer("prelu_vector", nn.PReLU(19), (19,), with_kinks(0), batch=3)
    layer("sigmoid", nn.Sigmoid(), (3, 4, 5), wide)
    layer("tanh", nn.Tanh(), (3, 4, 5), wide)
    layer("flatten", nn.Flatten(), (3, 4, 5), distinct)
    for name, module in (("log_softmax", nn.LogSoftmax(dim=1)), ("softmax", nn.Softmax(dim=1))):
        layer(f"{name}_vector", module, (10,), wide, batch=3)
        layer(f"{name}_image", module, (4, 3, 3), wide)


if __name__ == "__main__":
    main()
