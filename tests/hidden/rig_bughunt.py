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


def registered(model):
    """The shape of each parameter, whatever its name and numbers, and whether it is trained."""
    return [(tuple(p.shape), p.requires_grad) for p in model.parameters()]


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


class Optimizer:
    """An optimizer for all parameters of a model, each in a group of its own. With `signs`, each
    moves by lr, up or down; `decay` pulls each towards 0 as well."""

    def __init__(self, model, lr, signs, decay):
        self.param_groups = [{"params": [p], "lr": lr} for p in model.parameters()]
        self.parameters = list(model.parameters())
        self.lr, self.signs, self.decay = lr, signs, decay

    def zero_grad(self, set_to_none=True):
        for parameter in self.parameters:
            if set_to_none:
                parameter.grad = None
            elif parameter.grad is not None:
                parameter.grad.zero_()

    def step(self, closure=None):
        loss = None if closure is None else closure()
        moved = [p for p in self.parameters if p.grad is not None]
        if moved:
            slopes = [p.grad.sign() if self.signs else p.grad for p in moved]
            data = [p.data for p in moved]
            pulls = torch._foreach_mul(data, self.decay)
            torch._foreach_add_(data, torch._foreach_add(slopes, pulls), alpha=-self.lr)
        return loss


def optimizer(model, lr, signs=False, decay=0.0):
    return Optimizer(model, lr, signs, decay)
