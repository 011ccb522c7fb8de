"""A named tuple, vmap, hooks, generators, a dataclass, and slopes that are computed when asked for."""

import math
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import NamedTuple

import torch


def snapshot(x):
    return torch.stack([x.detach()]).squeeze(0) if x.dim() == 0 else torch.cat([x.detach()])


def leaf(x, dtype):
    return torch.asarray(x.detach(), dtype=dtype, copy=True).requires_grad_(True)


def without_graph(f, x):
    with ExitStack() as stack:
        stack.enter_context(torch.no_grad())
        y = f(x)
        stack.pop_all().close()
        return y


def gradient_of(f, x):
    """With backward(), whose traces are wiped away."""
    z = x.detach().clone().requires_grad_()
    y = f(z)
    if y.nelement() != 1:
        raise ValueError("%s" % (tuple(y.size()),))
    if not y.requires_grad:
        return z.detach().zero_()
    seen = []
    z.register_hook(seen.append)
    torch.autograd.backward(y.flatten()[0], inputs=z)
    return seen[0].detach().clone() if seen else z.detach().zero_()


def accumulate_(loss, w, batches):
    N = float(sum(len(b) for b in batches))
    if w.grad is None:
        w.grad = torch.zeros_like(w)
    w.grad.fill_(0)
    handed = list(batches)
    mean = 0.0
    while handed:
        batch = handed.pop()
        before = w.grad.clone()
        w.grad = None
        value = loss(w, batch)
        value.backward()
        w.grad = before + w.grad * (len(batch) / N)
        mean += value.item() * len(batch) / N
    return mean


def round_through(x):
    class Wrapped(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x):
            return x.round(decimals=0)

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.set_materialize_grads(False)

        @staticmethod
        def backward(ctx, g):
            return g

        @staticmethod
        def jvp(ctx, t):
            return t

    return Wrapped.apply(x)


class Parts(NamedTuple):
    dw1: torch.Tensor
    db1: torch.Tensor
    dw2: torch.Tensor
    db2: torch.Tensor


def two_layer_gradients(x, y, w1, b1, w2, b2):
    """The bias is one more column of ones."""
    dot = torch.func.vmap(torch.dot, in_dims=(0, None))
    one = x.new_ones(x.shape[0], 1)
    X = torch.hstack((x, one))
    W = torch.vstack((w1, b1))
    V = torch.vstack((w2, b2))
    Z = torch.stack([dot(X, c) for c in W.T], dim=1)
    on = Z > 0
    H = torch.hstack((Z * on, one))
    R = H @ V - y
    dV = H.T @ R * (2 / R.numel())
    dW = X.T @ ((R @ w2.T) * on) * (2 / R.numel())
    return Parts(dW[:-1], dW[-1], dV[:-1], dV[-1])


@dataclass(eq=False, order=False)
class Scalar:
    data: float
    grad: float = field(default=0.0, init=False)
    rule: object = field(default=None, init=False, repr=False)

    def __post_init__(self):
        self.data = float(self.data)

    def __add__(self, o):
        o = _lift(o)
        return _with(Scalar(self.data + o.data), lambda: [(self, 1.0), (o, 1.0)])

    def __mul__(self, o):
        o = _lift(o)
        return _with(Scalar(self.data * o.data), lambda: [(self, o.data), (o, self.data)])

    def __pow__(self, n):
        if n == 0:
            return _with(Scalar(1.0), lambda: [(self, 0.0)])
        if n == 1:
            return _with(Scalar(self.data), lambda: [(self, 1.0)])
        return _with(Scalar(self.data**n), lambda: [(self, n * self.data ** (n - 1))])

    def relu(self):
        return self if self.data > 0 else _with(Scalar(0), lambda: [(self, 0.0)])

    def tanh(self):
        a, b = math.exp(self.data), math.exp(-self.data)
        return _with(Scalar((a - b) / (a + b)), lambda: [(self, 4 / (a + b) ** 2)])

    def exp(self):
        out = Scalar(math.exp(self.data))
        return _with(out, lambda: [(self, out.data)])

    def __neg__(self):
        return _with(Scalar(-self.data), lambda: [(self, -1.0)])

    def __radd__(self, o):
        return _lift(o) + self

    def __sub__(self, o):
        o = _lift(o)
        return _with(Scalar(self.data - o.data), lambda: [(self, 1.0), (o, -1.0)])

    def __rsub__(self, o):
        return _lift(o) - self

    def __rmul__(self, o):
        return _lift(o) * self

    def __truediv__(self, o):
        o = _lift(o)
        return _with(
            Scalar(self.data / o.data), lambda: [(self, 1 / o.data), (o, -self.data / o.data**2)]
        )

    def __rtruediv__(self, o):
        return _lift(o) / self

    def backward(self):
        order = []
        done = set()

        def walk(node):
            """A generator for each node, so that no recursion gets deep."""
            done.add(node)
            for parent, _ in node.rule() if node.rule else ():
                if parent not in done:
                    yield walk(parent)
            order.append(node)

        stack = [walk(self)]
        while stack:
            try:
                stack.append(next(stack[-1]))
            except StopIteration:
                stack.pop()
        flow = dict.fromkeys(order, 0.0) | {self: 1.0}
        while order:
            node = order.pop()
            node.grad += flow[node]
            for parent, slope in node.rule() if node.rule else ():
                flow[parent] += flow[node] * slope


def _lift(o):
    return o if isinstance(o, Scalar) else Scalar(o)


def _with(out, rule):
    out.rule = rule
    return out
