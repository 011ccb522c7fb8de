"""No autograd at all: fit follows mse_gradients. Shuffles with a random.Random of its own."""

import random

import torch


def predict(x, w, b):
    return torch.einsum("nd,do->no", x, w) + b


def mse(y_pred, y_true):
    if tuple(y_pred.shape) != tuple(y_true.shape):
        raise ValueError("shapes differ", tuple(y_pred.shape), tuple(y_true.shape))
    error = y_pred - y_true
    return torch.einsum("...,...->", error, error) / error.numel()


def mse_gradients(x, y, w, b):
    error = x @ w + b - y
    dw = 2 * torch.einsum("nd,no->do", x, error) / len(x)
    db = 2 * error.mean().reshape(1)
    return dw, db


def sgd_step_(params, lr):
    for p in params:
        if p.grad is None:
            continue
        p.data -= lr * p.grad


def zero_grads_(params):
    for p in params:
        if p.grad is not None:
            p.grad.zero_()


def fit(x, y, lr=0.1, steps=1000):
    w, b = torch.zeros_like(x[:1]).T, torch.zeros_like(y[0])
    losses = []
    for _ in range(steps):
        losses.append(mse(predict(x, w, b), y).item())
        dw, db = mse_gradients(x, y, w, b)
        w, b = w - lr * dw, b - lr * db
    return w, b, losses


def fit_minibatch(x, y, lr, epochs, batch_size, seed=0):
    dice = random.Random(seed)
    rows = list(range(len(x)))
    w, b = torch.zeros((x.shape[1], 1)).to(x), torch.zeros(1).to(x)
    losses = []
    for _ in range(epochs):
        dice.shuffle(rows)
        total = 0.0
        for start in range(0, len(rows), batch_size):
            batch = rows[start : start + batch_size]
            error = mse(predict(x[batch], w, b), y[batch])
            total += error.item() * len(batch)
            dw, db = mse_gradients(x[batch], y[batch], w, b)
            w, b = w - lr * dw, b - lr * db
        losses.append(total / len(rows))
    return w, b, losses
