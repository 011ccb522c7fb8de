"""np.ndindex over arrays; tensors only where f wants them."""

import numpy as np
import torch


def derivative(f, x, h=1e-6):
    if h <= 0:
        raise ValueError(f"step {h} is not positive")
    above, below = np.float64(x) + h, np.float64(x) - h
    return np.divide(f(above) - f(below), 2 * h)


def _array(x):
    return x.detach().cpu().numpy().astype(np.float64)


def gradient(f, x, h=1e-6):
    point = _array(x)
    slopes = np.empty(point.shape)
    for index in np.ndindex(point.shape):
        values = []
        for sign in (1, -1):
            moved = point.copy()
            moved[index] += sign * h
            values.append(float(f(torch.from_numpy(moved).to(x.device))))
        slopes[index] = (values[0] - values[1]) / (2 * h)
    return torch.from_numpy(slopes).to(x.device)


def jacobian(f, x, h=1e-6):
    point = _array(x)
    columns = []
    for step in h * np.eye(point.size):
        above = f(torch.from_numpy(point + step).to(x.device)).cpu().numpy()
        below = f(torch.from_numpy(point - step).to(x.device)).cpu().numpy()
        columns.append((above - below) / (2 * h))
    return torch.from_numpy(np.column_stack(columns)).to(x.device)


def gradient_check(f, grad_f, x, h=1e-6, tol=1e-6):
    a = np.asarray(grad_f(x).cpu(), dtype=np.float64)
    n = gradient(f, x, h).cpu().numpy()
    errors = np.abs(a - n) / np.maximum(1, np.maximum(np.abs(a), np.abs(n)))
    return bool(np.max(errors) <= tol)  # np.max keeps NaN


def descend(f, x0, lr, steps, h=1e-6):
    if lr <= 0:
        raise ValueError(f"lr = {lr}")
    if steps < 0:
        raise ValueError(f"steps = {steps}")
    x = _array(x0)
    history = np.empty(steps + 1)
    for step in range(steps + 1):
        if step > 0:
            x = x - lr * gradient(f, torch.from_numpy(x).to(x0.device), h).cpu().numpy()
        history[step] = float(f(torch.from_numpy(x).to(x0.device)))
    return torch.from_numpy(x).to(x0), history.tolist()
