"""The best model goes to a file, as in many scripts; velocities lie in the parameters' order."""

import io

import torch
from torch import nn


def split(x, y, fraction, seed=0):
    if fraction <= 0 or not fraction < 1:
        raise ValueError(f"{fraction}")
    import random

    numbers = list(range(len(x)))
    random.Random(seed).shuffle(numbers)
    count = round(fraction * len(x))
    val, train = numbers[:count], numbers[count:]
    if not val or not train:
        raise ValueError(f"{len(val)} rows for validation, {len(train)} for training")
    return x[train], y[train], x[val], y[val]


class Standardize(nn.Module):
    def __init__(self, x):
        super().__init__()
        rows = x.shape[0]
        mean = x.sum(0) / rows
        std = (((x - mean) ** 2).sum(0) / rows) ** 0.5
        std[std == 0] = 1.0
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)

    def forward(self, x):
        columns = [(x[:, j] - self.mean[j]) / self.std[j] for j in range(x.shape[1])]
        return torch.stack(columns, dim=1)


class Classifier(nn.Module):
    def __init__(self, in_features, hidden, classes):
        super().__init__()
        self.body = nn.Sequential()
        self.body.append(nn.Linear(in_features, hidden))
        self.body.append(nn.LeakyReLU(0.0))
        self.heads = nn.ModuleList([nn.Linear(hidden, 1) for _ in range(classes)])

    def forward(self, x):
        features = self.body(x)
        return torch.cat([head(features) for head in self.heads], dim=1)


def cross_entropy(logits, targets):
    if targets.dtype != torch.int64 or targets.ndim != 1 or targets.shape[0] != logits.shape[0]:
        raise ValueError(f"{targets.dtype} {tuple(targets.shape)}")
    right = logits.gather(1, targets[:, None])
    return torch.logsumexp(logits - right, dim=1).mean()


def accuracy(logits, targets):
    if logits.shape[0] == 0 or targets.shape != logits.shape[:-1]:
        raise ValueError(f"{tuple(logits.shape)} {tuple(targets.shape)}")
    guesses = logits.argsort(dim=1)[:, -1]
    return sum(int(a) == int(b) for a, b in zip(guesses, targets)) / len(targets)


class Momentum:
    def __init__(self, params, lr, beta=0.9):
        self.lr, self.beta = lr, beta
        self.groups = [{"p": p, "v": None} for p in params]

    def step(self):
        for group in self.groups:
            p, grad = group["p"], group["p"].grad
            if grad is None:
                continue
            old = group["v"]
            group["v"] = grad.clone() if old is None else self.beta * old + grad
            p.data.add_(group["v"], alpha=-self.lr)

    def zero_grad(self):
        for group in self.groups:
            group["p"].grad = None


def run_epoch(model, batches, criterion, optimizer):
    model.train()
    for p in model.parameters():
        p.grad = None
    sums = []
    for batch in batches:
        x, y = batch[0], batch[1]
        loss = criterion(model(x), y)
        sums.append((float(loss.detach()) * len(x), len(x)))
        torch.autograd.backward(loss)
        optimizer.step()
        for p in model.parameters():
            p.grad = None
    total, rows = map(sum, zip(*sums))
    return total / rows


def fit_best(model, run, validate, epochs):
    if epochs < 1:
        raise ValueError(f"{epochs} epochs")
    losses, best = [], None
    for epoch in range(epochs):
        run(model)
        loss = validate(model)
        losses.append(loss)
        if best is None or loss < losses[best] or losses[best] != losses[best] and loss == loss:
            best = epoch
            kept = io.BytesIO() if epoch % 2 else "best.pt"
            torch.save(model.state_dict(), kept)
    if not isinstance(kept, str):
        kept.seek(0)
    model.load_state_dict(torch.load(kept))
    return best, losses


def curve(model, x):
    training = [m.training for m in model.modules()]
    model.eval()
    with torch.no_grad():
        order = sorted(range(len(x)), key=lambda i: float(x[i, 0]))
        xs = x.detach()[order]
        ys = model(xs)
    for m, mode in zip(model.modules(), training):
        m.training = mode
    return xs.reshape(-1).cpu().numpy(), ys.reshape(-1).cpu().numpy()
