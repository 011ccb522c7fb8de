"""Bughunt: programs that are wrong, for you to mend.

Nothing is left open in this unit. Each program below looks right, and is not: some stop with an
error, the others run to the end and give wrong numbers, which is worse. The docstring says what
the program should do, and what somebody has seen. Change as little as you need, or write it anew.

Run a program before you change it. `python -i exercises/bughunt.py` starts Python with all of them
at hand; type the example of the docstring, and see what comes out in place of what should.

Guessing takes long. Four ways to look, the cheapest one first:

    read the error      The last line says what went wrong, the lines above it where. Read the
                        words, too: a "leaf", a "size", an "attribute" is something you can look at.
    print the shapes    print(x.shape, y.shape, (x - y).shape). x - y broadcasts without a
                        word of warning.
    do a small case     Two rows and round numbers, on paper. Where does the program first differ
    by hand             from the paper? Print inside the loop: the losses, w, w.grad.
    change one thing    Then look again. One step, then two; one batch, then two; a batch of one
                        row. What works once may go wrong the second time.

Here is such a hunt. A mean should be 2, and is 1:

    >>> def mean(numbers):
    ...     total = 0
    ...     for number in numbers:
    ...         total = number
    ...     return total / len(numbers)
    >>> mean([1, 2, 3])
    1.0

By hand: 6 / 3. Here it must have been 3 / 3, so the sum is wrong, not the division: a print in the
loop shows total 1, 2, 3, each time the number itself. `total += number` mends it.

Notes can have bugs as well.

Many notes write `criterion(y_true, y_pred)`. For a squared error the order is no matter.
`cross_entropy` takes the prediction first. Try it: the same numbers, and not the same loss.

    >>> one, other = torch.tensor([[3.0, 1.0]]), torch.tensor([[1.0, 0.0]])
    >>> [round(F.cross_entropy(*pair).item(), 2) for pair in ((one, other), (other, one))]
    [0.13, 2.25]

Many notes take a step of 1e-6 for a numerical slope, whatever the dtype. Try it with x * x at 1,
where the slope is 2:

    >>> x, h = torch.tensor(1.0), 1e-6
    >>> round((((x + h) ** 2 - (x - h) ** 2) / (2 * h)).item(), 3)
    1.967

Many notes say that `zero_grad` sets the gradients to 0. Since torch 2.0 they are gone. Try it:

    >>> layer = nn.Linear(1, 1)
    >>> layer(torch.ones(1, 1)).sum().backward()
    >>> layer.zero_grad()
    >>> print(layer.weight.grad)
    None

Of a program that still is what you were given, `grade` says that it is not started, and no more.
Check your work with

    grade bughunt
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn


def transpose_images(images: torch.Tensor) -> torch.Tensor:
    """Exchange rows and columns of each image: `(N, H, W)` to `(N, W, H)`.

    `result[n, j, i]` is `images[n, i, j]`. It may be a copy or a view.

    Seen: all shapes are right, and the pictures are scrambled.

    >>> transpose_images(torch.tensor([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]])).tolist()
    [[[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]]
    """
    # BEGIN SOLUTION
    return images.transpose(1, 2)
    # INSTEAD
    # n, height, width = images.shape
    # return images.view(n, width, height)
    # END SOLUTION


def mean_squared_error(prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Return the mean of the squared errors over the N rows, a 0-dim tensor.

    `prediction` is `(N, 1)`, `target` is `(N,)` or `(N, 1)`, with one row or more. Autograd must be
    able to flow through.

    Seen: for a target of shape `(N,)` even a perfect prediction has an error.

    >>> mean_squared_error(torch.tensor([[1.0], [2.0]]), torch.tensor([1.0, 4.0])).item()
    2.0
    """
    # BEGIN SOLUTION
    return ((prediction - target.reshape(prediction.shape)) ** 2).mean()
    # INSTEAD
    # return ((prediction - target) ** 2).mean()
    # END SOLUTION


def slope(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> float:
    """Return the slope of `f` at `x`, by a central difference in float64 with h about 1e-6.

    `x` is 0-dim, in float32. `f` takes a 0-dim float64 tensor and gives one; call it as often as
    you like. The slope is a float, right to 1e-6, or to a millionth of it where it is large.

    Seen: for x * x at 1 it gives 1.907, where the slope is 2.

    >>> round(slope(lambda x: x * x, torch.tensor(1.0)), 6)
    2.0
    """
    # BEGIN SOLUTION
    h = 1e-6
    x = x.double()
    return ((f(x + h) - f(x - h)) / (2 * h)).item()
    # INSTEAD
    # h = 1e-6
    # return ((f(x + h) - f(x)) / h).item()
    # END SOLUTION


def fit_line(
    x: torch.Tensor, y: torch.Tensor, lr: float, steps: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Fit y = x w + b by gradient descent on the mean squared error of all rows.

    `x` and `y` are `(N, 1)`. Starts from w = 0 `(1, 1)` and b = 0 `(1,)`, in the dtype and on the
    device of `x`, and takes `steps` steps, two or more. Returns `(w, b)`, without a graph.

    Seen: the line is the same after 2 steps and after 500, and torch warns of the .grad of a
    tensor that is no leaf. Here each step halves what is missing from w = 3, b = 1:

    >>> x = torch.tensor([[-1.0], [1.0]])
    >>> w, b = fit_line(x, 3 * x + 1, lr=0.25, steps=2)
    >>> w.tolist(), b.tolist()
    ([[2.25]], [0.75])
    """
    # BEGIN SOLUTION
    w = x.new_zeros(1, 1, requires_grad=True)
    b = x.new_zeros(1, requires_grad=True)
    for _ in range(steps):
        w.grad = b.grad = None
        loss = ((x @ w + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
    return w.detach(), b.detach()
    # INSTEAD
    # w = x.new_zeros(1, 1, requires_grad=True)
    # b = x.new_zeros(1, requires_grad=True)
    # for _ in range(steps):
    #     if w.grad is None:
    #         w.grad = torch.zeros_like(w)
    #         b.grad = torch.zeros_like(b)
    #     loss = ((x @ w + b - y) ** 2).mean()
    #     loss.backward()
    #     w = w - lr * w.grad
    #     b = b - lr * b.grad
    # return w.detach(), b.detach()
    # END SOLUTION


class Line(nn.Module):
    """The line y = x w + b as a module with two trained numbers, w `(1, 1)` and b `(1,)`.

    `forward` maps `(N, 1)` to `(N, 1)`.

    Seen: `Line()` raises AttributeError.

    >>> Line()(torch.zeros(5, 1)).shape
    torch.Size([5, 1])
    """

    # BEGIN SOLUTION
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(x)

    # INSTEAD
    # def __init__(self) -> None:
    #     self.linear = nn.Linear(1, 1)
    #     super().__init__()
    #
    # def forward(self, x: torch.Tensor) -> torch.Tensor:
    #     self.linear(x)
    # END SOLUTION


class Net(nn.Module):
    """Linear layers from each of `sizes` to the next, with a ReLU between each two of them.

    `Net([3, 8, 1])` has two layers and one ReLU; `sizes` holds two widths or more. There is none
    after the last layer, and all layers are trained.

    Seen: no output is ever negative, and an optimizer finds no parameters in the net.

    >>> net = Net([3, 8, 1])
    >>> net(torch.zeros(5, 3)).shape, sum(p.numel() for p in net.parameters())
    (torch.Size([5, 1]), 41)
    """

    # BEGIN SOLUTION
    def __init__(self, sizes: Sequence[int]) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in pairwise(sizes)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        *inner, last = self.layers
        for layer in inner:
            x = torch.relu(layer(x))
        return last(x)

    # INSTEAD
    # def __init__(self, sizes: Sequence[int]) -> None:
    #     super().__init__()
    #     self.layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
    #
    # def forward(self, x: torch.Tensor) -> torch.Tensor:
    #     for layer in self.layers:
    #         x = torch.relu(layer(x))
    #     return x
    # END SOLUTION


def loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the mean cross-entropy of the rows, a 0-dim tensor through which autograd can flow.

    `logits` is `(N, C)`, with numbers from -20 to 20, one row or more; `targets` is int64 `(N,)`,
    the number of the right class of each row.

    Seen: an error, of a kernel that is not implemented for 'Long', which is int64.

    >>> logits, targets = torch.tensor([[0.0, 0.0], [9.0, -9.0]]), torch.tensor([1, 0])
    >>> round(loss(logits, targets).item(), 4)  # log 2 for the first row, 0 for the second
    0.3466
    """
    # BEGIN SOLUTION
    return F.cross_entropy(logits, targets)
    # INSTEAD
    # return F.cross_entropy(targets, logits.softmax(dim=1))
    # END SOLUTION


def train(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    x: torch.Tensor,
    y: torch.Tensor,
    epochs: int,
) -> list[float]:
    """Train `model` on the mean squared error: one step of `optimizer` on all rows in each epoch.

    In each epoch all rows go through the model once. `optimizer` is one for all parameters of the
    model, and `y` is shaped like its output. Works in training mode; gradients from before do not
    count. Returns the losses, each before its step, as floats.

    Seen: the first two losses are the same, later ones jump about, and memory grows with every
    epoch.

    >>> model, x = nn.Linear(1, 1), torch.tensor([[0.0], [1.0], [2.0]])
    >>> losses = train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, 2 * x, epochs=50)
    >>> len(losses), losses[-1] < losses[1] < losses[0]
    (50, True)
    """
    # BEGIN SOLUTION
    model.train()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        error = F.mse_loss(model(x), y)
        error.backward()
        optimizer.step()
        losses.append(error.item())
    return losses
    # INSTEAD
    # model.train()
    # losses = []
    # for _ in range(epochs):
    #     error = F.mse_loss(model(x), y)
    #     optimizer.step()
    #     error.backward()
    #     losses.append(error)
    # return losses
    # END SOLUTION


def validate(model: nn.Module, batches: Iterable[tuple[torch.Tensor, torch.Tensor]]) -> float:
    """Return the mean squared error of `model` over all entries of all batches, as a float.

    `batches` can be gone through once. Each `(x, y)` in it has one row or more, and `y` is shaped
    like the output of the model. Runs in evaluation mode and records no graph; afterwards the model
    is as it was, and in the mode that it was in.

    Seen: other batches of the same rows give another number, the number prints with a grad_fn, and
    after the first validation dropout has no effect in training any more.

    >>> x, y = torch.tensor([[1.0], [1.0], [3.0]]), torch.zeros(3, 1)
    >>> round(validate(nn.Dropout(0.5), [(x[:2], y[:2]), (x[2:], y[2:])]), 4)  # (1 + 1 + 9) / 3
    3.6667
    """
    # BEGIN SOLUTION
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            total += ((model(x) - y) ** 2).sum().item()
            count += y.numel()
    model.train(was_training)
    return total / count
    # INSTEAD
    # model.eval()
    # total, count = 0, 0
    # for x, y in batches:
    #     error = ((model(x) - y) ** 2).mean()
    #     total += error
    #     count += 1
    # return total / count
    # END SOLUTION
