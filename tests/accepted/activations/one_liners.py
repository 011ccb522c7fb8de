"""One expression each."""

import functools

import torch

sigmoid = lambda x: (x / 2).clamp(-20, 20).exp().pow(2).reciprocal().add(1).reciprocal()
tanh = lambda x: sigmoid(2 * x) - sigmoid(-2 * x)
relu = lambda x: x * (x > 0)
leaky_relu = lambda x, negative_slope=0.01: torch.where(x > 0, x, negative_slope * x)
elu = lambda x, alpha=1.0: torch.where(x > 0, x, alpha * (x * (x <= 0)).expm1())
softmax = lambda x, dim=-1: (e := (x - x.amax(dim, True)).exp()) / e.sum(dim, True)
_same = lambda tol, a, b: bool((a - b).abs().max() <= tol * torch.stack([a, b]).abs().max())
is_linear = lambda f, x1, x2, k, tol=1e-6: all(
    map(functools.partial(_same, tol), (f(x1 + x2), f(k * x1)), (f(x1) + f(x2), k * f(x1)))
)
