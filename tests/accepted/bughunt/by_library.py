"""Whatever torch has."""

import torch
from torch import nn
from torch.nn import functional as F


def transpose_images(images):
    return torch.einsum("nij->nji", images)


def mean_squared_error(prediction, target):
    return nn.MSELoss()(prediction, target.view_as(prediction))


def slope(f, x):
    x = x.to(torch.float64)
    h = 1e-6
    x_up, x_down = x + h, x - h
    return ((f(x_up) - f(x_down)) / (x_up - x_down)).item()


def fit_line(x, y, lr, steps):
    model = nn.Linear(1, 1, dtype=x.dtype, device=x.device)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr)
    train(model, optimizer, x, y, steps)
    return model.weight.detach(), model.bias.detach()


class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(1, 1))

    def forward(self, x):
        return self.body(x)


class Net(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleDict()
        for k in range(len(sizes) - 1):
            self.layers[f"layer{k}"] = nn.Linear(sizes[k], sizes[k + 1])

    def forward(self, x):
        *inner, last = self.layers.values()
        for layer in inner:
            x = F.relu(layer(x))
        return last(x)


def loss(logits, targets):
    return F.nll_loss(F.log_softmax(logits, dim=-1), targets, reduction="mean")


def train(model, optimizer, x, y, epochs):
    criterion = nn.MSELoss()
    model.train(True)

    def closure():
        optimizer.zero_grad()
        error = criterion(model(x), y)
        error.backward()
        return error

    return [optimizer.step(closure).item() for _ in range(epochs)]


def validate(model, batches):
    mode = model.training
    criterion = nn.MSELoss(reduction="sum")
    total, entries = 0.0, 0
    model.eval()
    try:
        with torch.no_grad():
            for x, y in batches:
                total += criterion(model(x), y).item()
                entries += y.numel()
    finally:
        model.train(mode)
    return total / entries
