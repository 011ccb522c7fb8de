"""What only hidden tests of `regressor` bring along: networks, modes, and what a model trains."""

import copy

import torch
from torch import nn


def linear(weight, bias):
    """A linear layer with the given numbers."""
    layer = nn.Linear(weight.shape[1], weight.shape[0], dtype=weight.dtype, device=weight.device)
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
    return layer


def network(weight, bias, next_weight, next_bias):
    """Two layers with a ReLU between them."""
    return nn.Sequential(linear(weight, bias), nn.ReLU(), linear(next_weight, next_bias))


class Tied(nn.Module):
    """The same layer under two names, and used twice."""

    def __init__(self, layer):
        super().__init__()
        self.first = layer
        self.second = self.first

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


def tied(weight, bias):
    return Tied(linear(weight, bias))


class Scaled(nn.Module):
    """A parameter of its own, 0-dim, beside those of the layer in it."""

    def __init__(self, scale, layer):
        super().__init__()
        self.scale = nn.Parameter(scale.clone())
        self.layer = layer

    def forward(self, x):
        return self.scale * self.layer(x)


def scaled(scale, weight, bias):
    return Scaled(scale, linear(weight, bias))


def without_parameters():
    """Gives what it is given, in evaluation mode."""
    return nn.Sequential(nn.Dropout(0.5))


def frozen(model):
    """The names of the parameters that are not trained."""
    return [name for name, p in model.named_parameters() if not p.requires_grad]


class OneWeightTwice(nn.Module):
    """Two layers with one weight between them, each with a bias of its own."""

    def __init__(self, first, second):
        super().__init__()
        second.weight = first.weight
        self.first, self.second = first, second

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


def one_weight_twice(weight, bias, other_bias):
    return OneWeightTwice(linear(weight, bias), linear(weight, other_bias))


class OneFace(nn.Module):
    """Looks at its own mode, and has no modules inside."""

    def forward(self, x):
        return x.sin() if self.training else x


def of_one_face():
    return OneFace()


def in_double(model):
    return copy.deepcopy(model).double()


def freeze(model, name):
    """Freeze the parameters whose name begins with `name`."""
    for path, parameter in model.named_parameters():
        if path.startswith(name):
            parameter.requires_grad_(False)


def modes(model):
    """The mode of a `two_faced` model and of every module inside, and how often it ran."""
    return [module.training for module in model.modules()], len(model[1][0].graphs)


def with_gradients(weight, bias, value):
    """A linear layer with what an earlier backward pass may have left behind."""
    layer = linear(weight, bias)
    for parameter in layer.parameters():
        parameter.grad = torch.full_like(parameter, value)
    return layer


def records_gradients(model, x):
    """Does a graph lead from the output back to the parameters?"""
    return model(x).requires_grad


def reached(model, x):
    """Of each trained parameter: does a graph lead back to it from the output?"""
    y = model(x)
    trained = [p for p in model.parameters() if p.requires_grad]
    if not y.requires_grad:
        return [False for _ in trained]
    slopes = torch.autograd.grad(y.sum(), trained, allow_unused=True)
    return [slope is not None for slope in slopes]
