"""Models and instruments that the suite of `regressor` brings beside the learner's classes."""

import torch
from torch import nn


def linear(weight, bias):
    """A linear layer with the given numbers."""
    layer = nn.Linear(weight.shape[1], weight.shape[0], dtype=weight.dtype, device=weight.device)
    set_parameters(layer, torch.cat([weight.flatten(), bias.flatten()]))
    return layer


def network(weight1, bias1, weight2, bias2):
    """Two linear layers with a ReLU between them."""
    return nn.Sequential(linear(weight1, bias1), nn.ReLU(), linear(weight2, bias2))


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


class Tied(nn.Module):
    """The same layer under two names, and used twice."""

    def __init__(self, weight, bias):
        super().__init__()
        self.first = linear(weight, bias)
        self.second = self.first

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


def tied(weight, bias):
    return Tied(weight, bias)


def one_weight_in_two_layers(weight):
    """Two layers that share their weight, each with a bias of its own."""
    bias = torch.zeros(len(weight))
    layers = nn.ModuleList([linear(weight, bias), linear(weight, bias)])
    layers[1].weight = layers[0].weight
    return layers


def nested(inputs, hidden, outputs):
    """Layers inside layers, with a batch normalisation that also keeps untrained numbers."""
    inner = nn.Sequential(nn.Linear(inputs, hidden), nn.BatchNorm1d(hidden), nn.ReLU())
    return nn.ModuleDict({"body": nn.ModuleList([inner]), "head": nn.Linear(hidden, outputs)})


def freeze(model, name):
    """Freeze the parameters whose name begins with `name`."""
    for path, parameter in model.named_parameters():
        if path.startswith(name):
            parameter.requires_grad_(False)


def set_mode(model, training):
    model.train(training)


def modes(model):
    """The mode of the model and of every module inside."""
    return [module.training for module in model.modules()]


def leave_gradients(model, value):
    """What an earlier backward pass may have left behind."""
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)


def parameters(model):
    """The name and the numbers of every parameter now."""
    return [(name, parameter.detach().clone()) for name, parameter in model.named_parameters()]


def trainable(model):
    """How many registered, trainable numbers there are."""
    return sum(p.numel() for p in set(model.parameters()) if p.requires_grad)


def set_parameters(model, numbers):
    """Fill the parameters with `numbers`, which start again where they end."""
    start = 0
    with torch.no_grad():
        for parameter in model.parameters():
            places = torch.arange(start, start + parameter.numel()) % numbers.numel()
            parameter.copy_(numbers[places.to(numbers.device)].reshape(parameter.shape))
            start += parameter.numel()


def to_device(model, device):
    return model.to(device)


def slopes(model, x):
    """d model(x) / d parameters: one row for each number that comes out, one column for each in.

    None if no graph leads from the output back to the parameters.
    """
    parameters = [p for p in model.parameters() if p.requires_grad]
    rows, y = [], model(x)
    if not y.requires_grad:
        return None
    for number in y.flatten():
        parts = torch.autograd.grad(number, parameters, retain_graph=True, allow_unused=True)
        rows.append(
            torch.cat(
                [
                    (torch.zeros_like(p) if g is None else g).flatten()
                    for p, g in zip(parameters, parts, strict=True)
                ]
            )
        )
    return torch.stack(rows)
