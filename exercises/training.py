"""Training: what counts is how well the model does on rows that it has not seen.

Fitting is easy: a model with enough parameters learns its rows by heart. So before anything else,
the rows are split in two. The model learns from the training rows. The validation rows are only
measured, after each epoch, and say which epoch was the best:

    epoch               0      1      2      3      4      5
    training loss      1.90   1.02   0.61   0.38   0.24   0.15    falls and falls
    validation loss    1.95   1.20   0.94   0.90   0.97   1.12    falls, then rises again
                                              ^ keep the model of this epoch

Many notes measure a model on the rows that it was trained on. That tells how well it remembers.

Columns in metres and in millimetres should not count differently, so they are shifted and scaled
to mean 0 and deviation 1: by the numbers of the training rows, and by the same ones ever after.
Such numbers belong to a module and are not trained: register_buffer saves and moves them with it.

To tell classes apart, a model gives one number for each class, a logit. Logits are any numbers at
all; softmax makes probabilities of them, and the cross-entropy is -log of the probability of the
right class. Many notes put a softmax at the end of the model, and then use cross_entropy, which
has one inside. Try it: the loss of a sure and right answer, with one softmax and with two.

    >>> import torch
    >>> from torch import nn
    >>> logits, targets = torch.tensor([[10.0, 0.0, 0.0]]), torch.tensor([0])
    >>> round(nn.functional.cross_entropy(logits, targets).item(), 4)
    0.0001
    >>> round(nn.functional.cross_entropy(logits.softmax(dim=1), targets).item(), 4)
    0.5515

Many notes write criterion(y_true, y_pred). For the mean squared error both orders are the same.
For others they are not: the prediction comes first. Try it: a loss below zero.

    >>> prediction, target = torch.tensor([[3.0, -1.0]]), torch.tensor([[1.0, 0.0]])
    >>> round(nn.functional.cross_entropy(target, prediction).item(), 4)
    -0.3735

Many notes add up the losses of the batches and divide by their number. A batch with fewer rows
then counts too much. Try it: four rows with a loss of 1 each, and a last batch of one row with 9.

    >>> (1 + 9) / 2, (4 * 1 + 1 * 9) / 5
    (5.0, 2.6)

Many notes say that model.eval() is all it takes to measure. It only sets the mode, for dropout and
batch normalisation; gradients are still recorded, until torch.no_grad() stops that. Try it:

    >>> nn.Linear(1, 1).eval()(torch.ones(1, 1)).requires_grad
    True

A step with momentum goes along v, into which every gradient flows: v = beta * v + grad. Like a
ball, v gains speed where the slope stays the same, and swings less where it changes sides.

Check your work with

    grade training
"""

import math
from collections.abc import Callable, Iterable
from typing import Protocol

import numpy as np
import torch
from torch import nn


def split(
    x: torch.Tensor, y: torch.Tensor, fraction: float, seed: int = 0
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return `(x_train, y_train, x_val, y_val)`: the rows of `x` and `y`, dealt out at random.

    `round(fraction * N)` of the N rows are for validation, all others for training. A row of `x`
    stays with its row of `y`; both have any further axes. The order inside a part is up to you. The
    same `seed` gives the same split, and the global random state is left alone.

    Raises ValueError, with a value or size that is at fault, unless 0 < fraction < 1, or if one of
    the parts would be empty.

    >>> x = torch.arange(10.0).reshape(5, 2)
    >>> x_train, y_train, x_val, y_val = split(x, x[:, 0], fraction=0.4)
    >>> x_train.shape, y_val.shape, bool((x_val[:, 0] == y_val).all())
    (torch.Size([3, 2]), torch.Size([2]), True)
    """
    raise NotImplementedError("split")


class Standardize(nn.Module):
    """Shift and scale columns as the rows of `x (N, D)` say: to mean 0 and standard deviation 1.

    Mean and deviation are those of the columns of `x`, whatever rows come later. The deviation is
    that of the population: the mean of the squares divides by N, not by N - 1. A column in which
    `x` repeats one number, such as 7.0, becomes 0 there, not NaN (but a number whose mean is
    rounded, such as 0.1 in float32, may not). The module has no parameters; its numbers are
    buffers, saved in `state_dict()` and moved by `.to(...)`.

    >>> scale = Standardize(torch.tensor([[1.0, 7.0], [3.0, 7.0]]))
    >>> scale(torch.tensor([[1.0, 7.0], [2.0, 7.0], [5.0, 7.0]])).tolist()
    [[-1.0, 0.0], [0.0, 0.0], [3.0, 0.0]]
    """

    def __init__(self, x: torch.Tensor) -> None:
        """Keep the mean and the deviation of each column of `x`."""
        raise NotImplementedError("Standardize.__init__")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Standardise `(M, D)`, other rows than those that it was made with."""
        raise NotImplementedError("Standardize.forward")


class Classifier(nn.Module):
    """A linear layer, ReLU, a linear layer: a logit for each class, with nothing after them.

    >>> model = Classifier(2, hidden=8, classes=3)
    >>> tuple(model(torch.zeros(5, 2)).shape), sum(p.numel() for p in model.parameters())
    ((5, 3), 51)
    """

    def __init__(self, in_features: int, hidden: int, classes: int) -> None:
        """Make the layers and register them."""
        raise NotImplementedError("Classifier.__init__")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map `(N, in_features)` to logits, `(N, classes)`."""
        raise NotImplementedError("Classifier.forward")


def cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the mean over the rows of -log softmax(logits)[target], a 0-dim tensor.

    `logits` are `(N, C)`, `targets` int64 `(N,)`: the number of the right class of each row. By
    hand: no cross_entropy, nll_loss, softmax or log_softmax of torch's; logsumexp is allowed. Value
    and gradient are finite and right for logits up to 1000 either way.

    Raises ValueError, with the dtype or the shape in its message, if `targets` is not int64 `(N,)`.

    >>> logits = torch.tensor([[0.0, 0.0], [1000.0, 0.0]])
    >>> round(cross_entropy(logits, torch.tensor([1, 0])).item(), 4)  # log(2) / 2
    0.3466
    """
    raise NotImplementedError("cross_entropy")


def accuracy(logits: torch.Tensor, targets: torch.Tensor) -> float:
    """Return the share of rows whose largest logit is that of the target, as a float.

    `logits` are `(N, C)`, `targets` int64 `(N,)`. Raises ValueError, with a shape in its message,
    if there are no rows, or if `targets` is not `(N,)`.

    >>> accuracy(torch.tensor([[2.0, 1.0], [-3.0, -1.0]]), torch.tensor([0, 0]))
    0.5
    """
    raise NotImplementedError("accuracy")


class Momentum:
    """Gradient descent with momentum: v = beta * v + grad, then p -= lr * v, for each parameter p.

    `params` are tensors, in a list or from a generator such as `model.parameters()`. Each has a v
    of its own, which begins at 0. No torch.optim.

    >>> p = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = Momentum([p], lr=0.5)
    >>> p.grad = torch.tensor([2.0])
    >>> optimizer.step()
    >>> p.tolist()
    [0.0]
    >>> optimizer.step()
    >>> round(p.item(), 4)  # v = 0.9 * 2 + 2
    -1.9
    """

    def __init__(self, params: Iterable[torch.Tensor], lr: float, beta: float = 0.9) -> None:
        """Keep the parameters, and begin a v for each of them."""
        raise NotImplementedError("Momentum.__init__")

    def step(self) -> None:
        """Move each parameter in place, without recording a graph; skip one without a gradient.

        The gradients are left as they are.
        """
        raise NotImplementedError("Momentum.step")

    def zero_grad(self) -> None:
        """Set the gradient of each parameter to None or to zero, whatever it was."""
        raise NotImplementedError("Momentum.zero_grad")


class Optimizer(Protocol):
    """What `run_epoch` is given to step with, such as `Momentum`."""

    def step(self) -> None: ...

    def zero_grad(self) -> None: ...


def run_epoch(
    model: nn.Module,
    batches: Iterable[tuple[torch.Tensor, torch.Tensor]],
    criterion: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    optimizer: Optimizer,
) -> float:
    """Train `model` in one pass over `batches`; return the mean loss over all rows, as a float.

    For each batch `(x, y)`, of any further axes, in training mode: one call of the model, one of
    `criterion(prediction, target)`, which gives the mean over the rows of the batch, and one step.
    The model may come with gradients: clear them before each backward. Each loss is that before its
    step, and a batch counts by its rows. The mode afterwards is up to you.

    >>> model = nn.Linear(1, 1)
    >>> batches = [(torch.ones(4, 1), torch.ones(4, 1)), (torch.zeros(1, 1), torch.ones(1, 1))]
    >>> optimizer = Momentum(model.parameters(), lr=0.1)
    >>> losses = [run_epoch(model, batches, nn.functional.mse_loss, optimizer) for _ in range(99)]
    >>> losses[-1] < losses[0]
    True
    """
    raise NotImplementedError("run_epoch")


def fit_best(
    model: nn.Module,
    run: Callable[[nn.Module], object],
    validate: Callable[[nn.Module], float],
    epochs: int,
) -> tuple[int, list[float]]:
    """Train for `epochs` epochs, and leave `model` as it was after the best of them.

    An epoch is one `run(model)`, which trains, then one `validate(model)`, which measures, changes
    nothing and gives a float. The best epoch has the lowest of these validation losses, the first
    one if several are equal; a NaN is never the lowest, unless all are. Afterwards, `model` itself
    holds what its `state_dict()` held when that loss was measured, buffers included.

    Returns `(best, losses)`: the number of that epoch, from 0, and the list of all validation
    losses. Raises ValueError, with the number in its message, if `epochs < 1`.

    >>> model = nn.Linear(1, 1)
    >>> run = lambda model: model.bias.data.add_(1)
    >>> validate = lambda model: (model.bias.item() - 2) ** 2
    >>> _ = model.bias.data.zero_()
    >>> fit_best(model, run, validate, epochs=4), model.bias.item()
    ((1, [1.0, 0.0, 1.0, 4.0]), 2.0)

    With `run_epoch`, `run` is `lambda model: run_epoch(model, batches, criterion, optimizer)`.
    """
    raise NotImplementedError("fit_best")


def curve(model: nn.Module, x: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Return `(xs, ys)` for `plt.plot(xs, ys)`: x in increasing order, and the model's prediction.

    `x` is `(N, 1)`, in any order; `xs` and `ys` are NumPy arrays of shape `(N,)`. Works in
    evaluation mode and without a graph, on any one device; afterwards every module is in the mode
    that it was in before, and as trainable.

    >>> xs, ys = curve(nn.Flatten(), torch.tensor([[3.0], [1.0], [2.0]]))
    >>> xs.tolist(), ys.tolist()
    ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    """
    raise NotImplementedError("curve")
