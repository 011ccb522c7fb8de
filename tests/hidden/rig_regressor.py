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


def two_faced(weight, bias, training=True):
    """A linear model in this mode, with a module deep inside that depends on it."""
    model = nn.Sequential(linear(weight, bias), nn.Sequential(SineInTraining()))
    return model.train(training)


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


def trained(model):
    """The parameters that are not frozen."""
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


@torch.no_grad()
def set_parameters(model, numbers):
    """Bring the model to where `numbers` are, and fill what is trained with them; they start again
    where they end."""
    if any(parameter.device != numbers.device for parameter in model.parameters()):
        model.to(numbers.device)
    sizes = [parameter.numel() for parameter in trained(model)]
    numbers = numbers.repeat(sum(sizes) // len(numbers) + 1)[: sum(sizes)]
    for parameter, part in zip(trained(model), numbers.split(sizes), strict=True):
        parameter.copy_(part.reshape(parameter.shape))


def fill(model, number):
    """Fill what is trained with one number. Of all numbers in the parameters, which are it now?"""
    set_parameters(model, number)
    found = [(parameter == number).flatten() for parameter in model.parameters()]
    return torch.cat(found) if found else torch.zeros(0, dtype=torch.bool)


@torch.no_grad()
def nudged(model, x, start):
    """What the model makes of `x` with the numbers of `start`, and with each of them nudged: one
    row for each time."""
    set_parameters(model, start)
    rows = [torch.as_tensor(model(x)).flatten()]
    for parameter in trained(model):
        before = parameter.clone()
        nudge = 0.5 * torch.eye(before.numel(), dtype=before.dtype, device=before.device)
        for numbers in before.flatten() + nudge:
            parameter.copy_(numbers.reshape(before.shape))
            rows.append(torch.as_tensor(model(x)).flatten())
        parameter.copy_(before)
    return torch.stack(rows)


def to_device(model, device):
    return model.to(device)


def devices(model, x):
    """Where `x` lies, and where each parameter."""
    return [str(tensor.device) for tensor in (x, *model.parameters())]
