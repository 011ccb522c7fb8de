"""What only hidden tests of `autograd` bring along: tensors that have a past, which does not cross
to another process, and the exercises called with them.
"""

from contextlib import suppress

import autograd
import torch


class Held:
    """A tensor beside the work: plain, a leaf that requires a gradient, or a result of one."""

    def __init__(self, kind, values, old):
        self.leaf = values.clone().requires_grad_(kind != "plain")
        self.leaf.grad = None if kind == "plain" else old.clone()
        self.x = 1 * self.leaf if kind == "result" else self.leaf


def gradient_after(held, weights):
    """The gradient in the leaf after one more backward pass that begins at x."""
    one = torch.ones_like(held.leaf, requires_grad=True)
    (held.x * weights * one).sum().backward()
    return held.leaf.grad


def values(held):
    return held.x.detach().clone()


def add(held, number):
    """Change x in place, and the leaf that it is a result of."""
    with torch.no_grad():
        held.leaf += number
        if held.x is not held.leaf:
            held.x += number


def held(kind, values, old):
    return Held(kind, values, old)


def set_gradient(f, grad):
    f.a.grad = grad.clone()


def gradient_in(f):
    return f.a.grad


def gradient_of(f, held):
    return autograd.gradient_of(f, held.x)


def refuses(f, held):
    """Does gradient_of raise a ValueError?"""
    try:
        autograd.gradient_of(f, held.x)
    except Exception as error:
        return isinstance(error, ValueError)
    return False


def broken_in(held):
    """Call gradient_of with a function that raises; what comes out is of no interest."""
    with suppress(Exception):
        autograd.gradient_of(broken, held.x)


def in_a_graph(tensor):
    """What comes back through a graph that this tensor is a part of; None if it can be in none."""
    try:
        other = torch.ones_like(tensor, requires_grad=True)
        (other * tensor).sum().backward()
        if not tensor.requires_grad:
            (2 * tensor.requires_grad_()).sum().backward()
    except RuntimeError:
        return None
    return other.grad


def without_graph(f, x):
    """What without_graph gives, as part of a later graph."""
    return in_a_graph(autograd.without_graph(f, x))


class Broken(Exception):
    """What a function raises that does not work."""


def broken(x):
    raise Broken("f is broken")


def after_errors(x):
    """For each error that f raises in without_graph: its text, that of what comes out, whether
    gradients are recorded after it, and how often f was called."""
    found = []
    for error in (
        Broken("f is broken"),
        KeyError("w"),
        RuntimeError("broken"),
        KeyboardInterrupt(),
    ):
        calls = []

        def f(x, error=error, calls=calls):
            calls.append(x)
            raise error

        raised = ""
        try:
            autograd.without_graph(f, x)
        except BaseException as seen:
            another = "another error: " if repr(seen) == repr(error) and seen is not error else ""
            raised = f"{another}{seen!r}"
        recorded = (torch.ones((), requires_grad=True) * 2).requires_grad
        torch.set_grad_enabled(True)
        found.append((repr(error), raised, recorded, len(calls)))
    return found


def snapshot(held):
    """What snapshot gives, x having changed in place meanwhile, and as part of a graph; what it
    gives then of x, and what the first has become by that."""
    taken = autograd.snapshot(held.x)
    add(held, 1)
    first, requires_grad = taken.detach().clone(), taken.requires_grad
    again = autograd.snapshot(held.x).detach().clone()
    kept = taken.detach().clone()
    return first, requires_grad, in_a_graph(taken), again, kept


def leaf(held, dtype, weights):
    """What leaf gives: what its `.grad` was, what it is after a backward pass, whether a change of
    x shows in it, and what leaf gives then."""
    made = autograd.leaf(held.x, dtype)
    before = made.grad if made.is_leaf else None
    (made * weights).sum().backward()
    after = made.grad if made.is_leaf else None
    values = made.detach().clone()
    add(held, 1)
    moved = made.detach() - values
    return before, after, moved, autograd.leaf(held.x, dtype).detach()


class Alias:
    """The memory that a leaf had when this was made."""

    def __init__(self, w):
        self.memory = w.detach()


def start_of(w):
    return Alias(w)


def write_(alias, values):
    alias.memory.copy_(values)


def gradient_by(loss, w, batch):
    """The gradient after a backward pass through w as it is now."""
    w.grad = None
    loss(w, batch).backward()
    return w.grad


def chain(count, value):
    """x + x + x + ..., with that many additions, its slope; None if that is too deep."""
    x = y = autograd.Scalar(value)
    try:
        for _ in range(count):
            y = y + x
        y.backward()
    except RecursionError:
        return None
    return y.data, x.grad


def doublings(count, value):
    """x = x + x, that many times, and the slope of all of it."""
    first = x = autograd.Scalar(value)
    for _ in range(count):
        x = x + x
    x.backward()
    return x.data, first.grad
