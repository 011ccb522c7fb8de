"""Uses what was written in the unit before; a DataLoader of one batch; loops over vectors."""

import contextlib
from functools import reduce
from typing import NamedTuple

import torch
from exercises import sgd
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class LinearRegressor(nn.Module):
    def __init__(self, in_features, out_features=1):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(in_features, out_features))
        self.b = nn.Parameter(torch.zeros(out_features))

    def forward(self, x):
        return sgd.predict(x, self.w, self.b)


class Block(nn.Module):
    """ReLU, then linear: the first block of a model has no ReLU."""

    def __init__(self, width, next_width, first):
        super().__init__()
        self.linear = LinearRegressor(width, next_width)
        nn.init.normal_(self.linear.w)
        self.before = (lambda x: x) if first else (lambda x: x.clamp(min=0))

    def forward(self, x):
        return self.linear(self.before(x))


class MLPRegressor(nn.Module):
    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        widths = (in_features, *hidden)
        next_widths = (*hidden, out_features)
        self.blocks = nn.ModuleList(
            Block(a, b, first=i == 0)
            for i, (a, b) in enumerate(zip(widths, next_widths, strict=True))
        )

    def forward(self, x):
        return reduce(lambda value, block: block(value), self.blocks, x)


class Step(NamedTuple):
    loss: float
    model: nn.Module


def train(model, x, y, lr=0.01, epochs=100):
    model = model.train()
    loader = DataLoader(TensorDataset(x, y), batch_size=len(x))
    steps = []
    for _ in range(epochs):
        for inputs, targets in loader:
            sgd.zero_grads_(model.parameters())
            loss = sgd.mse(model(inputs), targets)
            loss.backward()
            sgd.sgd_step_(model.parameters(), lr)
            steps.append(Step(loss.item(), model))
    return [step.loss for step in steps]


@contextlib.contextmanager
def evaluating(model):
    modules = list(model.modules())
    modes = [module.training for module in modules]
    try:
        with torch.no_grad():
            yield model.eval()
    finally:
        for module, mode in zip(modules, modes, strict=True):
            module.training = mode


def evaluate(model, x, y):
    with evaluating(model) as calm:
        return sgd.mse(calm(x), y).tolist()


def predict(model, x):
    with evaluating(model) as calm:
        return calm(x).cpu().numpy().copy()


def count_parameters(model):
    unique = {id(p): p for p in model.parameters()}
    return sum(p.nelement() for p in unique.values() if p.requires_grad)
