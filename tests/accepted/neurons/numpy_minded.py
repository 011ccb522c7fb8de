"""NumPy for everything but what autograd has to see."""

import numpy as np
import torch


def neuron(x, w, b, activation):
    return activation(torch.from_numpy(np.asarray(np.dot(x.numpy(), w.numpy()) + b.numpy())))


def perceptron(x, w, b):
    return torch.from_numpy(np.where(x.numpy() @ w.numpy() + b.numpy() > 0, 1, 0).astype(np.int64))


def train_perceptron(x, y, epochs, lr=1.0):
    X, Y = x.numpy(), y.numpy()
    X = np.hstack([X, np.ones((len(X), 1), X.dtype)])
    W = np.zeros(X.shape[1], X.dtype)
    mistakes = np.zeros(epochs, int)
    for epoch in range(epochs):
        for row, target in zip(X, Y):
            error = int(target) - (row.dot(W) > 0)
            W += lr * error * row
            mistakes[epoch] += abs(error)
    return torch.from_numpy(W[:-1]), torch.tensor(W[-1]), mistakes.tolist()


def dense(x, weight, bias=None):
    if x.shape[-1] != weight.shape[-1]:
        raise ValueError("x %s, weight %s" % (tuple(x.shape), tuple(weight.shape)))
    y = (x[..., None, :] * weight).sum(axis=-1)
    return y if bias is None else y + bias


def mlp(x, layers, activation):
    for i, (W, b) in enumerate(layers):
        if i > 0:
            x = activation(x)
        x = torch.from_numpy(np.asarray(x.numpy() @ W.numpy().T + b.numpy()))
    return x


def merge_linear(layers):
    if not len(layers):
        raise ValueError("empty")
    W, b = (part.numpy() for part in layers[0])
    for V, c in layers[1:]:
        W, b = V.numpy() @ W, V.numpy() @ b + c.numpy()
    return torch.from_numpy(W), torch.from_numpy(b)


def xor_layers():
    W1, b1 = np.array([[-1, -1], [1, 1]]), np.array([1.5, -0.5])
    W2, b2 = np.array([[1, 1]]), np.array([-1.5])
    as_tensor = lambda a: torch.from_numpy(a.astype(np.float32))
    return [(as_tensor(W1), as_tensor(b1)), (as_tensor(W2), as_tensor(b2))]


def init_layers(sizes, seed):
    sizes = np.array(sizes)
    if sizes.size < 2 or (sizes < 1).any():
        raise ValueError(f"bad sizes: {sizes.tolist()}")
    rng = np.random.default_rng(seed)
    layers = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        weight = rng.normal(0, np.sqrt(2 / i), (o, i)).astype("float32")
        layers.append((torch.from_numpy(weight), torch.from_numpy(np.zeros(o, np.float32))))
    return layers
