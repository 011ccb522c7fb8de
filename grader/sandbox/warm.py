"""What torch, NumPy and Python do at their first use is done once, before workers are forked."""

import sys

import torch
from torch import nn
from torch.nn import functional

from grader.sandbox.eager import run_eagerly
from grader.sandbox.observe import observed
from grader.sandbox.randomness import start_anew


def use_torch() -> None:
    """Use what most exercises use: each worker would be slow at it for the first time.

    Nothing goes backward, and of the optimizers only SGD takes a step: with the others torch looks
    which devices there are. A GPU that it has looked at is of no use to a fork, and a rehearsal has
    a device of its own to show.
    """
    run_eagerly()
    start_anew()
    observed(_forward, frozenset())
    model = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    optimizer.zero_grad()
    # What Python remembers of attributes would be replaced in each worker, and every page that
    # holds a replaced name would be copied for it: some 300 of 2,700.
    (getattr(sys, "_clear_internal_caches", None) or sys._clear_type_cache)()


def _forward() -> None:
    x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    (x @ x.T + 1).exp().log().softmax(dim=1)
    torch.where(x > 0, x, 0.0).reshape(3, 2).transpose(0, 1).contiguous()
    x.sum(0), x.mean(), x.std(), x.max(), x.argmax(1), x.clone()[x > 1]
    torch.from_numpy(x.numpy()).detach()
    storage = torch.randn(4).untyped_storage()
    torch.empty(0).set_(storage, 0, (2, 2), (2, 1))
    functional.mse_loss(x, x)
    functional.cross_entropy(x, torch.tensor([0, 1]))
    with torch.no_grad():
        repr(x)
