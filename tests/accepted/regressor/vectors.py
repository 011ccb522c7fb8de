"""Parameters as one vector; a graph is avoided by freezing them for a while."""

from contextlib import contextmanager

import torch
from torch import nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters


class LinearRegressor(nn.Module):
    def __init__(self, in_features, out_features=1):
        super().__init__()
        self.slope = nn.Linear(in_features, out_features, bias=False)
        self.offset = nn.Parameter(torch.zeros(1, out_features))

    def forward(self, x):
        return self.slope(x) + self.offset


class MLPRegressor(nn.Module):
    """A chain of two: the first layer, and an MLP that follows."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        width, *rest = (*hidden, out_features)
        self.first = nn.Bilinear(in_features, 1, width)
        self.rest = MLPRegressor(width, rest[:-1], rest[-1]) if rest else None

    def forward(self, x):
        y = self.first(x, torch.ones_like(x[:, :1]))
        return y if self.rest is None else self.rest(y.relu())


def train(model, x, y, lr=0.01, epochs=100):
    model.train()
    trained = [p for p in model.parameters() if p.requires_grad]
    losses = []
    for _ in range(epochs):
        loss = nn.functional.mse_loss(model(x), y, reduction="sum") / y.numel()
        losses.append(loss.item())
        slopes = torch.autograd.grad(loss, trained)
        with torch.no_grad():
            moved = parameters_to_vector(trained) - lr * parameters_to_vector(slopes)
            vector_to_parameters(moved, trained)
    return losses


@contextmanager
def frozen(model):
    """Nothing requires a gradient, so nothing is recorded."""
    wanting = [p for p in model.parameters() if p.requires_grad]
    before = model.training
    for p in wanting:
        p.requires_grad = False
    yield model.eval()
    model.train(before)
    for p in wanting:
        p.requires_grad = True


def evaluate(model, x, y):
    with frozen(model):
        error = (model(x.detach()) - y).flatten()
    return (error @ error / len(error)).item()


def predict(model, x):
    with frozen(model):
        return model(x.detach()).cpu().numpy()


def count_parameters(model):
    trainable = [p for p in model.parameters() if p.requires_grad]
    return len(parameters_to_vector(trainable)) if trainable else 0
