"""Numbers that are a formula of a name and an index, the same in tests/support/hashed_weights.hpp: so a
network of millions of weights is a reference without a file of them.

    word(name, i) = mix(fnv(name) * 2^32 + i), in 64 bits      fnv: FNV-1a of 32 bits, of the name's bytes
    uniform(name, i) = (word >> 41) / 2^22 - 1                 a multiple of 2^-22 in [-1, 1)

mix multiplies by 0x9E3779B97F4A7C15 and finishes as SplitMix64 does. A tensor's elements, i in row-major
order, are rounded to float32, so that a network in float has exactly the same weights:

    of two or more dimensions              sqrt(6 / fan_in) * uniform     Kaiming's bound for ReLU
    of one, named ...bias, ...running_mean            0.1 * uniform
    of one, any other                             1 + 0.5 * uniform       a norm's weight, running_var
"""
import math

import numpy
import torch

COUNT = "num_batches_tracked"


def fnv(name):
    word = 2166136261
    for byte in name.encode():
        word = (word ^ byte) * 16777619 & 0xFFFFFFFF
    return word


def uniform(name, shape):
    """A float64 array of this shape."""
    u64 = numpy.uint64
    word = numpy.arange(math.prod(shape), dtype=u64) + u64(fnv(name) << 32)
    word *= u64(0x9E3779B97F4A7C15)
    word = (word ^ word >> u64(30)) * u64(0xBF58476D1CE4E5B9)
    word = (word ^ word >> u64(27)) * u64(0x94D049BB133111EB)
    word ^= word >> u64(31)
    return ((word >> u64(41)).astype(numpy.float64) / 2**22 - 1).reshape(shape)


def hashed(name, shape):
    """A parameter or running statistic, in float64."""
    u = uniform(name, shape)
    if len(shape) > 1:
        u *= math.sqrt(6 / math.prod(shape[1:]))
    elif name.split(".")[-1] in ("bias", "running_mean"):
        u *= 0.1
    else:
        u = 1 + 0.5 * u
    return torch.from_numpy(u.astype(numpy.float32).astype(numpy.float64))


def images(name, shape):
    """Inputs in [-1, 1), in float64."""
    return torch.from_numpy(uniform(name, shape))


def fill(module):
    """Gives the module's parameters and buffers, but for counts, the numbers of their names."""
    state = {
        name: hashed(name, tensor.shape)
        for name, tensor in module.state_dict().items()
        if name.split(".")[-1] != COUNT
    }
    module.load_state_dict(state)  # strict: without counts, as ctnn's files are
    return module
