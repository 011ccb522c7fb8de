"""What the suite of `neurons` needs beside the learner's functions: the global random state."""

import random

import numpy as np
import torch


def seed(number):
    """Put every global source of random numbers into a known state."""
    torch.default_generator.manual_seed(number)  # torch.manual_seed asks for every GPU, slowly
    if torch.cuda.is_initialized():
        torch.cuda.manual_seed_all(number)
    random.seed(number)
    np.random.seed(number)


def draw():
    """The next number from each global source."""
    return [torch.rand(()).item(), random.random(), np.random.random()]
