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


def together(*calls):
    """What these calls of functions of this file give: each is a name and what is given to it."""
    return [globals()[name](*given) for name, *given in calls]


def freeze(model, name):
    """Freeze the parameters whose name begins with `name`; None freezes nothing."""
    for path, parameter in model.named_parameters():
        if name is not None and path.startswith(name):
            parameter.requires_grad_(False)
    return model


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


def two_faced(weight, bias, training=True, frozen=None):
    """A linear model in this mode, with a module deep inside that depends on it."""
    model = nn.Sequential(linear(weight, bias), nn.Sequential(SineInTraining()))
    return freeze(model, frozen).train(training)


def without_parameters():
    """A model of one module, which depends on its own mode."""
    return SineInTraining()


def nested(inputs, hidden, outputs, frozen=None):
    """Layers inside layers, with a batch normalisation that also keeps untrained numbers."""
    inner = nn.ModuleList([nn.Linear(inputs, hidden), nn.BatchNorm1d(hidden)])
    model = nn.ModuleDict({"body": nn.ModuleList([inner]), "head": nn.Linear(hidden, outputs)})
    return freeze(model, frozen)


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


def output_with(model, numbers, x):
    """What the model makes of `x` when these are its numbers."""
    set_parameters(model, numbers)
    return model(x)


def examined(model, number, start, x):
    """Of a model with as many numbers as `start` has: which of them does `fill` reach, to which
    parameters does a graph lead back from the output, and what is `nudged`?

    It ends early where the first is wrong, or a call fails: one that is asked by itself tells why.
    """
    filled = fill(model, number)
    if int(filled.sum()) != len(start):
        return filled, [], None
    set_parameters(model, start)
    given = x.clone()
    try:
        y = model(given)
    except Exception:
        y = None
    if not isinstance(y, torch.Tensor) or not given.equal(x):
        return filled, [], None
    return filled, reached(model, y), nudged(model, x, y)


def reached(model, y):
    """Of each trained parameter: does a graph lead back to it from the output?"""
    if not y.requires_grad:
        return [False for _ in trained(model)]
    slopes = torch.autograd.grad(y.sum(), trained(model), allow_unused=True)
    return [slope is not None for slope in slopes]


@torch.no_grad()
def nudged(model, x, y):
    """The output `y` for `x`, and what it becomes with a nudge to each number in turn; None where
    the shape changes as well."""
    rows = [y]
    for parameter in trained(model):
        before = parameter.clone()
        nudge = 0.5 * torch.eye(before.numel(), dtype=before.dtype, device=before.device)
        for numbers in before.flatten() + nudge:
            parameter.copy_(numbers.reshape(before.shape))
            rows.append(model(x))
        parameter.copy_(before)
    return torch.stack(rows) if {row.shape for row in rows} == {y.shape} else None


def to_device(model, device):
    return model.to(device)


def devices(model, x):
    """Where `x` lies, and where each parameter."""
    return [str(tensor.device) for tensor in (x, *model.parameters())]
