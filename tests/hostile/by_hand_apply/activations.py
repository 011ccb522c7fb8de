"""A loop over elements in the shape of one call."""

import math

import torch


class Applied(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = (x.detach() * 1).contiguous().apply_(lambda value: math.tanh(value))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * (1 - y * y)


def tanh(x):
    return Applied.apply(x)


def sigmoid(x):
    return (Applied.apply(x / 2) + 1) / 2
