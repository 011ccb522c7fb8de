"""einsum wherever numbers are multiplied; recursion for networks."""

import torch


def neuron(x, w, b, activation):
    return activation(torch.einsum("d,d->", x, w) + b)


def perceptron(x, w, b):
    return torch.gt(torch.einsum("nd,d->n", x, w) + b, 0).int().long()


def train_perceptron(x, y, epochs, lr=1.0):
    w, b = 0 * x.sum(0), 0 * x.sum()
    history = []
    for _ in range(epochs):
        wrong = []
        for n in range(x.shape[0]):
            z = torch.einsum("d,d->", w, x[n]) + b
            wrong.append(bool(z > 0) != bool(y[n]))
            if wrong[-1]:
                step = lr if y[n] == 1 else -lr
                w = w + step * x[n]
                b = b + step
        history.append(sum(wrong))
    return w, b, history


def dense(x, weight, bias=None):
    features, width = x.shape[-1], weight.shape[-1]
    if not features == width:
        raise ValueError(f"x: {features}, weight: {width}")
    y = torch.einsum("...i,oi->...o", x, weight)
    if bias is None:
        return y
    return torch.add(y, bias)


def mlp(x, layers, activation):
    if len(layers) == 0:
        return x
    before = mlp(x, layers[:-1], activation)
    if len(layers) > 1:
        before = activation(before)
    return dense(before, layers[-1][0], layers[-1][1])


def merge_linear(layers):
    if len(layers) < 1:
        raise ValueError
    if len(layers) == 1:
        weight, bias = layers[0]
        return weight.clone(), bias.clone()
    weight, bias = merge_linear(layers[:-1])
    last, end = layers[-1]
    return torch.einsum("om,mi->oi", last, weight), torch.einsum("om,m->o", last, bias) + end


def xor_layers():
    lines = [([1.0, 0.0], [-0.5]), ([0.0, 1.0], [-0.5]), ([1.0, 1.0], [-1.5])]
    hidden = torch.tensor([w for w, _ in lines]), torch.tensor([b for _, b in lines]).flatten()
    return [hidden, (torch.tensor([[1.0, 1.0, -2.0]]), torch.tensor([-0.1]))]


def init_layers(sizes, seed):
    assert_sizes(sizes)
    g = torch.Generator()
    g.manual_seed(seed)
    numbers = [o * i for i, o in zip(sizes, sizes[1:])]
    pieces = torch.empty(sum(numbers)).normal_(generator=g).split(numbers)
    return [
        (piece.view(o, i) * torch.tensor(2 / i).sqrt(), torch.zeros(o, dtype=torch.float32))
        for piece, i, o in zip(pieces, sizes, sizes[1:])
    ]


def assert_sizes(sizes):
    if len(sizes) in (0, 1):
        raise ValueError(f"not enough widths in {list(sizes)}")
    smallest = sorted(sizes)[0]
    if smallest < 1:
        raise ValueError(f"{smallest} is no width")
