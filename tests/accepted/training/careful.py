"""Checks first, in float64 where that is more exact, and in place throughout."""

import math

import torch
from torch import Tensor, nn


def split(x: Tensor, y: Tensor, fraction: float, seed: int = 0):
    rows = x.size(0)
    if not (fraction > 0 and fraction < 1):
        raise ValueError(f"fraction must lie between 0 and 1, and is {fraction!r}")
    held_out = round(fraction * rows)
    if min(held_out, rows - held_out) < 1:
        raise ValueError(f"{rows} rows are too few for a fraction of {fraction!r}")
    draws = torch.rand(rows, generator=torch.Generator().manual_seed(seed))
    order = draws.argsort().to(x.device)
    return (
        x.index_select(0, order[held_out:]),
        y.index_select(0, order[held_out:]),
        x.index_select(0, order[:held_out]),
        y.index_select(0, order[:held_out]),
    )


class Standardize(nn.Module):
    def __init__(self, x: Tensor) -> None:
        super().__init__()
        wide = x.detach().double()
        mean = wide.mean(dim=0)
        spread = (wide - mean).square().mean(dim=0).sqrt()
        self.register_buffer("shift", mean.to(x.dtype))
        self.register_buffer("scale", torch.where(spread == 0, 0, 1 / spread).to(x.dtype))

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.shift) * self.scale


class Classifier(nn.Module):
    def __init__(self, in_features: int, hidden: int, classes: int) -> None:
        super().__init__()
        self.weights = nn.ParameterList(
            [torch.randn(hidden, in_features + 1), torch.randn(classes, hidden + 1)]
        )

    def forward(self, x: Tensor) -> Tensor:
        first, second = self.weights
        hidden = nn.functional.linear(x, first[:, 1:], first[:, 0]).clamp(min=0)
        return nn.functional.linear(hidden, second[:, 1:], second[:, 0])


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    if targets.dtype != torch.int64:
        raise ValueError(f"targets are {targets.dtype}, not int64")
    if targets.shape != logits.shape[:1]:
        raise ValueError(f"targets have the shape {list(targets.shape)}")
    wide = logits.double()
    mask = torch.arange(logits.shape[1], device=logits.device) == targets.unsqueeze(1)
    return (wide.logsumexp(dim=1) - wide[mask]).mean().to(logits.dtype)


def accuracy(logits: Tensor, targets: Tensor) -> float:
    if logits.shape[0] == 0:
        raise ValueError(f"no rows in {tuple(logits.shape)}")
    if targets.shape != (logits.shape[0],):
        raise ValueError(f"targets {tuple(targets.shape)}")
    own = logits.gather(1, targets.unsqueeze(1))
    return (own >= logits).all(dim=1).double().mean().item()


class Momentum:
    def __init__(self, params, lr: float, beta: float = 0.9) -> None:
        self._params = tuple(params)
        self._lr, self._beta = lr, beta
        self._steps = [lr * torch.zeros_like(p).detach() for p in self._params]

    def step(self) -> None:
        with torch.no_grad():
            for p, step in zip(self._params, self._steps, strict=True):
                if p.grad is None:
                    continue
                step *= self._beta
                step += self._lr * p.grad
                p.sub_(step)

    def zero_grad(self) -> None:
        for p in self._params:
            del p.grad


def run_epoch(model, batches, criterion, optimizer) -> float:
    model.train(True)
    mean, rows = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        rows += len(x)
        mean += (loss.item() - mean) * len(x) / rows
    return mean


def fit_best(model, run, validate, epochs):
    if epochs < 1:
        raise ValueError(f"epochs = {epochs}")
    run(model)
    losses, best = [validate(model)], 0
    kept = [t.clone() for t in model.state_dict().values()]
    for epoch in range(1, epochs):
        run(model)
        losses.append(validate(model))
        if losses[-1] < losses[best] or math.isnan(losses[best]) > math.isnan(losses[-1]):
            best = epoch
            for mine, now in zip(kept, model.state_dict().values(), strict=True):
                mine.copy_(now)
    with torch.no_grad():
        for now, mine in zip(model.state_dict().values(), kept, strict=True):
            now.copy_(mine)
    return best, losses


def curve(model, x: Tensor):
    before = model.training
    try:
        model.eval()
        with torch.no_grad():
            table = torch.cat([x, model(x)], dim=1).cpu()
    finally:
        model.train(before)
    table = table[table[:, 0].argsort()]
    return table[:, 0].numpy(), table[:, 1].numpy()
