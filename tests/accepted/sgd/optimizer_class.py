"""An optimizer class with the face of torch.optim; samplers as generators of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor


def predict(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return sum((column.outer(weight) for column, weight in zip(x.T, w)), b.expand(len(x), 1))


def mse(y_pred: Tensor, y_true: Tensor) -> Tensor:
    try:
        assert y_pred.shape == y_true.shape, f"{y_pred.shape} vs. {y_true.shape}"
    except AssertionError as error:
        raise ValueError(*error.args) from None
    return torch.square(y_pred - y_true).sum().div(y_true.numel())


def mse_gradients(x: Tensor, y: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    # mean((x w + b - y)^2) by its three parts: quadratic, linear, constant
    n = len(x)
    xx, xy = x.T @ x / n, x.T @ y / n
    x_mean, y_mean = x.mean(0, keepdim=True), y.mean(0)
    dw = 2 * (xx @ w - xy + x_mean.T * b)
    db = 2 * ((x_mean @ w).squeeze(0) + b - y_mean)
    return dw, db


class SGD:
    def __init__(self, params: Iterable[Tensor], lr: float) -> None:
        self.params, self.lr = list(params), lr

    def step(self) -> None:
        for p in filter(lambda p: p.grad is not None, self.params):
            with torch.inference_mode():
                p.sub_(p.grad, alpha=self.lr)

    def zero_grad(self) -> None:
        for p in self.params:
            if p.grad is not None:
                p.grad.detach_()
                p.grad.zero_()


def sgd_step_(params: Iterable[Tensor], lr: float) -> None:
    SGD(params, lr).step()


def zero_grads_(params: Iterable[Tensor]) -> None:
    SGD(params, lr=0).zero_grad()


class Model:
    def __init__(self, x: Tensor) -> None:
        self.w = torch.zeros_like(x[0]).unsqueeze(1).requires_grad_(True)
        self.b = self.w.new_zeros(1, requires_grad=True)

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        return mse(x @ self.w + self.b, y)


def _train(model: Model, optimizer: SGD, batches: Iterable[tuple[Tensor, Tensor]]) -> list[float]:
    losses = []
    for x, y in batches:
        loss = model.loss(x, y)
        losses.append(loss.detach())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return torch.stack(losses).tolist()


def fit(x: Tensor, y: Tensor, lr: float = 0.1, steps: int = 1000):
    model = Model(x)
    losses = _train(model, SGD([model.w, model.b], lr), ((x, y) for _ in range(steps)))
    return model.w.clone().detach(), model.b.clone().detach(), losses


def _epoch(x: Tensor, y: Tensor, size: int, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Each epoch has a generator of its own."""
    generator = torch.Generator(device=x.device)
    generator.manual_seed(seed)
    order = torch.randperm(len(x), generator=generator, device=x.device)
    yield from zip(x[order].split(size), y[order].split(size), strict=True)


def fit_minibatch(x: Tensor, y: Tensor, lr: float, epochs: int, batch_size: int, seed: int = 0):
    model = Model(x)
    optimizer = SGD((model.w, model.b), lr)
    mean: Callable[[list[float]], float] = lambda values: sum(values) / len(values)
    losses = [
        mean(_train(model, optimizer, _epoch(x, y, batch_size, 1000 * seed + epoch)))
        for epoch in range(epochs)
    ]
    return model.w.detach(), model.b.detach(), losses
