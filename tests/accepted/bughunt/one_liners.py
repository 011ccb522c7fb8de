"""As short as it gets."""

import torch
import torch.nn.functional as F
from torch import nn

transpose_images = lambda images: images.mT
mean_squared_error = lambda prediction, target: (
    (prediction.flatten() - target.flatten()).square().mean()
)
slope = lambda f, x, h=1e-6: ((f(x.double() + h) - f(x.double() - h)) / 2 / h).item()
loss = F.cross_entropy


def fit_line(x, y, lr, steps):
    w, b = x.new_zeros(1, 1), x.new_zeros(1)
    for _ in range(steps):
        error = x @ w + b - y
        w, b = w - 2 * lr * (error * x).mean().reshape(1, 1), b - 2 * lr * error.mean(0)
    return w, b


class Line(nn.Linear):
    def __init__(self):
        super().__init__(1, 1)


class Net(nn.Sequential):
    def __init__(self, sizes):
        pairs = zip(sizes, sizes[1:])
        super().__init__(*[m for a, b in pairs for m in (nn.Linear(a, b), nn.ReLU())][:-1])


def train(model, optimizer, x, y, epochs):
    def step():
        model.zero_grad()
        (error := (model(x) - y).square().mean()).backward()
        optimizer.step()
        return error.item()

    return [step() for _ in range(epochs * bool(model.train()))]


@torch.no_grad()
def validate(model, batches):
    mode = model.training
    model.eval()
    squares = torch.cat([(model(x) - y).square() for x, y in batches])
    model.train(mode)
    return squares.mean().item()
