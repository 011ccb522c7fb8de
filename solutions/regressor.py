"""Regressors: a model is a module.

In the last unit you carried `w` and `b` around by hand. A network has hundreds of such tensors,
and `nn.Module` does the carrying. You write two methods,

    __init__   makes the layers and keeps them as attributes
    forward    says how an input becomes an output

and get the rest for free: `parameters()`, `to(device)`, `state_dict()`, `train()`, `eval()`.

    a model with 3 inputs, 8 hidden features and 1 output

        Linear(3, 8)     weight (8, 3)   bias (8,)      32 numbers to learn
        ReLU                                             nothing to learn
        Linear(8, 1)     weight (1, 8)   bias (1,)       9 numbers to learn

How does it know? `self.layer = ...` is no ordinary assignment here. `nn.Module` looks at what you
assign and registers every parameter and every module. `super().__init__()` must come first: it
makes the tables to register in. The trap: layers in a plain Python list are not seen. The model
runs, but `parameters()` leaves them out and they never learn. `nn.Sequential` and `nn.ModuleList`
are the lists that are seen.

Define `forward`, but call `model(x)`: the call also runs the hooks that other tools may have put on
the model, then `forward`.

A module has a mode, training or evaluation. Dropout drops numbers in the one and does nothing in
the other; batch normalisation takes its mean from the batch, or from memory. `model.train()` and
`model.eval()` set that switch in the module and in all modules inside it, and that is all they do.
Gradients are another matter, for `torch.no_grad()`.

    to train       training mode, and fresh gradients in each step
    to measure     evaluation mode, and no graph; then the mode as it was before

That last bit is a courtesy that matters. Measure halfway through training, leave the model in
evaluation mode, and dropout stays off for the rest of it, without a word. Check your work with

    grade regressor
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn


class LinearRegressor(nn.Module):
    """y = x A + b as a module, with `(in_features + 1) * out_features` trainable numbers.

    >>> model = LinearRegressor(3, out_features=2)
    >>> tuple(model(torch.zeros(5, 3)).shape)
    (5, 2)
    """

    def __init__(self, in_features: int, out_features: int = 1) -> None:
        """Make the parameters and register them."""
        # BEGIN SOLUTION
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)
        # END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map `(N, in_features)` to `(N, out_features)`."""
        # BEGIN SOLUTION
        return self.linear(x)
        # END SOLUTION


class MLPRegressor(nn.Module):
    """Linear layers with a ReLU between each two of them, and none after the last.

    `hidden` holds the widths of the hidden layers in order. It may be empty, and then the model
    is a single linear layer.

    >>> model = MLPRegressor(3, [8, 4])
    >>> tuple(model(torch.zeros(5, 3)).shape)
    (5, 1)
    >>> [tuple(p.shape) for p in model.parameters() if p.dim() == 2]
    [(8, 3), (4, 8), (1, 4)]
    """

    def __init__(self, in_features: int, hidden: Sequence[int], out_features: int = 1) -> None:
        """Make the layers and register them."""
        # BEGIN SOLUTION
        super().__init__()
        layers: list[nn.Module] = []
        width = in_features
        for next_width in hidden:
            layers += [nn.Linear(width, next_width), nn.ReLU()]
            width = next_width
        layers.append(nn.Linear(width, out_features))
        self.layers = nn.Sequential(*layers)
        # END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map `(N, in_features)` to `(N, out_features)`."""
        # BEGIN SOLUTION
        return self.layers(x)
        # END SOLUTION


def train(
    model: nn.Module, x: torch.Tensor, y: torch.Tensor, lr: float = 0.01, epochs: int = 100
) -> list[float]:
    """Train `model` in place, by gradient descent on the mean squared error over all rows.

    Works in training mode. Gradients that were there before do not count, and frozen parameters
    (`requires_grad=False`) stay as they are. Returns a list of floats, the loss before each
    update, so `epochs` of them. The mode afterwards is up to you.

    >>> x = torch.tensor([[0.0], [1.0], [2.0]])
    >>> losses = train(nn.Linear(1, 1), x, 2 * x, lr=0.1, epochs=50)
    >>> len(losses), losses[-1] < losses[0]
    (50, True)
    """
    # BEGIN SOLUTION
    model.train()
    losses = []
    for _ in range(epochs):
        model.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for p in model.parameters():
                if p.grad is not None:
                    p -= lr * p.grad
    return losses
    # END SOLUTION


def evaluate(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> float:
    """Return the mean squared error of `model` on `x` and `y`, as a float.

    Works in evaluation mode and without a graph. Afterwards the model is in the mode it was in
    before.

    >>> model = nn.Sequential(nn.Dropout(0.5))
    >>> evaluate(model, torch.tensor([[1.0], [3.0]]), torch.tensor([[0.0], [0.0]]))
    5.0
    >>> model.training
    True
    """
    # BEGIN SOLUTION
    # Modules inside can each have a mode of their own, and an error must not leave it changed.
    modes = [(module, module.training) for module in model.modules()]
    try:
        model.eval()
        with torch.no_grad():
            return nn.functional.mse_loss(model(x), y).item()
    finally:
        for module, training in modes:
            module.training = training
    # END SOLUTION


def predict(model: nn.Module, x: torch.Tensor) -> np.ndarray:
    """Return what `model` makes of `x`, as a NumPy array of shape `(N, out)`.

    Works in evaluation mode and without a graph. Afterwards the model is in the mode it was in
    before. `model` and `x` may be on any one device, and stay there; NumPy only knows the CPU.

    >>> predict(nn.Sequential(nn.Dropout(0.5)), torch.tensor([[1.0], [3.0]])).tolist()
    [[1.0], [3.0]]
    """
    # BEGIN SOLUTION
    modes = [(module, module.training) for module in model.modules()]
    try:
        model.eval()
        with torch.no_grad():
            return model(x).cpu().numpy()
    finally:
        for module, training in modes:
            module.training = training
    # END SOLUTION


def count_parameters(model: nn.Module) -> int:
    """Return the number of trainable numbers in `model`.

    Frozen parameters (`requires_grad=False`) are left out. A parameter that is used in two places
    counts once.

    >>> count_parameters(nn.Linear(3, 2))
    8
    """
    # BEGIN SOLUTION
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
    # END SOLUTION
