"""map, apply_ and vectorize loop in C."""

import math

import torch


class Mapped(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        flat = list(map(math.tanh, x.detach().flatten().tolist()))
        y = torch.tensor(flat, dtype=x.dtype).reshape(x.shape)
        ctx.save_for_backward(y)
        return y * 1

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * (1 - y * y)


def tanh(x):
    return Mapped.apply(x)


def sigmoid(x):
    return (Mapped.apply(x / 2) + 1) / 2
