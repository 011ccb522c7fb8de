"""Autograd: every result remembers where it came from.

Compute with a tensor that requires a gradient, and torch takes notes: each result
keeps, in its `grad_fn`, which operation made it and from what. `backward` follows the
notes from the result back to the start. Along a path it multiplies the slopes; where
paths meet, it adds them up:

    step           slopes of the step           at a = 2, b = 3
    c = a * b      dc/da = b,  dc/db = a        3 and 2
    d = c + a      dd/dc = 1,  dd/da = 1        1 and 1

    from d to a    by way of c, and directly    1 * 3 + 1 = 4
    from d to b    by way of c                  1 * 2     = 2

The paths begin at leaves: tensors that were made, not computed. `backward` adds what it
finds to the `.grad` of each leaf that requires a gradient, whatever stood there before.

Several things that are often said of this are wrong, and a few lines are enough to see
it. Many notes say that `detach()` copies. It leaves the graph, and shares the memory.
Try it:

    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> x.detach()[0] = 9.0
    >>> x.tolist()
    [9.0, 2.0]

Many notes say that each step of a computation changes the `grad_fn` of x. Each result
gets one of its own, and x stays the leaf that it was. Try it:

    >>> y = 2 * x
    >>> x.grad_fn is None, y.grad_fn is None, x.is_leaf, y.is_leaf
    (True, False, True, False)

Many notes cure "Trying to backward through the graph a second time" with
`retain_graph=True`. That adds the same gradient once more; what is missing is mostly a
new forward pass. Try it:

    >>> w = torch.tensor(3.0, requires_grad=True)
    >>> loss = w * w
    >>> loss.backward(retain_graph=True)
    >>> loss.backward()
    >>> w.grad.item()
    12.0

Many notes use `.data`, which is `detach()` without a guard. What is changed through it
is changed behind the back of autograd: the gradient here should be 6, and no error says
so. Try it:

    >>> w = torch.tensor(3.0, requires_grad=True)
    >>> loss = w * w
    >>> w.data -= 2.0
    >>> loss.backward()
    >>> w.grad.item()
    2.0

With `torch.no_grad()` instead, torch notices:

    >>> w = torch.tensor(3.0, requires_grad=True)
    >>> loss = w * w
    >>> with torch.no_grad():
    ...     w -= 2.0
    >>> try:
    ...     loss.backward()
    ... except RuntimeError as error:
    ...     print(str(error)[:70])
    one of the variables needed for gradient computation has been modified

To get a number out, there is `item()`; a tensor without its graph, `detach()`; to run
code that is not to be recorded, `torch.no_grad()`. At the end of this unit you build
the whole machine yourself: numbers that take notes. Check your work with

    grade autograd
"""

import math
from collections.abc import Callable
from typing import Any

import torch


def snapshot(x: torch.Tensor) -> torch.Tensor:
    """Return a tensor with the values that `x` has now, whatever becomes of `x` later.

    It lies in memory of its own, requires no gradient, and can be used like any other
    tensor.

    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> before = snapshot(x)
    >>> with torch.no_grad():
    ...     x += 10
    >>> before
    tensor([1., 2.])
    """
    raise NotImplementedError("snapshot")


def leaf(x: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Return a new leaf that requires a gradient, with the values of `x` in `dtype`.

    It lies in memory of its own. Its `.grad` is None at first, and `backward` fills it.
    `x` stays as it is, whether it requires a gradient or not, and whether it is a leaf
    or a result.

    >>> w = leaf(torch.tensor([1.0, 2.0]), torch.float64)
    >>> (w * w).sum().backward()
    >>> w.is_leaf, w.grad
    (True, tensor([2., 4.], dtype=torch.float64))
    """
    raise NotImplementedError("leaf")


def without_graph(
    f: Callable[[torch.Tensor], torch.Tensor],
    x: torch.Tensor,
) -> torch.Tensor:
    """Return f(x), with one call of `f`, while nothing is recorded.

    Later computations may use the result and be recorded, like those with any tensor.
    Afterwards gradients are recorded as before, also if `f` raises something, be it
    KeyboardInterrupt. What it raises comes out as it is.

    >>> w = torch.tensor(3.0, requires_grad=True)
    >>> without_graph(lambda x: w * x, torch.tensor(2.0))
    tensor(6.)
    >>> (w * 2.0).requires_grad
    True
    """
    raise NotImplementedError("without_graph")


def gradient_of(
    f: Callable[[torch.Tensor], torch.Tensor],
    x: torch.Tensor,
) -> torch.Tensor:
    """Return df/dx, shaped like `x`; `f` maps a tensor like `x` to one with one entry.

    One entry: f(x) may be 0-dim, or have a shape such as (1,) or (1, 1). Call `f` once.
    The result carries no graph, and is all zeros if f(x) does not depend on `x`.
    Nothing else changes, also if `f` raises something: not `x.grad`, not
    `x.requires_grad`, and not the `.grad` of a tensor that `f` works with, such as a
    parameter of its own.

    Raises ValueError, with the shape of f(x) in its message, unless that has exactly
    one entry.

    >>> x = torch.tensor([1.0, 2.0, 3.0])
    >>> gradient_of(lambda t: (t**2).sum(), x)
    tensor([2., 4., 6.])
    >>> x.requires_grad, x.grad
    (False, None)
    """
    raise NotImplementedError("gradient_of")


def accumulate_(
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    w: torch.Tensor,
    batches: list[torch.Tensor],
) -> float:
    """Leave in `w.grad` the gradient of the mean over all rows, and return that mean.

    A batch has one or more rows, and there are one or more batches, which need not be
    equally long. `loss(w, batch)` gives the mean over the rows of that batch, a 0-dim
    tensor. Call it once for each batch, with that batch, in any order: all rows at once
    might not fit into memory.

    What was in `w.grad` before does not count. `w` is a leaf, and stays the same one,
    with the same values in the same memory; `batches` stays as it is. The mean comes
    back as a float.

    >>> w = torch.tensor(1.0, requires_grad=True)
    >>> batches = [torch.tensor([2.0, 4.0, 6.0]), torch.tensor([8.0])]
    >>> accumulate_(lambda w, batch: (w * batch).mean(), w, batches)
    5.0
    >>> w.grad
    tensor(5.)
    """
    raise NotImplementedError("accumulate_")


def round_through(x: torch.Tensor) -> torch.Tensor:
    """Return torch.round(x), with the gradient of x: a straight-through estimator.

    The slope of rounding is 0 almost everywhere, so that nothing in front of it could
    learn. The backward pass acts as if nothing had been rounded. The result requires a
    gradient exactly if `x` does; `x` is finite.

    >>> x = torch.tensor([0.4, 1.6], requires_grad=True)
    >>> y = round_through(x)
    >>> (y * torch.tensor([3.0, 5.0])).sum().backward()
    >>> y.tolist(), x.grad
    ([0.0, 2.0], tensor([3., 5.]))
    """
    raise NotImplementedError("round_through")


def two_layer_gradients(
    x: torch.Tensor,
    y: torch.Tensor,
    w1: torch.Tensor,
    b1: torch.Tensor,
    w2: torch.Tensor,
    b2: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return `(dw1, db1, dw2, db2)`, the gradients of the loss of a two-layer network.

    The loss is the mean over all entries of (relu(x w1 + b1) w2 + b2 - y)^2. The shapes
    are x (N, D), w1 (D, H), b1 (H,), w2 (H, K), b2 (K,) and y (N, K). Write the
    backward pass by hand: it also has to run where torch records nothing. The slope of
    relu exactly at 0 does not matter.

    >>> x, y = torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0]])
    >>> w1, b1 = torch.tensor([[1.0], [1.0]]), torch.zeros(1)
    >>> w2, b2 = torch.tensor([[2.0]]), torch.zeros(1)
    >>> [d.tolist() for d in two_layer_gradients(x, y, w1, b1, w2, b2)]
    [[[20.0], [40.0]], [20.0], [[30.0]], [10.0]]
    """
    # Go forward and keep what you will need. Then come back, one operation at a time.
    raise NotImplementedError("two_layer_gradients")


class Arithmetic:
    """What follows from sums, products and powers: a Scalar has these from here.

    Python asks __radd__ and the other names with an r of the number on the right, where
    the one on the left does not know what to do: 2 - s is s.__rsub__(2).
    """

    def __neg__(self: Any) -> Any:
        return -1 * self

    def __sub__(self: Any, other: Any) -> Any:
        return self + -other

    def __truediv__(self: Any, other: Any) -> Any:
        return self * other**-1

    def __radd__(self: Any, other: Any) -> Any:
        return self + other

    def __rsub__(self: Any, other: Any) -> Any:
        return -self + other

    def __rmul__(self: Any, other: Any) -> Any:
        return self * other

    def __rtruediv__(self: Any, other: Any) -> Any:
        return self**-1 * other


class Scalar(Arithmetic):
    """A number that remembers how it was computed: autograd in plain Python.

    `Scalar(value)` has `.data`, which is float(value), and `.grad`, which is 0.0 at
    first. Both are floats, and may be assigned. Scalars are added, subtracted,
    multiplied and divided with + - * /, also with ints and floats on either side; -s is
    the negative, and s ** n a power, n a number. `.relu()`, `.tanh()` and `.exp()` are
    functions.

    `.backward()` adds d(self)/d(node) to the `.grad` of each node that self depends on,
    itself (1.0) included, over all paths that lead there. A second `backward`, of self
    or of a result that shares nodes with it, adds again exactly its own derivatives:
    what a `.grad` holds by then stays in the sum, and is not passed on to other nodes.
    It takes no longer than the computation did: it works for chains of 10,000
    operations, and for 60 doublings x = x + x, where the paths are countless.

    >>> a, b = Scalar(2), Scalar(3)
    >>> d = a * b + a
    >>> d.backward()
    >>> d.data, a.grad, b.grad
    (8.0, 4.0, 2.0)
    >>> d.backward()
    >>> d.grad, a.grad, b.grad
    (2.0, 8.0, 4.0)
    """

    def __init__(self, value: float) -> None:
        # What does a number have to remember, so that backward can find its way?
        raise NotImplementedError("Scalar.__init__")

    def __add__(self, other: "Scalar | float") -> "Scalar":
        raise NotImplementedError("Scalar.__add__")

    def __mul__(self, other: "Scalar | float") -> "Scalar":
        raise NotImplementedError("Scalar.__mul__")

    def __pow__(self, n: float) -> "Scalar":
        raise NotImplementedError("Scalar.__pow__")

    def relu(self) -> "Scalar":
        raise NotImplementedError("Scalar.relu")

    def tanh(self) -> "Scalar":
        raise NotImplementedError("Scalar.tanh")

    def exp(self) -> "Scalar":
        raise NotImplementedError("Scalar.exp")

    def backward(self) -> None:
        # Whose turn is it? A node passes its slope on after all nodes that use it.
        raise NotImplementedError("Scalar.backward")
