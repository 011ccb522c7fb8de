"""Numerical gradients: ask the function itself.

How steep is f at x? Step a little to either side and see how much f changes. That takes no
calculus and no autograd, works for any function you can call, and is how one finds out whether
a gradient that somebody derived by hand is right.

    forward   (f(x + h) - f(x)) / h             error shrinks like h
    central   (f(x + h) - f(x - h)) / 2h        error shrinks like h * h

      f |            *   f(x + h)          The line through the two outer points is
        |                                  nearly parallel to the curve at x: what the
        |       *        f(x)              bend adds on one side, it takes away on the
        |   *            f(x - h)          other. A line through f(x) has no such luck.

Mathematics says: the smaller h, the better. The computer disagrees. f(x + h) and f(x - h) agree
in nearly all of their digits, the subtraction cancels those, and what is left is rounding error,
which the division by 2h then blows up. For f = exp in float64, with its 16 digits, the error is

    h          1e-2     1e-4     1e-6     1e-8     1e-10    1e-12
    forward    2e-2     2e-4     2e-6     6e-8     8e-6     9e-4
    central    7e-5     7e-9     6e-10    6e-8     4e-6     7e-4
               <--  h too large: the bend      h too small: noise  -->

Even at its best, the forward difference loses half of the 16 digits. The central one keeps about
ten of them for the same two calls. In float32, with 7 digits, h = 1e-6 is hopeless: 1 + 1e-6 is
already rounded to a multiple of 1.2e-7, and the quotient is noise. So this unit computes in
float64, whatever comes in.

If f takes many numbers, move one at a time and leave the others where they are. That makes two
calls for each number: fine for a check, far too slow to train a network with a million
weights. Autograd finds them all for the price of a few calls. But from today on, you can check it.

The grader's `f` counts its calls. Autograd is not allowed here. Check your work with

    grade gradients
"""

from collections.abc import Callable

import torch


def derivative(f: Callable[[float], float], x: float, h: float = 1e-6) -> float:
    """Return the central difference (f(x + h) - f(x - h)) / 2h, in two calls of `f`.

    `f` takes and returns plain Python floats, which are float64.

    Raises ValueError, with `h` in its message, if `h` is zero or negative.

    >>> round(derivative(lambda x: x**3, 2.0), 6)
    12.0
    """
    # BEGIN SOLUTION
    if h <= 0:
        raise ValueError(f"the step h must be positive, got {h}")
    return float(f(x + h) - f(x - h)) / (2 * h)
    # END SOLUTION


def gradient(
    f: Callable[[torch.Tensor], float | torch.Tensor], x: torch.Tensor, h: float = 1e-6
) -> torch.Tensor:
    """Return the derivative of `f` with respect to each element of `x`.

    `f` takes a float64 tensor shaped like `x` and returns a number or a 0-dim tensor. `x` may have
    any shape and either float dtype; it stays as it was. The result is float64, shaped like `x`.
    Call `f` exactly `2 * x.numel()` times.

    >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> gradient(lambda x: (x**2).sum(), x).round(decimals=6).tolist()
    [[2.0, 4.0], [6.0, 8.0]]
    """
    # BEGIN SOLUTION
    point = x.detach().to(torch.float64).flatten()
    slopes = torch.empty_like(point)
    for i in range(point.numel()):
        step = torch.zeros_like(point)
        step[i] = h
        above = f((point + step).reshape(x.shape))
        below = f((point - step).reshape(x.shape))
        slopes[i] = (float(above) - float(below)) / (2 * h)
    return slopes.reshape(x.shape)
    # END SOLUTION


def jacobian(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, h: float = 1e-6
) -> torch.Tensor:
    """Return the matrix of all derivatives: row i, column j is d f(x)[i] / d x[j].

    `x` has shape `(n,)`; `f` takes a float64 tensor of shape `(n,)` and returns one of shape
    `(m,)`. The result is float64, of shape `(m, n)`. Call `f` exactly `2 * n` times.

    >>> x = torch.tensor([3.0, 5.0])
    >>> slopes = jacobian(lambda x: torch.stack([x[0] * x[1], x.sum(), 7 * x[0]]), x)
    >>> slopes.round(decimals=6).tolist()
    [[5.0, 3.0], [1.0, 1.0], [7.0, 0.0]]
    """
    # One step moves one element of x. Which part of the matrix do you learn from it?
    # BEGIN SOLUTION
    point = x.detach().to(torch.float64)
    columns = []
    for j in range(point.numel()):
        step = torch.zeros_like(point)
        step[j] = h
        above = f(point + step).to(torch.float64)
        below = f(point - step).to(torch.float64)
        columns.append((above - below) / (2 * h))
    return torch.stack(columns, dim=1)
    # END SOLUTION


def gradient_check(
    f: Callable[[torch.Tensor], float | torch.Tensor],
    grad_f: Callable[[torch.Tensor], torch.Tensor],
    x: torch.Tensor,
    h: float = 1e-6,
    tol: float = 1e-6,
) -> bool:
    """Is `grad_f` the gradient of `f` at `x`?

    With a = grad_f(x) and n = your `gradient` of `f`, it is if every element has

        abs(a - n) / max(1, abs(a), abs(n)) <= tol

    so that large entries are compared by ratio and small ones by difference. A NaN anywhere
    means False: a broken gradient must never pass.

    >>> x = torch.tensor([1.0, 2.0])
    >>> gradient_check(lambda x: (x**2).sum(), lambda x: 2 * x, x)
    True
    >>> gradient_check(lambda x: (x**2).sum(), lambda x: x, x)
    False
    """
    # BEGIN SOLUTION
    point = x.detach().to(torch.float64)
    a = grad_f(point).to(torch.float64)
    n = gradient(f, point, h)
    scale = torch.maximum(a.abs(), n.abs()).clamp(min=1)
    # A NaN compares as False, so that all() catches it.
    return bool(((a - n).abs() / scale <= tol).all())
    # END SOLUTION


def descend(
    f: Callable[[torch.Tensor], float | torch.Tensor],
    x0: torch.Tensor,
    lr: float,
    steps: int,
    h: float = 1e-6,
) -> tuple[torch.Tensor, list[float]]:
    """Walk downhill from `x0`: in each step, x becomes x - lr * gradient of `f` at x.

    Returns `(x, history)`: the last x in the dtype of `x0`, and a list of floats, f(x) before the
    first step and after each one, so `steps + 1` of them. `x0` stays as it was.

    Raises ValueError, with the value in its message, if `lr` is zero or negative or `steps` is
    negative.

    >>> x, history = descend(lambda x: (x**2).sum(), torch.tensor([4.0]), lr=0.25, steps=2)
    >>> x.tolist()
    [1.0]
    >>> [round(value, 6) for value in history]
    [16.0, 4.0, 1.0]
    """
    # BEGIN SOLUTION
    if lr <= 0:
        raise ValueError(f"the learning rate must be positive, got {lr}")
    if steps < 0:
        raise ValueError(f"the number of steps cannot be negative, got {steps}")
    x = x0.detach().to(torch.float64)  # so that small steps are not rounded away
    history = [float(f(x))]
    for _ in range(steps):
        x = x - lr * gradient(f, x, h)  # a new x: -= might change x0
        history.append(float(f(x)))
    return x.to(x0.dtype), history
    # END SOLUTION
