"""Device mistakes with `bughunt`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It gets full marks on the
CPU and would fail on a GPU: a rehearsal tells so, and the learner reads the sentence.
"""

from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def transpose_images__into_zeros(images):
    """torch.zeros(n, width, height, dtype=images.dtype) is made on the CPU, and the result has to
    be where the arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it
    there with .to(x.device).
    """
    n, height, width = images.shape
    result = torch.zeros(n, width, height, dtype=images.dtype)
    for i in range(height):
        result[:, :, i] = images[:, i]
    return result


def transpose_images__by_numpy(images):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    return torch.from_numpy(np.swapaxes(images.numpy(), 1, 2).copy())


def mean_squared_error__mean_by_weights_of_the_cpu(prediction, target):
    """torch.full((n,), 1 / n, dtype=prediction.dtype) is made on the CPU; squares is on the
    rehearsal device (as it would be on a GPU): say device=squares.device.
    """
    n = len(prediction)
    squares = (prediction.reshape(n) - target.reshape(n)) ** 2
    return squares @ torch.full((n,), 1 / n, dtype=prediction.dtype)


def mean_squared_error__left_on_the_cpu(prediction, target):
    """F.mse_loss(prediction, target.view_as(prediction)).cpu() is a copy on the CPU, and the result
    has to be where the arguments are, on a GPU as on the CPU: make it with device=x.device, or
    bring it there with .to(x.device).
    """
    return F.mse_loss(prediction, target.view_as(prediction)).cpu()


def slope__steps_of_the_cpu(f, x):
    """torch.tensor([1e-6, -1e-6], dtype=torch.float64) is made on the CPU; x is on the rehearsal
    device (as it would be on a GPU): say device=x.device.
    """
    steps = torch.tensor([1e-6, -1e-6], dtype=torch.float64)
    up, down = x.double().repeat(2) + steps
    return ((f(up) - f(down)) / 2e-6).item()


def slope__by_numpy(f, x):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    x = x.double()
    return float((f(x + 1e-6) - f(x - 1e-6)).numpy() / 2e-6)


def _descended(x, y, lr, steps, w, b):
    for _ in range(steps):
        slope = 2 * (x @ w + b - y) / len(x)
        w, b = w - lr * x.T @ slope, b - lr * slope.sum(dim=0)
    return w, b


def fit_line__from_zeros_of_the_cpu(x, y, lr, steps):
    """torch.zeros(1, 1, dtype=x.dtype) is made on the CPU; x is on the rehearsal device (as it
    would be on a GPU): say device=x.device.
    """
    w, b = torch.zeros(1, 1, dtype=x.dtype), torch.zeros(1, dtype=x.dtype)
    return _descended(x, y, lr, steps, w, b)


def fit_line__left_on_the_cpu(x, y, lr, steps):
    """w.cpu() is a copy on the CPU, and the result has to be where the arguments are, on a GPU as
    on the CPU: make it with device=x.device, or bring it there with .to(x.device).
    """
    w, b = _descended(x, y, lr, steps, x.new_zeros(1, 1), x.new_zeros(1))
    return w.cpu(), b.cpu()


class Line__ones_of_the_cpu(nn.Module):
    """torch.ones(len(x), 1, dtype=x.dtype) is made on the CPU; x is on the rehearsal device (as it
    would be on a GPU): say device=x.device.
    """

    def __init__(self):
        super().__init__()
        self.w, self.b = nn.Parameter(torch.randn(1, 1)), nn.Parameter(torch.zeros(1))

    def forward(self, x):
        ones = torch.ones(len(x), 1, dtype=x.dtype)
        return x @ self.w + ones * self.b


class Line__scale_is_no_buffer(nn.Module):
    """torch.ones(1) stays on the CPU when model.to(device) moves parameters and buffers (to a GPU
    as to the rehearsal device): keep it as one, self.register_buffer("name", tensor).
    """

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)
        self.scale = torch.ones(1)

    def forward(self, x):
        return self.scale.to(x.dtype) * self.linear(x)


class _Layers(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))


class Net__zeros_of_the_cpu(_Layers):
    """torch.zeros(x.shape, dtype=x.dtype) is made on the CPU; x is on the rehearsal device (as it
    would be on a GPU): say device=x.device.
    """

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = layer(x)
            x = torch.maximum(x, torch.zeros(x.shape, dtype=x.dtype))
        return self.layers[-1](x)


class Net__x_taken_to_the_cpu(_Layers):
    """x.cpu() is a copy on the CPU, and what it meets is on the rehearsal device (as it would be on
    a GPU): leave it where it is.
    """

    def forward(self, x):
        x = x.cpu()
        for layer in self.layers[:-1]:
            x = layer(x).relu()
        return self.layers[-1](x)


def loss__one_hot_of_the_cpu(logits, targets):
    """torch.eye(logits.shape[1], dtype=logits.dtype) is made on the CPU; targets is on the
    rehearsal device (as it would be on a GPU): say device=targets.device.
    """
    one_hot = torch.eye(logits.shape[1], dtype=logits.dtype)[targets]
    return F.cross_entropy(logits, one_hot)


def loss__targets_by_numpy(logits, targets):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    rows = torch.arange(len(logits))
    return -logits.log_softmax(dim=1)[rows, targets.numpy()].mean()


def _trained(model, optimizer, x, y, epochs, number):
    model.train()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        error = F.mse_loss(model(x), y)
        error.backward()
        optimizer.step()
        losses.append(number(error))
    return losses


def train__losses_by_numpy(model, optimizer, x, y, epochs):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    return _trained(model, optimizer, x, y, epochs, lambda error: float(error.detach().numpy()))


def train__data_taken_to_the_cpu(model, optimizer, x, y, epochs):
    """x.cpu() is a copy on the CPU, and what it meets is on the rehearsal device (as it would be on
    a GPU): leave it where it is.
    """
    x, y = x.cpu(), y.cpu()
    return _trained(model, optimizer, x, y, epochs, lambda error: error.item())


def _validated(model, batches, squares):
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            total += squares(model(x), y)
            count += y.numel()
    model.train(was_training)
    return total / count


def validate__by_numpy(model, batches):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    return _validated(model, batches, lambda p, y: float(np.sum((p - y).numpy() ** 2)))


def validate__prediction_on_the_cpu(model, batches):
    """prediction.cpu() is a copy on the CPU, and what it meets is on the rehearsal device (as it
    would be on a GPU): leave it where it is.
    """

    def squares(prediction, y):
        return ((prediction.cpu() - y) ** 2).sum().item()

    return _validated(model, batches, squares)
