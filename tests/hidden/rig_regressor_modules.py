"""What only hidden tests of `regressor` bring along: networks, modes, and what a model trains."""

import torch
from torch import nn


def together(*calls):
    """What these calls of functions of this file give: each is a name and what is given to it."""
    return [globals()[name](*given) for name, *given in calls]


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


def graphs(model):
    """For each pass through a `two_faced` model, or a copy of it: was a graph recorded?"""
    return list(model[1][0].graphs)


def modes(model, x):
    """The mode of a `two_faced` model and of every module inside, how often it ran, and what it
    makes of `x` now."""
    ran = len(graphs(model))
    return [module.training for module in model.modules()], ran, model(x)


def with_gradients(weight, bias, value, learns=True):
    """A linear layer with what an earlier backward pass may have left behind; does its bias learn
    now?"""
    layer = linear(weight, bias)
    for parameter in layer.parameters():
        parameter.grad = torch.full_like(parameter, value)
    layer.bias.requires_grad_(learns)
    return layer


def records_gradients(model, x):
    """Does a graph lead from the output back to the parameters?"""
    return model(x).requires_grad
