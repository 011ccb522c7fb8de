"""As few lines as possible."""

from functools import reduce
from itertools import accumulate, pairwise

import torch


def _raise(error):
    raise error


neuron = lambda x, w, b, activation: activation(x.dot(w) + b)

perceptron = lambda x, w, b: ((x @ w + b) > 0) * 1


def _row(state, pair):
    (w, b, wrong), (row, right, lr) = state, pair
    e = right - int(row @ w + b > 0)
    return w + lr * e * row, b + lr * e, wrong + e * e


def _epoch(x, y, lr):
    rows = [(row, right, lr) for row, right in zip(x, y.tolist(), strict=True)]
    return lambda state, _: reduce(_row, rows, (*state[:2], 0))


def train_perceptron(x, y, epochs, lr=1.0):
    start = (torch.zeros(x.shape[1]).to(x), torch.tensor(0.0).to(x), 0)
    states = list(accumulate(range(epochs), _epoch(x, y, lr), initial=start))
    return *states[-1][:2], [state[2] for state in states[1:]]


dense = lambda x, weight, bias=None: (
    x @ weight.mT + (0 if bias is None else bias)
    if x.shape[-1:] == weight.shape[1:]
    else _raise(ValueError(x.shape, weight.shape))
)

mlp = lambda x, layers, activation: (
    mlp(activation(dense(x, *layers[0])), layers[1:], activation)
    if len(layers) > 1
    else dense(x, *layers[0])
    if layers
    else x
)

merge_linear = lambda layers: (
    reduce(lambda a, b: (b[0] @ a[0], b[0] @ a[1] + b[1]), layers)
    if layers
    else _raise(ValueError("no layers"))
)

_t = torch.tensor
xor_layers = lambda: [
    (_t([[1.0, -1], [-1, 1]]), _t([0.0, 0])),
    (_t([[1.0, 1]]), _t([-0.5])),
]


def init_layers(sizes, seed, g=torch.Generator()):  # noqa: B008
    if len(sizes) < 2 or not all(size > 0 for size in sizes):
        raise ValueError(f"sizes = {sizes}")
    g.manual_seed(seed)
    return [
        (torch.randn(o, i, generator=g) * (2 / i) ** 0.5, torch.zeros(o))
        for i, o in pairwise(sizes)
    ]
