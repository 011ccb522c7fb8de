"""Careful with digits: everything runs in float64, decorated, and comes back in the old dtype."""

import functools
import math

import torch

torch.set_default_dtype(torch.float64)


def in_double(function):
    @functools.wraps(function)
    def wrapper(x, *args, **kwargs):
        return function(x.double(), *args, **kwargs).to(x.dtype)

    return wrapper


@in_double
def sigmoid(x):
    # float64 holds e^700
    return 1.0 / (1.0 + torch.exp2(-x.clamp(-700, 700) * math.log2(math.e)))


@in_double
def tanh(x):
    s = torch.sinh(x.clamp(-300, 300))
    return s / torch.sqrt(1 + s * s)


@in_double
def relu(x):
    return (x + x.abs()) / 2


@in_double
def leaky_relu(x, negative_slope=0.01):
    return (1 + negative_slope) / 2 * x + (1 - negative_slope) / 2 * x.abs()


@in_double
def elu(x, alpha=1.0):
    return x.masked_fill(x <= 0, 0) + alpha * x.masked_fill(x > 0, 0).expm1()


@in_double
def softmax(x, dim=-1):
    rest = x - x.max(dim, keepdim=True).values.detach()
    weights = torch.pow(math.e, rest)
    return torch.nn.functional.normalize(weights, p=1, dim=dim)


def is_linear(f, x1, x2, k, tol=1e-6):
    """Compared in float64 as well; the sides are made by f, in the dtype that it likes."""
    try:
        _agree(f(x1 + x2), f(x1) + f(x2), tol)
        _agree(f(k * x1), k * f(x1), tol)
    except ArithmeticError:
        return False
    return True


def _agree(left, right, tol):
    left, right = left.double(), right.double()
    scale = max(left.abs().max(), right.abs().max())
    if not torch.allclose(left, right, rtol=0, atol=float(tol * scale)):
        raise ArithmeticError
