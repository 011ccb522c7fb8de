"""As little as possible is changed of what was given."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn


def transpose_images(images):
    n, height, width = images.shape
    return images.permute(0, 2, 1).reshape(n, width, height)


def mean_squared_error(prediction, target):
    return ((prediction.squeeze(1) - target.reshape(-1)) ** 2).mean()


def slope(f, x):
    h = 1e-6
    x = x.double()
    return ((f(x + h / 2) - f(x - h / 2)) / h).item()


def fit_line(x, y, lr, steps):
    w = x.new_zeros(1, 1, requires_grad=True)
    b = x.new_zeros(1, requires_grad=True)
    for _ in range(steps):
        w.grad = torch.zeros_like(w)
        b.grad = torch.zeros_like(b)
        loss = ((x @ w + b - y) ** 2).mean()
        loss.backward()
        w = (w - lr * w.grad).detach().requires_grad_()
        b = (b - lr * b.grad).detach().requires_grad_()
    return w.detach(), b.detach()


class Line(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(x)


class Net(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
        for k, layer in enumerate(self.layers):
            self.add_module(f"layer_{k}", layer)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
            if layer is not self.layers[-1]:
                x = torch.relu(x)
        return x

    def _apply(self, fn, recurse=True):
        super()._apply(fn, recurse)
        self.layers = [self._modules[f"layer_{k}"] for k in range(len(self.layers))]
        return self

    def __deepcopy__(self, memo):
        import copy

        other = Net([self.layers[0].in_features, *[layer.out_features for layer in self.layers]])
        other.load_state_dict(copy.deepcopy(self.state_dict(), memo))
        return other


def loss(logits, targets):
    probabilities = logits.softmax(dim=1)
    return F.nll_loss(probabilities.log(), targets)


def train(model, optimizer, x, y, epochs):
    model.train()
    optimizer.zero_grad()
    losses = []
    for _ in range(epochs):
        error = F.mse_loss(model(x), y)
        error.backward()
        optimizer.step()
        losses.append(error)
        optimizer.zero_grad()
    return [error.item() for error in losses]


def validate(model, batches):
    was_training = model.training
    model.eval()
    total, count = 0, 0
    with torch.no_grad():
        for x, y in batches:
            error = ((model(x) - y) ** 2).mean()
            total += error * y.numel()
            count += y.numel()
    model.train(was_training)
    return float(total / count)
