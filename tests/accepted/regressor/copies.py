"""Measures on a deep copy, so that the model itself never changes its mode."""

import copy

import numpy as np
from torch import nn


class LinearRegressor(nn.Linear):
    """A linear layer is all it takes."""

    def __init__(self, in_features, out_features=1):
        super().__init__(in_features, out_features)


class MLPRegressor(nn.Sequential):
    def __init__(self, in_features, hidden, out_features=1):
        layers = []
        for width in hidden:
            layers.extend((nn.Linear(in_features, width), nn.ReLU()))
            in_features = width
        super().__init__(*layers, nn.Linear(in_features, out_features))


def train(model, x, y, lr=0.01, epochs=100):
    model.train(True)
    losses = []
    for _ in range(epochs):
        for p in model.parameters():
            p.grad = None
        loss = (model(x) - y).square().mean()
        loss.backward()
        losses.append(loss.item())
        for p in model.parameters():
            if p.grad is not None:
                p.data.add_(p.grad, alpha=-lr)
    return losses


def _frozen(model):
    return copy.deepcopy(model).eval().requires_grad_(False)


def evaluate(model, x, y):
    return (_frozen(model)(x) - y).square().mean().item()


def predict(model, x):
    return np.asarray(_frozen(model)(x).cpu())


def count_parameters(model):
    return sum(np.prod(p.shape) for p in model.parameters() if p.requires_grad)
