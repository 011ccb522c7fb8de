"""Objects for neurons, layers and networks, in Andrej Karpathy's manner; functions on top."""

import math
from dataclasses import dataclass

import torch


@dataclass
class Neuron:
    w: torch.Tensor
    b: torch.Tensor

    def __call__(self, x):
        return (self.w * x).sum(-1) + self.b

    def says(self, x):
        return (self(x) > 0).long()

    def learn(self, x, y, lr):
        error = y - self.says(x)
        self.w += lr * error * x
        self.b += lr * error
        return int(error.item() != 0)


@dataclass
class Layer:
    weight: torch.Tensor
    bias: torch.Tensor | None

    def __call__(self, x):
        if x.shape[-1] != self.weight.shape[-1]:
            raise ValueError(f"this layer takes {self.weight.shape[-1]} numbers")
        neurons = [(x * row).sum(dim=-1) for row in self.weight]
        y = torch.stack(neurons, dim=-1)
        return y if self.bias is None else y + self.bias

    def after(self, other):
        return Layer(self.weight @ other.weight, self(other.bias))

    @classmethod
    def random(cls, inputs, outputs, generator):
        z1, z2 = torch.rand(2, outputs, inputs, generator=generator, dtype=torch.float64)
        normal = (-2 * (1 - z1).log()).sqrt() * (2 * math.pi * z2).cos()
        return cls((normal * math.sqrt(2 / inputs)).float(), torch.zeros(outputs))


def neuron(x, w, b, activation):
    return activation(Neuron(w, b)(x))


def perceptron(x, w, b):
    return Neuron(w, b).says(x)


def train_perceptron(x, y, epochs, lr=1.0):
    learner = Neuron(
        torch.zeros_like(x[:1].sum(0)), torch.zeros([], dtype=x.dtype, device=x.device)
    )
    mistakes = [sum(learner.learn(x[i], y[i], lr) for i in range(len(x))) for _ in range(epochs)]
    return learner.w, learner.b, mistakes


def dense(x, weight, bias=None):
    return Layer(weight, bias)(x)


def mlp(x, layers, activation):
    waiting = [Layer(*layer) for layer in layers]
    while waiting:
        x = waiting.pop(0)(x)
        if waiting:
            x = activation(x)
    return x


def merge_linear(layers):
    if not layers:
        raise ValueError("no layers given")
    merged, *others = [Layer(*layer) for layer in layers]
    for layer in others:
        merged = layer.after(merged)
    return merged.weight, merged.bias


def xor_layers():
    exactly = Layer(torch.tensor([[2.0, 2.0], [-2.0, -2.0]]), torch.tensor([-1.0, 3.0]))
    both = Layer(torch.tensor([[1.0, 1.0]]), torch.tensor([-1.5]))
    return [(layer.weight, layer.bias) for layer in (exactly, both)]


def init_layers(sizes, seed):
    if len(sizes) < 2 or any(not size >= 1 for size in sizes):
        raise ValueError("cannot make layers of " + ", ".join(map(str, sizes)))
    generator = torch.Generator().manual_seed(seed)
    layers = [Layer.random(*pair, generator) for pair in zip(sizes[:-1], sizes[1:])]
    return [(layer.weight, layer.bias) for layer in layers]
