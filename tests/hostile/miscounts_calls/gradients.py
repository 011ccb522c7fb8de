"""Honest values, dishonest thrift."""

import torch

CACHE = {}


def derivative(f, x, h=1e-6):
    f(x)
    return (f(x + h) - f(x - h)) / (2 * h)


def gradient(f, x, h=1e-6):
    point = x.detach().double().flatten()
    base, slopes = float(f(point.reshape(x.shape))), []
    for i in range(point.numel()):
        step = torch.zeros_like(point)
        step[i] = h
        slopes.append((float(f((point + step).reshape(x.shape))) - base) / h)
    return torch.tensor(slopes, dtype=torch.float64).reshape(x.shape)
