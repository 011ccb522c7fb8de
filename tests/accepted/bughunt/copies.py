"""Works on copies, and by autograd.grad."""

import copy

import torch
from torch import nn


def transpose_images(images):
    rows = images.unbind(1)
    return torch.stack(rows, dim=2)


def mean_squared_error(prediction, target):
    difference = prediction - target.reshape(prediction.size(0), 1)
    return torch.sum(torch.pow(difference, 2)) / difference.numel()


def slope(f, x):
    x, slopes = float(x), []
    for h in (1e-6, 2e-6):
        here = torch.tensor([x + h, x - h], dtype=torch.float64)
        slopes.append((f(here[0]) - f(here[1])) / (2 * h))
    return (sum(slopes) / 2).item()


def fit_line(x, y, lr, steps):
    line = torch.zeros(2, dtype=x.dtype, device=x.device)
    for _ in range(steps):
        line = line.clone().requires_grad_()
        error = torch.mean((line[0] * x + line[1] - y) ** 2)
        (slopes,) = torch.autograd.grad(error, line)
        line = (line - lr * slopes).detach()
    return line[:1].reshape(1, 1).clone(), line[1:].clone()


class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.slope = nn.Linear(1, 1, bias=False)
        self.height = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return self.slope(x) + self.height


class Net(nn.Module):
    """A layer, and the rest of the net."""

    def __init__(self, sizes):
        super().__init__()
        self.layer = nn.Linear(sizes[0], sizes[1])
        self.rest = Net(sizes[1:]) if len(sizes) > 2 else None

    def forward(self, x):
        x = self.layer(x)
        return x if self.rest is None else self.rest(torch.relu(x))


def loss(logits, targets):
    log_sums = torch.logsumexp(logits, dim=1)
    right = torch.nn.functional.one_hot(targets, logits.shape[1]).to(logits.dtype)
    return torch.mean(log_sums - torch.sum(right * logits, dim=1))


def train(model, optimizer, x, y, epochs):
    losses = []
    for _ in range(epochs):
        model.train()
        error = torch.nn.functional.mse_loss(model(x), y)
        parameters = list(model.parameters())
        for p, slope in zip(parameters, torch.autograd.grad(error, parameters)):
            p.grad = slope
        optimizer.step()
        losses.append(error.tolist())
    return losses


def validate(model, batches):
    model = copy.deepcopy(model).eval().requires_grad_(False)
    total, count = 0.0, 0
    for x, y in batches:
        total += torch.sum((model(x) - y) ** 2).item()
        count += y.nelement()
    return total / count
