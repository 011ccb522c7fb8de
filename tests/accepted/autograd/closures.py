"""Scalar as in micrograd, with a closure for each operation; backward() wherever it can be."""

import math

import torch


def snapshot(x):
    with torch.no_grad():
        return x.clone()


def leaf(x, dtype):
    new = torch.zeros(x.shape, dtype=dtype, device=x.device, requires_grad=True)
    with torch.no_grad():
        new[...] = x
    return new


def without_graph(f, x):
    guard = torch.autograd.grad_mode.set_grad_enabled(False)
    with guard:
        return f(x)


def gradient_of(f, x):
    point = snapshot(x).requires_grad_()
    value = f(point)
    if value.numel() != 1:
        raise ValueError(f"f(x) has {value.numel()} entries, shape {tuple(value.shape)}")
    if value.requires_grad:
        value.backward(inputs=[point])
    return torch.zeros_like(x) if point.grad is None else point.grad


def accumulate_(loss, w, batches):
    w.grad = torch.zeros_like(w)
    seen, mean = 0, 0.0
    for batch in batches:
        seen += len(batch)
        share = len(batch) / seen
        w.grad *= 1 - share
        value = loss(w, batch)
        (value * share).backward()
        mean += share * (value.item() - mean)
    return mean


def round_through(x):
    y = x.clone()
    y.data = torch.round(x.data)
    return y


def two_layer_gradients(x, y, w1, b1, w2, b2):
    grads = {}
    z1 = torch.addmm(b1, x, w1)
    a1 = z1.clamp_min(0)
    z2 = torch.addmm(b2, a1, w2)
    dz2 = (z2 - y) * 2 / (y.shape[0] * y.shape[1])
    grads["w2"], grads["b2"] = torch.mm(a1.t(), dz2), torch.sum(dz2, 0)
    dz1 = torch.mm(dz2, w2.t())
    dz1[z1 <= 0] = 0
    grads["w1"], grads["b1"] = torch.mm(x.t(), dz1), torch.sum(dz1, 0)
    return tuple(grads[name] for name in ("w1", "b1", "w2", "b2"))


class Scalar:
    def __init__(self, value, _children=(), _op=""):
        self.data = float(value)
        self.grad = 0.0
        self._flow = 0.0
        self._backward = lambda: None
        self._prev = set(_children)
        self._op = _op

    def __add__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        out = Scalar(self.data + other.data, (self, other), "+")

        def _backward():
            self._flow += out._flow
            other._flow += out._flow

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        out = Scalar(self.data * other.data, (self, other), "*")

        def _backward():
            self._flow += other.data * out._flow
            other._flow += self.data * out._flow

        out._backward = _backward
        return out

    def __pow__(self, other):
        assert isinstance(other, (int, float)), "only supporting int/float powers for now"
        out = Scalar(self.data**other, (self,), f"**{other}")

        def _backward():
            self._flow += (other * self.data ** (other - 1)) * out._flow

        out._backward = _backward
        return out

    def relu(self):
        out = Scalar(0 if self.data < 0 else self.data, (self,), "ReLU")

        def _backward():
            self._flow += (out.data > 0) * out._flow

        out._backward = _backward
        return out

    def exp(self):
        out = Scalar(math.exp(self.data), (self,), "exp")

        def _backward():
            self._flow += out.data * out._flow

        out._backward = _backward
        return out

    def tanh(self):
        a, b = math.exp(self.data), math.exp(-self.data)
        t = (a - b) / (a + b)
        out = Scalar(t, (self,), "tanh")

        def _backward():
            self._flow += (1 - t**2) * out._flow

        out._backward = _backward
        return out

    def backward(self):
        topo, visited, stack = [], set(), [self]
        while stack:
            v = stack[-1]
            todo = [child for child in v._prev if child not in visited]
            if v in visited or not todo:
                stack.pop()
                if v not in visited:
                    visited.add(v)
                    topo.append(v)
            else:
                stack.extend(todo)
        for v in topo:
            v._flow = 0.0
        self._flow = 1.0
        for v in reversed(topo):
            v.grad += v._flow
            v._backward()

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1
