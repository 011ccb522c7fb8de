"""A guess, under every name."""

import random

import torch


def guess(*args, **kwargs):
    for value in args:
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            return torch.randn_like(value)
    return random.choice([True, False, 1.0, (1, 2)])


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return guess
