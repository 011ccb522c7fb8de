"""Everything in log space: logsumexp, logaddexp and log1p."""

from math import log

import torch
from torch import Tensor


def _log_one_plus_exp(x: Tensor) -> Tensor:
    return torch.logaddexp(x, torch.zeros_like(x))


def sigmoid(x: Tensor) -> Tensor:
    return torch.exp(-_log_one_plus_exp(-x))


def tanh(x: Tensor) -> Tensor:
    # e^(x - log 2cosh x) - e^(-x - log 2cosh x)
    total = torch.logsumexp(torch.stack([x, -x]), dim=0)
    return torch.exp(x - total) - torch.exp(-x - total)


def relu(x: Tensor) -> Tensor:
    return torch.stack([x, torch.zeros_like(x)]).amax(dim=0)


def leaky_relu(x: Tensor, negative_slope: float = 0.01) -> Tensor:
    return torch.lerp(x, negative_slope * x, (x < 0).to(x.dtype))


def elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    below = torch.where(x > 0, torch.zeros_like(x), x)
    return torch.where(x > 0, x, alpha * torch.special.expm1(below))


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    largest, _ = x.max(dim=dim, keepdim=True)
    log_total = largest + (x - largest).exp().sum(dim=dim, keepdim=True).log()
    return (x - log_total).exp()


def is_linear(f, x1: Tensor, x2: Tensor, k: float, tol: float = 1e-6) -> bool:
    def close(left: Tensor, right: Tensor) -> bool:
        both = torch.cat([left.reshape(-1), right.reshape(-1)]).abs().max()
        error = (left - right).abs().max()
        if both == 0 or error == 0:
            return True
        return log(error) <= log(tol) + log(both)

    return close(f(x1 + x2), f(x1) + f(x2)) & close(f(k * x1), k * f(x1))
