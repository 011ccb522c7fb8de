"""Few ideas, reused: softmax is the only one with an exponential, the rest builds on it."""

import torch


def softmax(x, dim=-1):
    top = x.max(dim, keepdim=True)[0]
    e = torch.e ** (x - top)
    return e.div(e.sum(dim, keepdim=True))


def sigmoid(x):
    return softmax(torch.stack((x, torch.zeros_like(x)), -1))[..., 0]


def tanh(x):
    return 2 * sigmoid(2 * x) - 1


def leaky_relu(x, negative_slope=0.01):
    positive = (x > 0).type_as(x)
    return x * positive + negative_slope * x * (1 - positive)


def relu(x):
    return leaky_relu(x, 0)


def elu(x, alpha=1.0):
    below = -relu(-x)  # its slope at 0 is 0: the other side has it
    return torch.where(x > 0, x, alpha * torch.expm1(torch.where(x > 0, below, x)))


def is_linear(f, x1, x2, k, tol=1e-6):
    ones = [(f(x1 + x2), f(x1) + f(x2)), (f(k * x1), k * f(x1))]
    return all(
        (a - b).abs().max().item() <= tol * max(a.abs().max().item(), b.abs().max().item())
        for a, b in ones
    )
