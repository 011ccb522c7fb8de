"""Gradient descent: a straight line learns from its errors.

You have points (x, y) and believe that y is about x w + b. Start with w = 0 and b = 0, then repeat:

    predict   y_pred = x w + b
    measure   loss   = mean of (y_pred - y)^2
    slope     how does the loss change with w, and with b?
    step      w -= lr * slope of w,   b -= lr * slope of b

The loss is a bowl over (w, b). The gradient points uphill, so you step the other way, and `lr`
says how far. For the simplest bowl, loss = w * w from w = 4:

    lr = 0.01     16.0   15.4   14.8   14.2  ...   safe, and slow
    lr = 0.25     16.0    4.0    1.0    0.2  ...   good
    lr = 1.1      16.0   23.0   33.2   47.8  ...   each step jumps across the bowl, and higher

`loss.backward()` finds the slopes and puts them into the `.grad` of each leaf: a tensor that you
made yourself, with `requires_grad=True`. Two things about that surprise everyone.

First, `backward` adds to `.grad`; it does not replace it. If a weight is used in two places, its
slope is the sum over both, so adding up is what autograd does all day. It cannot know that your
next call begins a new step. Clearing the old gradients is up to you:

    >>> w = torch.tensor(3.0, requires_grad=True)
    >>> (2 * w).backward()
    >>> (2 * w).backward()
    >>> w.grad.item()
    4.0

Second, the step must not be recorded. Autograd writes down whatever happens to `w`, and the step is
bookkeeping, not part of the model. `w = w - lr * w.grad` makes a new tensor that is no leaf, and
never gets a `.grad` again. `w -= lr * w.grad` on its own is an error: a leaf must not change while
autograd is watching. Make it look away, with `torch.no_grad()`, and change `w` in place: the same
leaf, in the same memory, with new numbers.

Shapes: x (N, D), y (N, 1), w (D, 1), b (1,). No `torch.nn`, no `torch.optim`: you are about to
write the part of them that matters. Check your work with

    grade sgd
"""

from collections.abc import Iterable

import torch


def predict(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Return x w + b, of shape `(N, 1)`, also for N = 0. Autograd must be able to flow through it.

    >>> x, w, b = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0], [4.0]]), torch.tensor([5.0])
    >>> predict(x, w, b).tolist()
    [[16.0]]
    """
    # BEGIN SOLUTION
    return x @ w + b
    # END SOLUTION


def mse(y_pred: torch.Tensor, y_true: torch.Tensor) -> torch.Tensor:
    """Return the mean of the squared errors, a 0-dim tensor. Autograd must be able to flow through.

    Raises ValueError, with a shape in its message, if the two shapes differ. That is the bug to
    fear most here: `(N, 1)` minus `(N,)` broadcasts to `(N, N)`, and the mean of that looks fine.

    >>> mse(torch.tensor([[1.0], [2.0]]), torch.tensor([[1.0], [4.0]])).item()
    2.0
    """
    # BEGIN SOLUTION
    if y_pred.shape != y_true.shape:
        raise ValueError(f"shapes differ: {tuple(y_pred.shape)} and {tuple(y_true.shape)}")
    return ((y_pred - y_true) ** 2).mean()
    # END SOLUTION


def mse_gradients(
    x: torch.Tensor, y: torch.Tensor, w: torch.Tensor, b: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return `(dw, db)`, the gradients of mse(predict(x, w, b), y), shaped like `w` and `b`.

    Derive them on paper with the chain rule and write the formula down; no autograd.

    >>> x, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[3.0], [5.0]])
    >>> dw, db = mse_gradients(x, y, w=torch.zeros(1, 1), b=torch.zeros(1))
    >>> dw.tolist(), db.tolist()
    ([[-13.0]], [-8.0])
    """
    # How does the loss change with one prediction? And that prediction with w, and with b?
    # BEGIN SOLUTION
    with torch.no_grad():
        d_pred = 2 * (predict(x, w, b) - y) / len(x)
        return x.T @ d_pred, d_pred.sum(dim=0)
    # END SOLUTION


def sgd_step_(params: Iterable[torch.Tensor], lr: float) -> None:
    """For each `p` in `params`, subtract `lr * p.grad` from `p` in place. Return None.

    Each `p` stays the same leaf in the same memory, and nothing of the step is recorded. A `p`
    whose gradient is None is skipped. The gradients are left as they are.

    >>> p = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> p.grad = torch.tensor([10.0, 20.0])
    >>> sgd_step_([p], lr=0.5)
    >>> p.tolist(), p.is_leaf, p.requires_grad
    ([-4.0, -8.0], True, True)
    """
    # BEGIN SOLUTION
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad
    # END SOLUTION


def zero_grads_(params: Iterable[torch.Tensor]) -> None:
    """Clear the gradient of each `p` in `params`: set it to None or to zero. Return None.

    The next `backward` then starts from nothing.

    >>> p = torch.tensor(3.0, requires_grad=True)
    >>> (2 * p).backward()
    >>> zero_grads_([p])
    >>> (2 * p).backward()
    >>> p.grad.item()
    2.0
    """
    # BEGIN SOLUTION
    for p in params:
        p.grad = None
    # END SOLUTION


def fit(
    x: torch.Tensor, y: torch.Tensor, lr: float = 0.1, steps: int = 1000
) -> tuple[torch.Tensor, torch.Tensor, list[float]]:
    """Fit y = x w + b by gradient descent on all rows at once, from w = 0 and b = 0.

    Returns `(w, b, losses)`: `w` and `b` detached, in the dtype and on the device of `x`, and a
    list of floats, the loss before each step, so `steps` of them.

    >>> x = torch.tensor([[-1.0], [0.0], [1.0], [2.0]])
    >>> w, b, losses = fit(x, 3 * x + 1, lr=0.1, steps=300)
    >>> round(w.item(), 3), round(b.item(), 3), losses[0], len(losses)
    (3.0, 1.0, 17.5, 300)
    """
    # BEGIN SOLUTION
    w = x.new_zeros(x.shape[1], 1, requires_grad=True)  # of its dtype, on its device
    b = x.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(steps):
        loss = mse(predict(x, w, b), y)
        losses.append(loss.item())
        loss.backward()
        sgd_step_([w, b], lr)
        zero_grads_([w, b])
    return w.detach(), b.detach(), losses
    # END SOLUTION


def fit_minibatch(
    x: torch.Tensor, y: torch.Tensor, lr: float, epochs: int, batch_size: int, seed: int = 0
) -> tuple[torch.Tensor, torch.Tensor, list[float]]:
    """Fit as `fit` does, but take each step on `batch_size` rows only.

    In each epoch, put the rows in a new random order and walk through it batch by batch, so that
    every row is used once; the last batch may be short, and counts too. The same `seed` gives the
    same result, and the global random state is left alone: whoever draws random numbers
    after you must not notice that you were there.

    Returns `(w, b, losses)`. `losses` has one float for each epoch, the mean of its batch losses,
    each taken before its step.

    >>> x = torch.tensor([[-1.0], [0.0], [1.0], [2.0], [3.0]])
    >>> w, b, losses = fit_minibatch(x, 3 * x + 1, lr=0.05, epochs=200, batch_size=2)
    >>> round(w.item(), 3), round(b.item(), 3), len(losses)
    (3.0, 1.0, 200)
    """
    # BEGIN SOLUTION
    generator = torch.Generator().manual_seed(seed)
    w = x.new_zeros(x.shape[1], 1, requires_grad=True)  # of its dtype, on its device
    b = x.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator).to(x.device)
        batch_losses = []
        for rows in order.split(batch_size):
            loss = mse(predict(x[rows], w, b), y[rows])
            batch_losses.append(loss.item())
            loss.backward()
            sgd_step_([w, b], lr)
            zero_grads_([w, b])
        losses.append(sum(batch_losses) / len(batch_losses))
    return w.detach(), b.detach(), losses
    # END SOLUTION
