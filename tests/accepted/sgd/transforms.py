"""torch.func: slopes by forward mode and by grad_and_value, maps over rows; and decorators."""

import functools
import math
import torch
from torch import nn
from torch.func import grad_and_value, jacfwd, vmap


def predict(x, w, b):
    return vmap(lambda row: row @ w + b)(x)


def mse(y_pred, y_true):
    if y_pred.shape != y_true.shape:
        raise ValueError(str(y_pred.shape))
    return torch.mul(y_pred - y_true, y_pred - y_true).mean()


def no_grad(function):
    @functools.wraps(function)
    def quiet(*args, **kwargs):
        with torch.autograd.grad_mode.no_grad():
            return function(*args, **kwargs)

    return quiet


@no_grad
def mse_gradients(x, y, w, b):
    e = x @ w + b - y
    parts = vmap(lambda row, r: (row.unsqueeze(1) * r, r))(x, e)
    return tuple(2 * p.mean(dim=0) for p in parts)


@no_grad
def sgd_step_(params, lr):
    for p in params:
        if p.grad is not None:
            p.addcmul_(p.grad, torch.tensor(-lr, dtype=p.dtype, device=p.device))


def zero_grads_(params):
    params = list(params)
    for p in params:
        p.grad = None if p.grad is None else p.grad.new_zeros(p.shape)


@torch.compile
def loss_of(w, b, x, y):
    return mse(x @ w + b, y)


def fit(x, y, lr=0.1, steps=1000):
    w, b = x.new_zeros(x.shape[1], 1), x.new_zeros(1)
    losses = []
    for _ in range(steps):
        losses.append(loss_of(w, b, x, y).item())
        dw, db = jacfwd(loss_of, argnums=(0, 1))(w, b, x, y)
        w, b = w - lr * dw, b - lr * db
    return w, b, losses


def fit_minibatch(x, y, lr, epochs, batch_size, seed=0):
    slopes = grad_and_value(loss_of, argnums=(0, 1))
    w = nn.Parameter(torch.zeros(x.shape[1], 1, dtype=x.dtype, device=x.device))
    b = nn.Parameter(torch.zeros(1, dtype=x.dtype, device=x.device))
    g = torch.Generator().manual_seed(seed)
    means = []
    for _ in range(epochs):
        order = torch.multinomial(torch.ones(len(x)), len(x), generator=g).to(x.device)
        losses = []
        for k in range(math.ceil(len(x) / batch_size)):
            take = order[k * batch_size :][:batch_size]
            (w.grad, b.grad), loss = slopes(w.detach(), b.detach(), x[take], y[take])
            losses.append(loss.item())
            sgd_step_([w, b], lr)
        means.append(math.fsum(losses) / len(losses))
    return w.data, b.data, means
