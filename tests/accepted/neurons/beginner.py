# neurons
import math

import torch


def neuron(x, w, b, activation):
    total = 0
    for i in range(len(x)):
        total = total + x[i] * w[i]
    total = total + b
    result = activation(total)
    return result


def perceptron(x, w, b):
    result = torch.zeros(x.shape[0], dtype=torch.int64, device=x.device)
    for n in range(x.shape[0]):
        z = b.item()
        for d in range(x.shape[1]):
            z = z + x[n, d].item() * w[d].item()
        if z > 0:
            result[n] = 1
        else:
            result[n] = 0
    return result


def train_perceptron(x, y, epochs, lr=1.0):
    w = torch.zeros(x.shape[1], dtype=x.dtype, device=x.device)
    b = torch.tensor(0.0, dtype=x.dtype, device=x.device)
    mistakes = []
    for epoch in range(epochs):
        number_of_mistakes = 0
        for n in range(x.shape[0]):
            z = torch.sum(w * x[n]) + b
            if z > 0:
                p = 1
            else:
                p = 0
            if p != y[n]:
                number_of_mistakes = number_of_mistakes + 1
                w = w + lr * (y[n] - p) * x[n]
                b = b + lr * (y[n] - p)
        print("epoch", epoch, "mistakes", number_of_mistakes)
        mistakes.append(number_of_mistakes)
    return w, b, mistakes


def dense(x, weight, bias=None):
    in_features = weight.shape[1]
    if x.shape[-1] != in_features:
        raise ValueError(f"x has {x.shape[-1]} features but weight needs {in_features}")
    y = torch.matmul(x, weight.t())
    if bias is not None:
        y = y + bias
    return y


def mlp(x, layers, activation):
    number_of_layers = len(layers)
    out = x
    for i in range(number_of_layers):
        weight = layers[i][0]
        bias = layers[i][1]
        out = dense(out, weight, bias)
        if i != number_of_layers - 1:
            out = activation(out)
    return out


def merge_linear(layers):
    if len(layers) == 0:
        raise ValueError("layers is empty")
    weight = layers[0][0]
    bias = layers[0][1]
    for i in range(1, len(layers)):
        W = layers[i][0]
        b = layers[i][1]
        weight = torch.matmul(W, weight)
        bias = torch.matmul(W, bias) + b
    return weight, bias


def xor_layers():
    # neuron 1: x1 or x2, neuron 2: not (x1 and x2)
    w1 = torch.tensor([[20.0, 20.0], [-20.0, -20.0]])
    b1 = torch.tensor([-10.0, 30.0])
    # and
    w2 = torch.tensor([[20.0, 20.0]])
    b2 = torch.tensor([-30.0])
    layers = []
    layers.append((w1, b1))
    layers.append((w2, b2))
    return layers


def init_layers(sizes, seed):
    if len(sizes) < 2:
        raise ValueError(f"sizes needs two numbers or more, got {sizes}")
    for size in sizes:
        if size < 1:
            raise ValueError(f"size {size} is too small")
    # nobody may see that the global state was used
    old_state = torch.get_rng_state()
    torch.manual_seed(seed)
    layers = []
    for i in range(len(sizes) - 1):
        std = math.sqrt(2 / sizes[i])
        weight = torch.normal(0.0, std, size=(sizes[i + 1], sizes[i]))
        bias = torch.zeros(sizes[i + 1])
        layers.append((weight, bias))
    torch.set_rng_state(old_state)
    return layers
