"""Clamped exponents and sums of halves: no branch anywhere."""

import torch


def sigmoid(x):
    # e^-x is small enough to square from here on, and sigmoid is flat below
    return 1 / (1 + torch.exp(-x.clamp(min=-60)))


def tanh(x):
    z = x.clamp(-20, 20)
    return torch.sinh(z) / torch.cosh(z)


def relu(x):
    return x.clamp_min(0)


def leaky_relu(x, negative_slope=0.01):
    return negative_slope * x + (1 - negative_slope) * x.clamp(min=0)


def elu(x, alpha=1.0):
    zero = torch.zeros((), dtype=x.dtype, device=x.device)
    return torch.maximum(x, zero) + torch.minimum(alpha * torch.expm1(x.clamp(max=0)), zero)


def softmax(x, dim=-1):
    return torch.exp(x - torch.logsumexp(x, dim=dim, keepdim=True))


def is_linear(f, x1, x2, k, tol=1e-6):
    def largest(t):
        return torch.linalg.vector_norm(t, ord=float("inf"))

    def equal(left, right):
        return largest(left - right) <= tol * max(largest(left), largest(right))

    y1 = f(x1)
    return bool(equal(f(x1 + x2), y1 + f(x2))) and bool(equal(f(k * x1), k * y1))
