"""What has to happen beside the learner's functions: global random state, and shared objects."""

import random
from contextlib import suppress

import neurons
import numpy as np
import torch


def seed(number):
    """Put every global source of random numbers into a known state, one number after this seed."""
    torch.default_generator.manual_seed(number)  # torch.manual_seed asks for every GPU, slowly
    if torch.cuda.is_initialized():
        torch.cuda.manual_seed_all(number)
    random.seed(number)
    np.random.seed(number)
    draw()  # so that no state is the one that a seed makes


def mlp_of_one_twice(x, weight, bias, activation):
    """What mlp makes of a list that holds one and the same layer twice."""
    layer = weight, bias
    return neurons.mlp(x, [layer, layer], activation)


def drawn_anew(sizes, number):
    """What two calls draw; in what the first gave, each tensor was then filled with 5, 6, 7 ..."""
    first = neurons.init_layers(sizes, number)
    for k, part in enumerate(part for layer in first for part in layer):
        with suppress(AttributeError, RuntimeError):
            part.detach().fill_(5 + k)
    return first, neurons.init_layers(sizes, number)


def draw():
    """The next number from each global source."""
    return [torch.rand(()).item(), random.random(), np.random.random()]
