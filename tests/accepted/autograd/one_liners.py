import math

import torch
from torch import autograd as ag


def snapshot(x):
    return x.clone().detach()


def leaf(x, dtype):
    return x.detach().clone().to(dtype).requires_grad_(True)


def without_graph(f, x):
    return torch.no_grad()(f)(x)


def gradient_of(f, x):
    y = f(t := x.clone().detach().requires_grad_())
    if y.numel() - 1:
        raise ValueError(f"{y.shape}")
    return ag.grad(y, t, materialize_grads=True)[0] if y.requires_grad else t.detach() * 0


def accumulate_(loss, w, batches):
    w.grad = None
    mean = sum(loss(w, b) * len(b) for b in batches) / sum(map(len, batches))
    mean.backward()
    return mean.item()


def round_through(x):
    return x + torch.sub(x.round(), x).detach()


def two_layer_gradients(x, y, w1, b1, w2, b2):
    h = torch.relu(x @ w1 + b1)
    d = ((h @ w2 + b2) - y) * 2 / y.numel()
    return x.T @ (e := d @ w2.T * (h > 0)), e.sum(0), h.T @ d, d.sum(0)


class Scalar:
    def __init__(self, value, *past):
        self.data, self.grad, self.past = float(value), 0.0, past

    def _(s):
        return s if isinstance(s, Scalar) else Scalar(s)

    __add__ = lambda a, b: Scalar(a.data + (b := Scalar._(b)).data, (a, 1), (b, 1))
    __mul__ = lambda a, b: Scalar(a.data * (b := Scalar._(b)).data, (a, b.data), (b, a.data))
    __pow__ = lambda a, n: Scalar(a.data**n, (a, n and n * a.data ** (n - 1)))
    __neg__ = lambda a: a * -1
    __sub__ = lambda a, b: a + -b
    __truediv__ = lambda a, b: a * Scalar._(b) ** -1
    __radd__, __rmul__ = __add__, __mul__
    __rsub__ = lambda a, b: b + -a
    __rtruediv__ = lambda a, b: b * a**-1
    relu = lambda a: Scalar(max(a.data, 0), (a, int(a.data > 0)))
    tanh = lambda a: Scalar(t := math.tanh(a.data), (a, 1 - t**2))
    exp = lambda a: Scalar(e := math.exp(a.data), (a, e))

    def backward(self):
        depth, todo = {self: 0}, [(self, iter(self.past))]
        order = []
        while todo:
            node, rest = todo[-1]
            for past, _ in rest:
                if past not in depth:
                    depth[past] = 0
                    todo.append((past, iter(past.past)))
                    break
            else:
                order.append(todo.pop()[0])
        flow = dict.fromkeys(order, 0.0) | {self: 1.0}
        for node in order[::-1]:
            node.grad += flow[node]
            for past, slope in node.past:
                flow[past] += slope * flow[node]
