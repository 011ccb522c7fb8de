"""nn.Parameter by hand, in odd arrangements; gradients by torch.autograd.grad."""

import itertools
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class LinearRegressor(nn.Module):
    """One matrix for everything: the last row is the bias."""

    def __init__(self, in_features, out_features=1):
        super().__init__()
        scale = 1 / math.sqrt(in_features)
        self.matrix = nn.Parameter(scale * torch.randn(in_features + 1, out_features))

    def forward(self, x):
        return F.pad(x, (0, 1), value=1.0) @ self.matrix


class MLPRegressor(nn.Module):
    """All numbers in one flat vector, cut up in forward."""

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        self.widths = [in_features, *hidden, out_features]
        sizes = [(a + 1) * b for a, b in itertools.pairwise(self.widths)]
        self.sizes = sizes
        self.register_parameter("flat", nn.Parameter(torch.empty(sum(sizes)).uniform_(-0.3, 0.3)))

    def forward(self, x):
        last = len(self.sizes) - 1
        for i, part in enumerate(self.flat.split(self.sizes)):
            a, b = self.widths[i : i + 2]
            x = torch.addmm(part[a * b :], x, part[: a * b].view(a, b))
            if i < last:
                x = F.relu(x)
        return x


def train(model, x, y, lr=0.01, epochs=100):
    model.train()
    params = [p for p in model.parameters() if p.requires_grad]
    losses = []
    for _ in range(epochs):
        loss = F.mse_loss(model(x), y)
        grads = torch.autograd.grad(loss, params, allow_unused=True)
        with torch.no_grad():
            for p, g in zip(params, grads, strict=True):
                if g is not None:
                    p.sub_(g, alpha=lr)
        losses.append(loss.item())
    return losses


def evaluate(model, x, y):
    mode = model.training
    model.eval()
    with torch.inference_mode():
        loss = float(F.mse_loss(model(x), y))
    model.train(mode)
    return loss


def predict(model, x):
    mode = model.training
    model.eval()
    with torch.inference_mode():
        y = model(x).numpy(force=True)
    model.train(mode)
    return y


def count_parameters(model):
    return sum(map(torch.Tensor.numel, filter(lambda p: p.requires_grad, model.parameters())))
