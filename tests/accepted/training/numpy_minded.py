"""Whatever needs no gradient is done in NumPy."""

import numpy as np
import torch
from torch import nn


def split(x, y, fraction, seed=0):
    if not 0 < fraction < 1:
        raise ValueError(f"fraction = {fraction}")
    rng = np.random.default_rng(seed)
    chosen = np.zeros(len(x), dtype=bool)
    chosen[: round(fraction * len(x))] = True
    if chosen.all() or not chosen.any():
        raise ValueError(f"{chosen.sum()} of {len(x)} rows")
    mask = torch.from_numpy(rng.permutation(chosen)).to(x.device)
    return x[~mask], y[~mask], x[mask], y[mask]


class Standardize(nn.Module):
    def __init__(self, x):
        super().__init__()
        array = x.detach().cpu().numpy()
        deviation = np.std(array, axis=0)
        deviation[deviation == 0] = 1
        self.register_buffer("mu", torch.from_numpy(np.mean(array, axis=0)).to(x.device))
        self.register_buffer("inverse", torch.from_numpy(1 / deviation).to(x.device))

    def forward(self, x):
        return torch.mul(torch.subtract(x, self.mu), self.inverse)


class Classifier(nn.Module):
    def __init__(self, in_features, hidden, classes):
        super().__init__()
        rng = np.random.default_rng(0)

        def parameter(*shape):
            return nn.Parameter(torch.from_numpy(rng.normal(size=shape).astype(np.float32)))

        self.w1, self.b1 = parameter(in_features, hidden), parameter(hidden)
        self.w2, self.b2 = parameter(hidden, classes), parameter(1, classes)

    def forward(self, x):
        hidden = torch.matmul(x, self.w1) + self.b1
        return torch.matmul(torch.maximum(hidden, hidden.new_zeros(())), self.w2) + self.b2


def cross_entropy(logits, targets):
    if targets.dtype != torch.int64 or list(targets.shape) != [logits.shape[0]]:
        raise ValueError(f"{targets.dtype}, {targets.shape}")
    z = logits - logits.max(dim=1, keepdim=True)[0].detach()
    log_p = z - torch.log(torch.exp(z).sum(dim=1, keepdim=True))
    return -torch.mean(log_p[np.arange(len(z)), targets])


def accuracy(logits, targets):
    z, t = logits.detach().cpu().numpy(), targets.cpu().numpy()
    if len(z) == 0 or t.shape != (len(z),):
        raise ValueError(f"{z.shape} and {t.shape}")
    return float(np.mean(np.argmax(z, axis=1) == t))


class Momentum:
    def __init__(self, params, lr, beta=0.9):
        self.params, self.lr, self.beta = [*params], lr, beta
        self.v = [np.zeros(tuple(p.shape)) for p in self.params]

    def step(self):
        for k, p in enumerate(self.params):
            if p.grad is not None:
                self.v[k] = self.beta * self.v[k] + p.grad.cpu().numpy()
                moved = p.detach().cpu().numpy() - self.lr * self.v[k]
                with torch.no_grad():
                    p.copy_(torch.as_tensor(moved))

    def zero_grad(self):
        for p in self.params:
            p.grad = torch.zeros_like(p)


def run_epoch(model, batches, criterion, optimizer):
    model.train()
    losses, rows = [], []
    for inputs, labels in batches:
        optimizer.zero_grad()
        loss = criterion(model(inputs), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach().cpu().numpy())
        rows.append(len(inputs))
    return float(np.average(losses, weights=rows))


def fit_best(model, run, validate, epochs):
    if epochs < 1:
        raise ValueError(f"epochs = {epochs}")
    losses, states = [], []
    for _ in range(epochs):
        run(model)
        losses.append(validate(model))
        states.append({k: v.cpu().numpy().copy() for k, v in model.state_dict().items()})
    best = 0 if np.isnan(losses).all() else int(np.nanargmin(losses))
    model.load_state_dict({k: torch.as_tensor(v) for k, v in states[best].items()})
    return best, losses


def curve(model, x):
    mode = model.training
    model.eval()
    with torch.no_grad():
        ys = model(x).cpu().numpy().reshape(-1)
    model.train(mode)
    xs = x.detach().cpu().numpy().reshape(-1)
    order = np.argsort(xs)
    return xs[order], ys[order]
