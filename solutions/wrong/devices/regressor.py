"""Device mistakes with `regressor`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It gets full marks on the
CPU and would fail on a GPU: a rehearsal tells so, and the learner reads the sentence.
"""

from itertools import pairwise

import torch
from torch import nn


class LinearRegressor__offset_is_no_buffer(nn.Module):
    """torch.zeros(out_features) stays on the CPU when model.to(device) moves parameters and buffers
    (to a GPU as to the rehearsal device): keep it as one, self.register_buffer("name", tensor).
    """

    def __init__(self, in_features, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)
        self.offset = torch.zeros(out_features)

    def forward(self, x):
        return self.linear(x) + self.offset


class LinearRegressor__ones_of_the_cpu(nn.Module):
    """torch.ones(len(x), 1, dtype=x.dtype) is made on the CPU; x is on the rehearsal device (as it
    would be on a GPU): say device=x.device.
    """

    def __init__(self, in_features, out_features=1):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features + 1, out_features))

    def forward(self, x):
        ones = torch.ones(len(x), 1, dtype=x.dtype)
        return torch.cat([x, ones], dim=1) @ self.weight


class _Layers(nn.Module):
    def __init__(self, in_features, hidden, out_features=1):
        super().__init__()
        sizes = [in_features, *hidden, out_features]
        self.layers = nn.ModuleList(nn.Linear(n, m) for n, m in pairwise(sizes))


class MLPRegressor__zeros_of_the_cpu(_Layers):
    """torch.zeros(x.shape, dtype=x.dtype) is made on the CPU; x is on the rehearsal device (as it
    would be on a GPU): say device=x.device.
    """

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = layer(x)
            x = torch.maximum(x, torch.zeros(x.shape, dtype=x.dtype))
        return self.layers[-1](x)


class MLPRegressor__scale_is_no_buffer(_Layers):
    """torch.ones(out_features) stays on the CPU when model.to(device) moves parameters and buffers
    (to a GPU as to the rehearsal device): keep it as one, self.register_buffer("name", tensor).
    """

    def __init__(self, in_features, hidden, out_features=1):
        super().__init__(in_features, hidden, out_features)
        self.scale = torch.ones(out_features)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.scale * self.layers[-1](x)


def _stepped(model, loss, lr):
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            if p.grad is not None:
                p -= lr * p.grad
    return loss


def train__losses_by_numpy(model, x, y, lr=0.01, epochs=100):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    model.train()
    losses = []
    for _ in range(epochs):
        loss = _stepped(model, nn.functional.mse_loss(model(x), y), lr)
        losses.append(float(loss.detach().numpy()))
    return losses


def train__data_taken_to_the_cpu(model, x, y, lr=0.01, epochs=100):
    """x.cpu() is a copy on the CPU, and what it meets is on the rehearsal device (as it would be on
    a GPU): leave it where it is.
    """
    model.train()
    x, y = x.cpu(), y.cpu()
    return [_stepped(model, nn.functional.mse_loss(model(x), y), lr).item() for _ in range(epochs)]


def _in_evaluation(model, run):
    modes = [(module, module.training) for module in model.modules()]
    try:
        model.eval()
        with torch.no_grad():
            return run()
    finally:
        for module, training in modes:
            module.training = training


def evaluate__prediction_on_the_cpu(model, x, y):
    """model(x).cpu() is a copy on the CPU, and what it meets is on the rehearsal device (as it
    would be on a GPU): leave it where it is.
    """
    return _in_evaluation(model, lambda: nn.functional.mse_loss(model(x).cpu(), y).item())


def evaluate__by_numpy(model, x, y):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    return _in_evaluation(model, lambda: float(((model(x) - y) ** 2).numpy().mean()))


def predict__numpy_without_cpu(model, x):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    return _in_evaluation(model, lambda: model(x).numpy())


def predict__x_taken_to_the_cpu(model, x):
    """x.cpu() is a copy on the CPU, and what it meets is on the rehearsal device (as it would be on
    a GPU): leave it where it is.
    """
    return _in_evaluation(model, lambda: model(x.cpu()).numpy())


def predict__model_moved(model, x):
    """model.cpu() and model.to(...) move the model itself. Bring what it gives to the CPU, not the
    model.
    """
    return _in_evaluation(model, lambda: model.cpu()(x.cpu()).numpy())
