"""The bias as the weight of one more input, which is always 1: matrices of one more row or column."""

import random

import torch


def _extended(x):
    return torch.cat([x, torch.ones_like(x[..., :1])], dim=-1)


def _matrix(weight, bias):
    return torch.cat([weight, bias.unsqueeze(-1)], dim=-1)


def neuron(x, w, b, activation):
    return activation(_extended(x) @ torch.cat([w, b.reshape(1)]))


def perceptron(x, w, b):
    side = (_extended(x) @ torch.cat([w, b.reshape(1)])).sign()
    return side.clamp(min=0).type(torch.long)


def train_perceptron(x, y, epochs, lr=1.0):
    rows = _extended(x)
    w = x.new_zeros(rows.shape[1])
    counts = []
    for _ in range(epochs):
        counts.append(0)
        for row, right in zip(rows, y, strict=True):
            said = (row @ w > 0).to(y.dtype)
            w += lr * (right - said) * row
            counts[-1] += (right != said).item()
    return w[:-1].clone(), w[-1].clone(), [int(count) for count in counts]


def dense(x, weight, bias=None):
    if tuple(x.shape[-1:]) != tuple(weight.shape[1:]):
        raise ValueError(f"expected {weight.shape[1]} features, got {x.shape[-1]}")
    if bias is None:
        bias = weight.new_zeros(weight.shape[0])
    return _extended(x) @ _matrix(weight, bias).T


def mlp(x, layers, activation):
    if not layers:
        return x.clone()
    *front, last = layers
    for layer in front:
        x = activation(dense(x, *layer))
    return dense(x, *last)


def merge_linear(layers):
    if layers == []:
        raise ValueError("merge_linear needs a layer")
    total = None
    for weight, bias in layers:
        corner = torch.zeros_like(weight[:1])
        square = torch.cat(
            [_matrix(weight, bias), torch.cat([corner, torch.ones_like(bias[:1, None])], 1)]
        )
        total = square if total is None else square @ total
    return total[:-1, :-1], total[:-1, -1]


def xor_layers():
    hidden = torch.tensor([[1.0, -1.0, -0.5], [-1.0, 1.0, -0.5]])
    output = torch.tensor([[0.5, 0.5, -0.25]])
    return [(matrix[:, :-1], matrix[:, -1]) for matrix in (hidden, output)]


def init_layers(sizes, seed):
    if len(sizes) <= 1:
        raise ValueError(f"only {len(sizes)} widths")
    for width in sizes:
        if width <= 0:
            raise ValueError(f"a layer of {width} neurons")
    source = random.Random(seed)
    layers = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:], strict=True):
        draw = [
            [source.gauss(0, (2 / inputs) ** 0.5) for _ in range(inputs)] for _ in range(outputs)
        ]
        layers.append((torch.tensor(draw), torch.zeros(outputs)))
    return layers
