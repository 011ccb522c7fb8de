"""What only hidden tests of `autograd` bring along: tensors that have a past, which does not cross
to another process, and the exercises called with them.
"""

import autograd
import torch


class Held:
    """A tensor beside the work: plain, a leaf that requires a gradient, or a result of one."""

    def __init__(self, kind, values, old):
        self.leaf = values.clone().requires_grad_(kind != "plain")
        self.leaf.grad = None if kind == "plain" else old.clone()
        self.x = 1 * self.leaf if kind == "result" else self.leaf

    def gradient_after(self, weights):
        """The gradient in the leaf after one more backward pass that begins at x."""
        one = torch.ones_like(self.leaf, requires_grad=True)
        (self.x * weights * one).sum().backward()
        return self.leaf.grad

    def values(self):
        return self.x.detach().clone()

    def add(self, number):
        with torch.no_grad():
            self.leaf += number
            if self.x is not self.leaf:
                self.x += number


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
    except ValueError:
        return True
    return False


def in_a_graph(tensor):
    """What comes back through a graph that this tensor is a part of; None if it can be in none."""
    try:
        other = torch.ones_like(tensor, requires_grad=True)
        (other * tensor).sum().backward()
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


def recording_after_broken(x):
    """Does the error come out of without_graph, and are gradients recorded after it?"""
    try:
        autograd.without_graph(broken, x)
        came_out = False
    except Broken:
        came_out = True
    recorded = (torch.ones((), requires_grad=True) * 2).requires_grad
    torch.set_grad_enabled(True)
    return came_out, recorded


def snapshot(held):
    """What snapshot gives, x having changed in place meanwhile, and as part of a graph."""
    taken = autograd.snapshot(held.x)
    held.add(1)
    requires_grad = taken.requires_grad
    return taken.detach().clone(), requires_grad, in_a_graph(taken)


def leaf(held, dtype, weights):
    """What leaf gives: what its `.grad` was, what it is after a backward pass, and whether a
    change of x shows in it."""
    made = autograd.leaf(held.x, dtype)
    before = made.grad if made.is_leaf else None
    (made * weights).sum().backward()
    after = made.grad if made.is_leaf else None
    values = made.detach().clone()
    held.add(1)
    moved = made.detach() - values
    return before, after, moved


def start_of(w):
    """Another tensor in the memory of the leaf."""
    return Alias(w)


class Alias:
    """Writes into the memory that a leaf had when this was made."""

    def __init__(self, w):
        self.memory = w.detach()

    def write(self, values):
        self.memory.copy_(values)


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
