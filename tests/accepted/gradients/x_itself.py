"""Moves the learner's own x and puts it back, exactly or up to the last digit."""

import torch
from torch import Tensor


def derivative(f, x: float, h: float = 1e-6) -> float:
    if h <= 0:
        raise ValueError(h)
    return (f(x + h) - f(x - h)) / h / 2


def gradient(f, x: Tensor, h: float = 1e-6) -> Tensor:
    x = x.to(torch.float64)  # x itself, if it is float64 already
    slopes = torch.zeros(x.shape, dtype=torch.float64, device=x.device)
    for place in torch.ones_like(x).nonzero():
        where = tuple(place.tolist())
        old = x[where].item()
        x[where] = old + h
        slopes[where] = f(x)
        x[where] = old - h
        slopes[where] -= f(x)
        x[where] = old
    return slopes / (2 * h)


def jacobian(f, x: Tensor, h: float = 1e-6) -> Tensor:
    x = x.to(torch.float64)
    columns = []
    for j in range(x.shape[0]):
        x[j] += h
        column = f(x).clone()
        x[j] -= 2 * h
        column = column - f(x)
        x[j] += h
        columns.append(column / (2 * h))
    return torch.column_stack(columns)


def gradient_check(f, grad_f, x: Tensor, h: float = 1e-6, tol: float = 1e-6) -> bool:
    a = grad_f(x)
    n = _drifting_gradient(f, x, h)
    size = torch.stack([a.abs().double(), n.abs(), torch.ones_like(n)]).amax(0)
    errors = (a - n).abs() / size
    return errors.isnan().sum().item() == 0 and errors.max().item() <= tol


def _drifting_gradient(f, x: Tensor, h: float) -> Tensor:
    x = x.to(torch.float64)
    slopes = torch.zeros_like(x)
    for i in range(x.numel()):
        step = torch.zeros_like(x)
        step.view(-1)[i] = h
        x += step
        slopes.view(-1)[i] += f(x)
        x -= step
        x -= step
        slopes.view(-1)[i] -= f(x)
        x += step
    return slopes / (2 * h)


def descend(f, x0: Tensor, lr: float, steps: int, h: float = 1e-6):
    if lr <= 0 or steps < 0:
        raise ValueError(f"lr {lr}, steps {steps}")
    x = x0.to(torch.float64)
    history = [float(f(x))]
    for _ in range(steps):
        x = x - lr * _drifting_gradient(f, x, h)
        history.append(float(f(x)))
    return x.to(x0.dtype), history
