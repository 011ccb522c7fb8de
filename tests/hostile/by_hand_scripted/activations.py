"""Another interpreter, the same operators."""

import torch


@torch.jit.script
def scripted_sigmoid(x: torch.Tensor) -> torch.Tensor:
    return torch.sigmoid(x)


@torch.jit.script
def scripted_softmax(x: torch.Tensor, dim: int) -> torch.Tensor:
    return torch.softmax(x, dim)


def sigmoid(x):
    return scripted_sigmoid(x)


def tanh(x):
    return 2 * scripted_sigmoid(2 * x) - 1


def softmax(x, dim=-1):
    return scripted_softmax(x, dim)
