"""Small helpers, dictionaries and comprehensions; the criterion's mean is undone for the sums."""

from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import nn


def split(x, y, fraction, seed=0):
    sizes = {"val": round(fraction * len(x)) if 0.0 < fraction < 1.0 else 0}
    sizes["train"] = len(x) - sizes["val"]
    if not all(sizes.values()):
        raise ValueError(f"{fraction} of {len(x)} rows: {sizes}")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        shuffled = torch.randperm(len(x)).to(x.device)
    parts = {"train": shuffled[sizes["val"] :], "val": shuffled[: sizes["val"]]}
    return tuple(t[rows] for rows in parts.values() for t in (x, y))


class Standardize(nn.Module):
    def __init__(self, x):
        super().__init__()
        for name, numbers in {"a": x.mean(0), "b": x.var(0, correction=0)}.items():
            self.register_buffer(name, numbers.clone())

    def forward(self, x):
        centred = x - self.a
        return torch.where(self.b == 0, torch.zeros_like(centred), centred / self.b**0.5)


class Classifier(nn.Module):
    def __init__(self, in_features, hidden, classes):
        super().__init__()
        sizes = in_features, hidden, classes
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))

    def forward(self, x):
        first, last = self.layers
        return last(F.relu(first(x)))


def cross_entropy(logits, targets):
    wanted = torch.empty(len(logits), dtype=torch.int64)
    for what in ("dtype", "shape"):
        if getattr(targets, what) != getattr(wanted, what):
            raise ValueError(f"targets have {what} {getattr(targets, what)}")
    rows = [torch.logsumexp(z, 0) - z[t] for z, t in zip(logits, targets)]
    return torch.stack(rows).mean()


def accuracy(logits, targets):
    if not len(logits) or list(targets.shape) != [len(logits)]:
        raise ValueError(f"{tuple(logits.shape)}, {tuple(targets.shape)}")
    hits = [z.index(max(z)) == t for z, t in zip(logits.tolist(), targets.tolist())]
    return sum(hits) / len(hits)


class Momentum:
    def __init__(self, params, lr, beta=0.9):
        self.lr, self.beta = lr, beta
        self.v = {p: torch.zeros_like(p) for p in params}

    @torch.no_grad()
    def step(self):
        self.v = {p: v if p.grad is None else self.beta * v + p.grad for p, v in self.v.items()}
        for p, v in self.v.items():
            if p.grad is not None:
                p.add_(v, alpha=-self.lr)

    def zero_grad(self):
        for p in self.v:
            p.grad = None if p.grad is None else torch.zeros_like(p.grad)


def run_epoch(model, batches, criterion, optimizer):
    def trained(x, y):
        prediction = model.train()(x)
        loss = criterion(prediction, y)
        model.zero_grad(set_to_none=False)
        model.zero_grad()
        loss.backward()
        optimizer.step()
        return [loss.item()] * len(x)

    losses = [loss for x, y in batches for loss in trained(x, y)]
    return sum(losses) / len(losses)


def fit_best(model, run, validate, epochs):
    if epochs < 1:
        raise ValueError(f"epochs={epochs}")
    history = {}
    for epoch in range(epochs):
        run(model)
        history[epoch] = validate(model)
        numbers = {e: loss for e, loss in history.items() if loss == loss} or history
        best = min(numbers, key=numbers.get)
        if best == epoch:
            kept = {name: t.clone() for name, t in model.state_dict().items()}
    model.load_state_dict(kept)
    return best, list(history.values())


@contextmanager
def measuring(model):
    was_training = model.training
    with torch.no_grad():
        yield model.eval()
    model.train(was_training)


def curve(model, x):
    with measuring(model):
        pairs = torch.hstack([x.detach(), model(x)])
    xs, ys = pairs[pairs[:, 0].sort().indices].T.cpu().contiguous().numpy()
    return xs, ys
