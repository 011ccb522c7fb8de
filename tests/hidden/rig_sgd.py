"""What the suite of `sgd` needs beside the learner's functions: no answers, only instruments."""

import random

import numpy as np
import torch
from torch.autograd.graph import saved_tensors_hooks


class _Watch:
    """Counts how often a backward pass reads what a forward pass saved for it."""

    def __init__(self):
        self.reads = 0
        self.hooks = saved_tensors_hooks(lambda tensor: tensor, self._read)

    def _read(self, tensor):
        self.reads += 1
        return tensor


_watches: list[_Watch] = []


def watch_backward():
    """From now on, notice any backward pass."""
    _watches.append(_Watch())
    _watches[-1].hooks.__enter__()


def backward_passes():
    """Stop watching; how many saved tensors did backward passes read meanwhile?"""
    watch = _watches.pop()
    watch.hooks.__exit__(None, None, None)
    return watch.reads


def seed(number, device):
    """Put every global source of random numbers into a known state, some way from its seed."""
    torch.default_generator.manual_seed(number)  # torch.manual_seed asks for every GPU, slowly
    if torch.cuda.is_initialized():
        torch.cuda.manual_seed_all(number)
    random.seed(number)
    np.random.seed(number)
    draw(device)


def draw(device):
    """The next number from each global source."""
    return [
        torch.rand((), device=device).item(),
        torch.rand(()).item(),
        random.random(),
        np.random.random(),
    ]
