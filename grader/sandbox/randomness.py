"""One starting point for everything random that learner code may draw from."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy.random  # NumPy itself would load it late, out of what a confined worker may use
import torch

# A build for the CPU alone has one generator. To seed those of devices that it cannot have, torch
# writes down for each who asked, which takes longer than most tests.
ONLY_CPU = not (
    torch.version.cuda or torch.version.hip or torch.version.xpu or torch.backends.mps.is_built()
)


def start_anew() -> None:
    """Set the global random states of torch, NumPy and Python, so that a regrade repeats a run."""
    if ONLY_CPU:
        torch.default_generator.manual_seed(0)
    else:
        torch.manual_seed(0)
    random.seed(0)
    numpy.random.seed(0)


@contextmanager
def random_states_kept() -> Iterator[None]:
    """What is drawn meanwhile changes nothing that is drawn afterwards."""
    states = torch.get_rng_state(), random.getstate(), numpy.random.get_state()
    try:
        yield
    finally:
        torch.set_rng_state(states[0])
        random.setstate(states[1])
        numpy.random.set_state(states[2])
