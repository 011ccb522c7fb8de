"""Models and instruments that the suite of `bughunt` brings beside the learner's programs.

Visible tests use it, so learners may read it: nothing here comes close to an answer.
"""

import torch
from torch import nn


def linear(weight, bias):
    """A linear layer with the given numbers."""
    layer = nn.Linear(weight.shape[1], weight.shape[0], dtype=weight.dtype, device=weight.device)
    set_parameters(layer, torch.cat([weight.flatten(), bias.flatten()]))
    return layer


def trained(model):
    """The trained parameters of a model, each as its numbers now."""
    return [p.detach().clone() for p in model.parameters() if p.requires_grad]


@torch.no_grad()
def set_parameters(model, numbers):
    """Fill what is trained with `numbers`, which start again where they end."""
    for parameter in model.parameters():
        if parameter.requires_grad:
            places = torch.arange(len(parameter.flatten())) % len(numbers)
            parameter.copy_(numbers[places.to(numbers.device)].reshape(parameter.shape))
            numbers = numbers.roll(-len(places))


def to_device(model, device):
    return model.to(device)


class Descent:
    """An optimizer for all parameters of a model. With `signs`, each moves by lr, up or down."""

    def __init__(self, model, lr, signs):
        self.param_groups = [{"params": list(model.parameters()), "lr": lr}]
        self.signs = signs

    def zero_grad(self, set_to_none=True):
        for parameter in self.param_groups[0]["params"]:
            if set_to_none:
                parameter.grad = None
            elif parameter.grad is not None:
                parameter.grad.zero_()

    def step(self, closure=None):
        moved = [p for p in self.param_groups[0]["params"] if p.grad is not None]
        slopes = [p.grad.sign() if self.signs else p.grad for p in moved]
        if moved:
            alpha = -self.param_groups[0]["lr"]
            torch._foreach_add_([p.data for p in moved], slopes, alpha=alpha)


def descent(model, lr, signs=False):
    return Descent(model, lr, signs)
