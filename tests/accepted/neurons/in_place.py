"""Prepared memory that is filled in place; loops over rows, but no copies of what is given."""

import torch


def neuron(x, w, b, activation):
    products = x.clone()
    products *= w
    z = products.sum()
    z += b
    y = activation(z)
    return y


def perceptron(x, w, b):
    z = x.matmul(w)
    z.add_(b)
    out = torch.empty(len(x), dtype=torch.long, device=x.device)
    out[z > 0] = 1
    out[~(z > 0)] = 0
    return out


def train_perceptron(x, y, epochs, lr=1.0):
    w = torch.empty(x.shape[1], dtype=x.dtype, device=x.device).zero_()
    b = torch.empty((), dtype=x.dtype, device=x.device).zero_()
    mistakes = [0] * epochs
    for epoch in range(epochs):
        i = 0
        while i < len(x):
            p = perceptron(x[i : i + 1], w, b)[0]
            if p < y[i]:
                w.add_(x[i], alpha=lr)
                b.add_(lr)
                mistakes[epoch] += 1
            elif p > y[i]:
                w.sub_(x[i], alpha=lr)
                b.sub_(lr)
                mistakes[epoch] += 1
            i += 1
    return w, b, mistakes


def dense(x, weight, bias=None):
    if x.shape[-1] == weight.shape[1]:
        flat = x.reshape(x.shape[:-1].numel(), x.shape[-1])
        y = flat.mm(weight.t())
        if bias is not None:
            y += bias
        return y.reshape(*x.shape[:-1], weight.shape[0])
    raise ValueError("last size of x is %d, in is %d" % (x.shape[-1], weight.shape[1]))


def mlp(x, layers, activation):
    if not layers:
        return x
    first, *rest = layers
    x = dense(x, *first)
    for layer in rest:
        x = dense(activation(x), *layer)
    return x


def merge_linear(layers):
    try:
        weight, bias = layers[-1]
    except IndexError:
        raise ValueError("no layers") from None
    bias = bias.clone()
    for earlier, start in reversed(layers[:-1]):
        bias += weight @ start
        weight = weight @ earlier
    return weight, bias


def xor_layers():
    weight = torch.ones(2, 2)
    weight[1] *= -1
    bias = torch.zeros(2)
    bias[1] = 2
    output = torch.full((1, 2), 4.0)
    return [(weight, bias), (output, torch.full((1,), -6.0))]


def init_layers(sizes, seed):
    if len(sizes) < 2:
        raise ValueError(f"two widths at least: {sizes!r}")
    if min(sizes) <= 0:
        raise ValueError(f"widths above 0: {sizes!r}")
    generator = torch.Generator(device="cpu")
    generator.manual_seed(seed)
    layers = []
    for k in range(1, len(sizes)):
        weight = torch.empty(sizes[k], sizes[k - 1])
        weight.normal_(mean=0, std=(2 / sizes[k - 1]) ** 0.5, generator=generator)
        layers.append((weight, torch.zeros_like(weight[:, 0])))
    return layers
