"""By torch.func and torch.autograd.functional; Scalar keeps numbers of its own on a tape."""

import math
from itertools import count

import torch
from torch.func import vjp


def snapshot(x):
    return torch.empty_like(x.detach()).copy_(x.detach())


def leaf(x: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    return torch.nn.Parameter(x.detach().to(dtype, copy=True))


@torch.no_grad()
def without_graph(f, x):
    return f(x)


def gradient_of(f, x):
    y, pull = vjp(f, x.detach())
    if y.numel() != 1:
        raise ValueError(f"one entry is wanted, not {list(y.shape)}")
    (slope,) = pull(torch.ones_like(y))
    return slope.detach()


def accumulate_(loss, w, batches):
    sizes = torch.tensor([float(len(batch)) for batch in batches], dtype=torch.float64)
    shares = (sizes / sizes.sum()).tolist()
    gradient, mean = torch.zeros_like(w), 0.0
    for share, batch in zip(shares, reversed(batches[::-1])):
        value = loss(w, batch)
        (own,) = torch.autograd.grad(value, w)
        gradient += share * own
        mean += share * float(value)
    w.grad = gradient
    return mean


class Straight(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.round()

    @staticmethod
    def backward(ctx, grad):
        return grad


def round_through(x):
    return Straight.apply(x)


def two_layer_gradients(x, y, w1, b1, w2, b2):
    one = x.new_ones(len(x), 1)
    inputs = torch.cat([x, one], 1)
    before = inputs @ torch.cat([w1, b1[None]])
    hidden = torch.cat([torch.where(before > 0, before, 0.0), one], 1)
    slope = (hidden @ torch.cat([w2, b2[None]]) - y).mul(2 / y.numel())
    second = hidden.mT @ slope
    first = inputs.mT @ torch.where(before > 0, slope @ w2.mT, 0.0)
    return first[:-1], first[-1], second[:-1], second[-1]


class Scalar:
    """Numbers in the order of their making: each is made after all that it depends on."""

    _numbers = count()

    def __init__(self, value, past=()):
        self.data, self.grad = float(value), 0.0
        self.past, self.number = tuple(past), next(Scalar._numbers)

    @staticmethod
    def of(value):
        return value if isinstance(value, Scalar) else Scalar(value)

    def __add__(self, other):
        other = Scalar.of(other)
        return Scalar(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = Scalar.of(other)
        return Scalar(self.data * other.data, [(self, other.data), (other, self.data)])

    def __pow__(self, n):
        return Scalar(self.data**n, [(self, n * self.data ** (n - 1))])

    def __neg__(self):
        return Scalar(-self.data, [(self, -1.0)])

    def __sub__(self, other):
        return self + -Scalar.of(other)

    def __truediv__(self, other):
        return self * Scalar.of(other) ** -1

    def __rsub__(self, other):
        return Scalar.of(other) - self

    def __rtruediv__(self, other):
        return Scalar.of(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def relu(self):
        return self if self.data > 0 else Scalar(0.0, [(self, 0.5 * (self.data == 0))])

    def tanh(self):
        t = 1 - 2 / (math.exp(2 * self.data) + 1)
        return Scalar(t, [(self, (1 - t) * (1 + t))])

    def exp(self):
        return Scalar(math.exp(self.data), [(self, math.exp(self.data))])

    def backward(self):
        found, waiting = {self.number: self}, [self]
        while waiting:
            for source, _ in waiting.pop().past:
                if source.number not in found:
                    found[source.number] = source
                    waiting.append(source)
        slopes = {self.number: 1.0}
        for number in sorted(found, reverse=True):
            own = slopes[number]
            found[number].grad += own
            for source, slope in found[number].past:
                slopes[source.number] = slopes.get(source.number, 0.0) + own * slope
