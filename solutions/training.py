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
    # BEGIN SOLUTION
    if not 0 < fraction < 1:
        raise ValueError(f"fraction must be between 0 and 1, not {fraction}")
    count = round(fraction * len(x))
    if count in (0, len(x)):
        raise ValueError(f"a fraction of {fraction} of {len(x)} rows leaves a part empty")
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(x), generator=generator).to(x.device)
    for_validation, for_training = order[:count], order[count:]
    return x[for_training], y[for_training], x[for_validation], y[for_validation]
    # END SOLUTION


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
        # BEGIN SOLUTION
        super().__init__()
        deviation = x.std(dim=0, correction=0)
        self.register_buffer("mean", x.mean(dim=0))
        self.register_buffer("deviation", torch.where(deviation > 0, deviation, 1.0))
        # END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Standardise `(M, D)`, other rows than those that it was made with."""
        # BEGIN SOLUTION
        return (x - self.get_buffer("mean")) / self.get_buffer("deviation")
        # END SOLUTION


class Classifier(nn.Module):
    """A linear layer, ReLU, a linear layer: a logit for each class, with nothing after them.

    >>> model = Classifier(2, hidden=8, classes=3)
    >>> tuple(model(torch.zeros(5, 2)).shape), sum(p.numel() for p in model.parameters())
    ((5, 3), 51)
    """

    def __init__(self, in_features: int, hidden: int, classes: int) -> None:
        """Make the layers and register them."""
        # BEGIN SOLUTION
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(in_features, hidden), nn.ReLU(), nn.Linear(hidden, classes)
        )
        # END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map `(N, in_features)` to logits, `(N, classes)`."""
        # BEGIN SOLUTION
        return self.layers(x)
        # END SOLUTION


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
    # BEGIN SOLUTION
    if targets.dtype != torch.int64 or targets.shape != logits.shape[:1]:
        shape = tuple(targets.shape)
        raise ValueError(f"targets must be int64, (N,), not {targets.dtype} of shape {shape}")
    of_target = logits.gather(1, targets.unsqueeze(1)).squeeze(1)
    return (logits.logsumexp(dim=1) - of_target).mean()
    # END SOLUTION


def accuracy(logits: torch.Tensor, targets: torch.Tensor) -> float:
    """Return the share of rows whose largest logit is that of the target, as a float.

    `logits` are `(N, C)`, `targets` int64 `(N,)`. Raises ValueError, with a shape in its message,
    if there are no rows, or if `targets` is not `(N,)`.

    >>> accuracy(torch.tensor([[2.0, 1.0], [-3.0, -1.0]]), torch.tensor([0, 0]))
    0.5
    """
    # BEGIN SOLUTION
    if len(logits) == 0 or targets.shape != logits.shape[:1]:
        raise ValueError(f"logits {tuple(logits.shape)} and targets {tuple(targets.shape)}")
    return (logits.argmax(dim=1) == targets).double().mean().item()
    # END SOLUTION


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
        # BEGIN SOLUTION
        self.params, self.lr, self.beta = list(params), lr, beta
        self.velocities = [torch.zeros_like(p) for p in self.params]
        # END SOLUTION

    def step(self) -> None:
        """Move each parameter in place, without recording a graph; skip one without a gradient.

        The gradients are left as they are.
        """
        # BEGIN SOLUTION
        with torch.no_grad():
            for k, p in enumerate(self.params):
                if p.grad is not None:
                    v = self.velocities[k].mul_(self.beta).add_(p.grad)
                    p -= self.lr * v
        # END SOLUTION

    def zero_grad(self) -> None:
        """Set the gradient of each parameter to None or to zero, whatever it was."""
        # BEGIN SOLUTION
        for p in self.params:
            p.grad = None
        # END SOLUTION


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
    # BEGIN SOLUTION
    model.train()
    total, rows = 0.0, 0
    for x, y in batches:
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        rows += len(x)
    return total / rows
    # END SOLUTION


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
    # BEGIN SOLUTION
    if epochs < 1:
        raise ValueError(f"epochs must be 1 or more, not {epochs}")
    best, losses, state = 0, [], {}
    for epoch in range(epochs):
        run(model)
        loss = validate(model)
        losses.append(loss)
        lowest = losses[best]
        if epoch == 0 or loss < lowest or (math.isnan(lowest) and not math.isnan(loss)):
            best, state = epoch, {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(state)
    return best, losses
    # END SOLUTION


def curve(model: nn.Module, x: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Return `(xs, ys)` for `plt.plot(xs, ys)`: x in increasing order, and the model's prediction.

    `x` is `(N, 1)`, in any order; `xs` and `ys` are NumPy arrays of shape `(N,)`. Works in
    evaluation mode and without a graph, on any one device; afterwards every module is in the mode
    that it was in before, and as trainable.

    >>> xs, ys = curve(nn.Flatten(), torch.tensor([[3.0], [1.0], [2.0]]))
    >>> xs.tolist(), ys.tolist()
    ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    """
    # BEGIN SOLUTION
    was_training = model.training
    model.eval()
    with torch.no_grad():
        xs = x.squeeze(1).sort().values
        ys = model(xs.unsqueeze(1)).squeeze(1)
    model.train(was_training)
    return xs.cpu().numpy(), ys.cpu().numpy()
    # END SOLUTION
