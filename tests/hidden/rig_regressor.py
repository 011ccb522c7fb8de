"""Models and instruments that the suite of `regressor` brings beside the learner's classes.

Visible tests use it, so learners may read it: nothing here comes close to an answer.
"""

import torch
from torch import nn


def linear(weight, bias):
    """A linear layer with the given numbers."""
    layer = nn.Linear(weight.shape[1], weight.shape[0], dtype=weight.dtype, device=weight.device)
    set_parameters(layer, torch.cat([weight.flatten(), bias.flatten()]))
    return layer


class Notes(list):
    """A list that a copy of its owner goes on writing to: a copy may do the work too."""

    def __deepcopy__(self, memo):
        return self


class SineInTraining(nn.Module):
    """Gives the sine in training mode, its input otherwise; notes whether a graph is recorded."""

    def __init__(self):
        super().__init__()
        self.graphs = Notes()

    def forward(self, x):
        self.graphs.append(x.requires_grad)
        return x.sin() if self.training else x


def two_faced(weight, bias):
    """A linear model with a module deep inside that depends on the mode."""
    return nn.Sequential(linear(weight, bias), nn.Sequential(SineInTraining()))


def graphs(model):
    """For each pass through a `two_faced` model, or a copy of it: was a graph recorded?"""
    return list(model[1][0].graphs)


def nested(inputs, hidden, outputs):
    """Layers inside layers, with a batch normalisation that also keeps untrained numbers."""
    inner = nn.ModuleList([nn.Linear(inputs, hidden), nn.BatchNorm1d(hidden)])
    return nn.ModuleDict({"body": nn.ModuleList([inner]), "head": nn.Linear(hidden, outputs)})


def with_numbers_of_its_own(inputs, outputs):
    """A layer in a module that has parameters beside it: a row of numbers, and a single one."""
    model = nn.ModuleDict({"layer": nn.Linear(inputs, outputs)})
    model.register_parameter("shift", nn.Parameter(torch.zeros(inputs)))
    model.register_parameter("scale", nn.Parameter(torch.tensor(1.0)))
    return model


def parameters(model):
    """The name and the numbers of every parameter now."""
    return [(name, parameter.detach().clone()) for name, parameter in model.named_parameters()]


def filled(model, number):
    """For every number in the parameters, whatever their names: is it this one?"""
    found = [(p == number).flatten() for p in model.parameters()]
    return torch.cat(found) if found else torch.zeros(0, dtype=torch.bool)


@torch.no_grad()
def set_parameters(model, numbers):
    """Fill what is trained with `numbers`, which start again where they end."""
    for parameter in model.parameters():
        if parameter.requires_grad:
            places = torch.arange(len(parameter.flatten())) % len(numbers)
            parameter.copy_(numbers[places.to(numbers.device)].reshape(parameter.shape))
            numbers = numbers.roll(-len(places))


def nudged(model, x, start):
    """What the model makes of `x` with the numbers of `start`, and with each of them nudged."""
    found = []
    for k in range(-1, len(start)):
        numbers = start.clone()
        if k >= 0:
            numbers[k] += 0.5
        set_parameters(model, numbers)
        found.append(model(x))
    return found


def to_device(model, device):
    return model.to(device)


def devices(model):
    """Where each parameter lies."""
    return [str(parameter.device) for parameter in model.parameters()]
