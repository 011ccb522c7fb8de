"""Each name is wrong in its own way; relu is right and keeps its points."""

import functools

import torch

sigmoid = 5


async def tanh(x):
    return x


def relu(x):
    return torch.where(x > 0, x, 0.0)


def elu():
    return 0


class softmax:
    def __init__(self, x, dim=-1):
        self.x = x


@functools.lru_cache
def is_linear(f, x1, x2, k, tol=1e-6):
    yield True
