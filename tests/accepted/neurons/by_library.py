"""What PyTorch has already: F.linear, heaviside, nn.Linear, nn.Sequential, nn.init."""

import torch
import torch.nn.functional as F
from torch import nn


def neuron(x, w, b, activation):
    return activation(F.linear(x, w, b))


def perceptron(x, w, b):
    z = torch.addmv(b.expand(len(x)), x, w)
    return torch.heaviside(z, torch.zeros_like(z)).to(torch.int64)


def train_perceptron(x, y, epochs, lr=1.0):
    layer = nn.Linear(x.shape[1], 1, dtype=x.dtype, device=x.device)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    data = torch.utils.data.TensorDataset(x, y)
    mistakes = []
    for _ in range(epochs):
        wrong = 0
        for row, target in data:
            error = target - (layer(row) > 0).long()
            if error.any():
                wrong += 1
                with torch.no_grad():
                    layer.weight.add_(lr * error * row)
                    layer.bias.add_(lr * error)
        mistakes.append(wrong)
    return layer.weight.detach().squeeze(0), layer.bias.detach().squeeze(0), mistakes


def dense(x, weight, bias=None):
    if x.size(-1) != weight.size(1):
        raise ValueError(f"{x.size()} does not fit to {weight.size()}")
    return F.linear(x, weight, bias)


class _Layer(nn.Module):
    def __init__(self, weight, bias):
        super().__init__()
        self.weight, self.bias = weight, bias

    def forward(self, x):
        return F.linear(x, self.weight, self.bias)


class _Between(nn.Module):
    def __init__(self, activation):
        super().__init__()
        self.activation = activation

    def forward(self, x):
        return self.activation(x)


def mlp(x, layers, activation):
    modules = []
    for weight, bias in layers:
        modules += [_Layer(weight, bias), _Between(activation)]
    return nn.Sequential(*modules[:-1])(x)


def merge_linear(layers):
    if not layers:
        raise ValueError("there is nothing to merge")
    *weights, weight = [weight for weight, _ in layers]
    product = torch.linalg.multi_dot([weight, *weights[::-1]]) if weights else weight
    first = layers[0][0]
    zero = torch.zeros(first.shape[1], dtype=first.dtype, device=first.device)
    return product, mlp(zero, layers, nn.Identity())


def xor_layers():
    first, second, last = nn.Linear(2, 3), nn.Linear(3, 2), nn.Linear(2, 1)
    with torch.no_grad():
        first.weight.copy_(torch.tensor([[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]]))
        first.bias.copy_(torch.tensor([-0.5, -1.5, -1.0]))
        second.weight.copy_(torch.tensor([[1.0, -1.0, 7.0], [0.0, 1.0, 7.0]]))
        second.bias.fill_(0.0)
        last.weight.copy_(torch.tensor([[3.0, 0.0]]))
        last.bias.fill_(-0.2)
    return [(layer.weight.detach(), layer.bias.detach()) for layer in (first, second, last)]


def init_layers(sizes, seed):
    if len(sizes) < 2:
        raise ValueError(f"{len(sizes)} widths")
    if any(size <= 0 for size in sizes):
        raise ValueError(sizes)
    layers = []
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        for inputs, outputs in zip(sizes, sizes[1:]):
            layer = nn.Linear(inputs, outputs)
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
            layers.append((layer.weight.data, layer.bias.data))
    return layers
