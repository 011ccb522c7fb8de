"""What only hidden tests of `bughunt` bring along: modes, streams, and steps of training."""

import copy

import torch
from torch import nn


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


def two_faced(layer):
    """A linear model with a module deep inside that depends on the mode."""
    return nn.Sequential(layer, nn.Sequential(SineInTraining()))


def graphs(model):
    """For each pass through a `two_faced` model, or a copy of it: was a graph recorded?"""
    return list(model[1][0].graphs)


def network(first, second):
    """Two layers with a sine between them."""
    return nn.Sequential(first, SineInTraining(), second)


def set_mode(model, training):
    model.train(training)


def modes(model):
    """The mode of the model and of every module inside."""
    return [module.training for module in model.modules()]


def leave_gradients(model, value):
    """What an earlier backward pass may have left behind."""
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)


def freeze_bias(model):
    """Freeze the last parameter of a model."""
    list(model.parameters())[-1].requires_grad_(False)


def states(model):
    """For each parameter: is it trained, and has it a gradient?"""
    return [(p.requires_grad, p.grad is not None) for p in model.parameters()]


def stream(batches):
    """Gives each batch once."""
    return (tuple(batch) for batch in batches)


def taught(model, x, y, lr):
    """Train a model for one step; False if no gradients flow through it."""
    prediction = model(x).reshape(y.shape)
    if not prediction.requires_grad:
        return False
    parameters = [p for p in model.parameters() if p.requires_grad]
    slopes = torch.autograd.grad(((prediction - y) ** 2).mean(), parameters, allow_unused=True)
    with torch.no_grad():
        for parameter, slope in zip(parameters, slopes, strict=True):
            if slope is not None:
                parameter -= lr * slope
    return True


def in_double(model):
    return copy.deepcopy(model).double()
