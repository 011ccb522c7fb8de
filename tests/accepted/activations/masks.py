"""Boolean masks: an empty tensor is filled part by part, in place."""

import torch


def sigmoid(x):
    out = torch.empty_like(x)
    low = x < 0
    e = torch.exp(x[low])
    out[low] = e / (1 + e)
    out[~low] = 1 / (1 + torch.exp(-x[~low]))
    return out


def tanh(x):
    y = torch.zeros_like(x)
    for side, sign in ((x < 0, -1), (x >= 0, 1)):
        z = torch.exp(-2 * sign * x[side])
        y[side] = sign * (1 - z) / (1 + z)
    return y


def relu(x):
    y = x.clone()
    y[y < 0] = 0
    return y


def leaky_relu(x, negative_slope=0.01):
    y = x.clone()
    y[x < 0] *= negative_slope
    return y


def elu(x, alpha=1.0):
    y = x.clone()
    negative = x <= 0
    y[negative] = alpha * torch.expm1(x[negative])
    return y


def softmax(x, dim=-1):
    y = x.clone()
    y -= x.amax(dim, keepdim=True).detach()
    y.exp_()
    return y / y.sum(dim, keepdim=True)


def is_linear(f, x1, x2, k, tol=1e-6):
    for a, b in [(f(x1 + x2), f(x1) + f(x2)), (f(k * x1), k * f(x1))]:
        if a.dim() == 0:
            a, b = a.reshape(1), b.reshape(1)
        wrong = (a - b).abs()
        allowed = torch.maximum(a.abs().max(), b.abs().max()) * tol
        if wrong[wrong > allowed].numel() > 0:
            return False
    return True
