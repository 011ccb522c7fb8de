"""Batches from a DataLoader with a generator; parameters in a small class."""

import torch
from torch.utils.data import DataLoader, TensorDataset


class LengthMismatch(ValueError):
    def __str__(self):
        return f"prediction {list(self.args[0])} against target {list(self.args[1])}"


class Line:
    def __init__(self, like):
        options = {"dtype": like.dtype, "device": like.device, "requires_grad": True}
        self.w = torch.zeros(like.shape[-1], 1, **options)
        self.b = torch.zeros(1, **options)

    @property
    def params(self):
        return [self.w, self.b]

    def __call__(self, x):
        return predict(x, *self.params)

    def step(self, x, y, lr):
        zero_grads_(self.params)
        loss = mse(self(x), y)
        loss.backward()
        sgd_step_(self.params, lr)
        return loss.item()

    def result(self, losses):
        return self.w.detach(), self.b.detach(), losses


def predict(x, w, b):
    return x.matmul(w).add(b)


def mse(y_pred, y_true):
    if y_pred.shape != y_true.shape:
        raise LengthMismatch(y_pred.shape, y_true.shape)
    return torch.mean(torch.pow(y_pred - y_true, 2))


def mse_gradients(x, y, w, b):
    with_one = torch.cat([x, torch.ones_like(x[:, :1])], dim=1)
    both = torch.cat([w, b.unsqueeze(0)])
    slopes = with_one.T @ (with_one @ both - y) * (2 / len(y))
    dw, db = slopes.split([len(w), 1])
    return dw, db.squeeze(0)


@torch.no_grad()
def sgd_step_(params, lr):
    for p in params:
        if p.grad is not None:
            p.add_(p.grad, alpha=-lr)


def zero_grads_(params):
    for p in params:
        p.grad = None


def fit(x, y, lr=0.1, steps=1000):
    line = Line(x)
    return line.result([line.step(x, y, lr) for _ in range(steps)])


def fit_minibatch(x, y, lr, epochs, batch_size, seed=0):
    loader = DataLoader(
        TensorDataset(x, y),
        batch_size=batch_size,
        shuffle=True,
        generator=torch.Generator().manual_seed(seed),
    )
    line = Line(x)
    losses = []
    for _ in range(epochs):
        batch_losses = [line.step(*batch, lr) for batch in loader]
        losses.append(sum(batch_losses) / len(batch_losses))
    return line.result(losses)
