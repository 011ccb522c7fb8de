"""NumPy for everything but what autograd has to see."""

import numpy as np
import torch


def neuron(x, w, b, activation):
    z = np.dot(x.cpu().numpy(), w.cpu().numpy()) + b.cpu().numpy()
    return activation(torch.from_numpy(np.asarray(z)).to(x.device))


def perceptron(x, w, b):
    z = x.cpu().numpy() @ w.cpu().numpy() + b.cpu().numpy()
    return torch.from_numpy(np.where(z > 0, 1, 0).astype(np.int64)).to(x.device)


def train_perceptron(x, y, epochs, lr=1.0):
    X, Y = x.cpu().numpy(), y.cpu().numpy()
    X = np.hstack([X, np.ones((len(X), 1), X.dtype)])
    W = np.zeros(X.shape[1], X.dtype)
    mistakes = np.zeros(epochs, int)
    for epoch in range(epochs):
        for row, target in zip(X, Y):
            error = int(target) - (row.dot(W) > 0)
            W += lr * error * row
            mistakes[epoch] += abs(error)
    W = torch.from_numpy(W).to(x.device)
    return W[:-1], W[-1].clone(), mistakes.tolist()


def dense(x, weight, bias=None):
    if x.shape[-1] != weight.shape[-1]:
        raise ValueError("x %s, weight %s" % (tuple(x.shape), tuple(weight.shape)))
    y = (x[..., None, :] * weight).sum(axis=-1)
    return y if bias is None else y + bias


def mlp(x, layers, activation):
    for i, (W, b) in enumerate(layers):
        if i > 0:
            x = activation(x)
        y = x.cpu().numpy() @ W.cpu().numpy().T + b.cpu().numpy()
        x = torch.from_numpy(np.asarray(y)).to(x.device)
    return x


def merge_linear(layers):
    if not len(layers):
        raise ValueError("empty")
    device = layers[0][0].device
    (W, b), *others = [(weight.cpu().numpy(), bias.cpu().numpy()) for weight, bias in layers]
    for V, c in others:
        W, b = V @ W, V @ b + c
    return torch.from_numpy(W).to(device), torch.from_numpy(b).to(device)


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
