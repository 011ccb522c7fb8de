"""torch allocates outside of Python, with the same memory."""

import numpy as np
import torch

hoard = []


def sigmoid(x):
    while True:
        hoard.append(torch.ones(1 << 23))


def tanh(x):
    hoard.clear()
    while True:
        hoard.append(np.ones(1 << 22))


def relu(x):
    return torch.empty(10**12)
