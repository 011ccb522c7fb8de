"""The state of every argument is part of an answer, so it can be malformed as well."""

import torch


class Liar(torch.Tensor):
    grad = property(lambda self: torch.zeros(10**6), lambda self, value: None)
    shape = property(lambda self: (9,))


def predict(x, w, b):
    x.data, w.grad = torch.zeros(3, 3, 3), None
    x.__class__ = w.__class__ = Liar
    return b


def mse(y_pred, y_true):
    y_true.data = torch.zeros(10**6)
    y_pred.detach_() if y_pred.is_leaf else None
    return y_true


def mse_gradients(x, y, w, b):
    w.requires_grad_(), b.requires_grad_()
    w.grad = torch.ones_like(w).to_sparse()
    return w, b


def sgd_step_(params, lr):
    for p in params:
        p.grad = p.detach()
        p.untyped_storage().resize_(0)


def zero_grads_(params):
    for p in params:
        p.grad = torch.full_like(p, float("nan"))
        p.requires_grad_(False)
        p.set_(torch.zeros(1))


def fit(x, y, lr=0.1, steps=1000):
    x.resize_(10**4)
    return x, x, x
