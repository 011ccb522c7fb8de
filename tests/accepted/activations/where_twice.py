"""The input is made safe with one where, and the side chosen with another."""

import torch
from torch import Tensor


def sigmoid(x: Tensor) -> Tensor:
    positive = x >= 0
    down = torch.exp(-torch.where(positive, x, torch.zeros_like(x)))
    up = torch.exp(torch.where(positive, torch.zeros_like(x), x))
    return torch.where(positive, 1 / (1 + down), up / (1 + up))


def tanh(x: Tensor) -> Tensor:
    positive = x >= 0
    down = torch.exp(-2 * torch.where(positive, x, torch.zeros_like(x)))
    up = torch.exp(2 * torch.where(positive, torch.zeros_like(x), x))
    return torch.where(positive, (1 - down) / (1 + down), (up - 1) / (up + 1))


def relu(x: Tensor) -> Tensor:
    return torch.where(x >= 0, x, torch.zeros_like(x))


def leaky_relu(x: Tensor, negative_slope: float = 0.01) -> Tensor:
    return torch.where(x < 0, x * negative_slope, x)


def elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    safe = torch.where(x < 0, x, torch.zeros_like(x))
    return torch.where(x < 0, torch.expm1(safe) * alpha, x)


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    shifted = x - torch.max(x, dim=dim, keepdim=True).values
    return shifted.exp() / shifted.exp().sum(dim, keepdim=True)


def is_linear(f, x1: Tensor, x2: Tensor, k: float, tol: float = 1e-6) -> bool:
    def close(a, b):
        size = max(a.abs().max().item(), b.abs().max().item())
        return (a - b).abs().max().item() <= tol * size

    return close(f(x1 + x2), f(x1) + f(x2)) and close(f(k * x1), k * f(x1))
