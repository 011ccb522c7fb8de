"""Layers of indirection do not change which operator runs."""

import torch


def sigmoid(x):
    return torch.func.vmap(torch.sigmoid)(x.reshape(1, -1)).reshape(x.shape)


def tanh(x):
    return torch.nn.Sequential(torch.nn.Identity(), torch.nn.Tanh())(x)


def relu(x):
    return getattr(torch, "".join(["re", "lu"]))(x)


def elu(x, alpha=1.0):
    return eval("torch.nn.functional." + "ule"[::-1])(x, alpha)


def softmax(x, dim=-1):
    return torch.func.functional_call(torch.nn.Softmax(dim), {}, (x,))
