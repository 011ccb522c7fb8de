# autograd homework
import math

import torch


def snapshot(x):
    copy_of_x = torch.zeros(x.shape, dtype=x.dtype, device=x.device)
    with torch.no_grad():
        copy_of_x.copy_(x)
    return copy_of_x


def leaf(x, dtype):
    with torch.no_grad():
        new = x.clone()
        new = new.to(dtype)
    new = new.detach()
    new.requires_grad = True
    return new


def without_graph(f, x):
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        result = f(x)
    finally:
        torch.set_grad_enabled(before)
    return result


def gradient_of(f, x):
    x2 = x.clone().detach()
    x2.requires_grad = True
    y = f(x2)
    number = 1
    for size in y.shape:
        number = number * size
    if number != 1:
        raise ValueError("f(x) should have one entry but has shape " + str(y.shape))
    if not y.requires_grad:
        return torch.zeros(x.shape, dtype=x.dtype, device=x.device)
    grads = torch.autograd.grad(y, [x2], allow_unused=True)
    grad = grads[0]
    if grad is None:
        grad = torch.zeros(x.shape, dtype=x.dtype, device=x.device)
    return grad


def accumulate_(loss, w, batches):
    number_of_rows = 0
    for batch in batches:
        number_of_rows = number_of_rows + batch.shape[0]
    if w.grad is not None:
        w.grad.zero_()
    total = 0
    for i in range(len(batches)):
        batch = batches[i]
        batch_loss = loss(w, batch)
        batch_sum = batch_loss * batch.shape[0]
        batch_sum.backward()
        total = total + batch_sum.item()
    w.grad = w.grad / number_of_rows
    print("loss", total / number_of_rows)
    return total / number_of_rows


def round_through(x):
    rounded = torch.round(x.detach())
    added = rounded - x.detach()
    return x + added


def two_layer_gradients(x, y, w1, b1, w2, b2):
    N, D = x.shape
    H = w1.shape[1]
    K = w2.shape[1]
    # forward
    before = torch.zeros((N, H), dtype=x.dtype, device=x.device)
    for n in range(N):
        for h in range(H):
            total = b1[h]
            for d in range(D):
                total = total + x[n, d] * w1[d, h]
            before[n, h] = total
    hidden = before.clone()
    for n in range(N):
        for h in range(H):
            if hidden[n, h] < 0:
                hidden[n, h] = 0
    # backward
    dw1 = torch.zeros_like(w1)
    db1 = torch.zeros_like(b1)
    dw2 = torch.zeros_like(w2)
    db2 = torch.zeros_like(b2)
    for n in range(N):
        for k in range(K):
            error = b2[k] - y[n, k]
            for h in range(H):
                error = error + hidden[n, h] * w2[h, k]
            d_out = 2 * error / (N * K)
            db2[k] += d_out
            for h in range(H):
                dw2[h, k] += d_out * hidden[n, h]
                if before[n, h] > 0:
                    db1[h] += d_out * w2[h, k]
                    for d in range(D):
                        dw1[d, h] += d_out * w2[h, k] * x[n, d]
    return dw1, db1, dw2, db2


class Scalar:
    def __init__(self, value):
        self.data = float(value)
        self.grad = 0.0
        self.kind = "leaf"
        self.inputs = []

    def number(self, other):
        if isinstance(other, Scalar):
            return other
        else:
            return Scalar(other)

    def make(self, data, kind, inputs):
        result = Scalar(data)
        result.kind = kind
        result.inputs = inputs
        return result

    def __add__(self, other):
        other = self.number(other)
        return self.make(self.data + other.data, "+", [self, other])

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        other = self.number(other)
        return self.make(self.data - other.data, "-", [self, other])

    def __rsub__(self, other):
        return self.number(other) - self

    def __mul__(self, other):
        other = self.number(other)
        return self.make(self.data * other.data, "*", [self, other])

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        other = self.number(other)
        return self.make(self.data / other.data, "/", [self, other])

    def __rtruediv__(self, other):
        return self.number(other) / self

    def __neg__(self):
        return self.make(-self.data, "neg", [self])

    def __pow__(self, n):
        result = self.make(self.data**n, "**", [self])
        result.n = n
        return result

    def relu(self):
        if self.data > 0:
            return self.make(self.data, "relu", [self])
        return self.make(0.0, "relu", [self])

    def tanh(self):
        return self.make(math.tanh(self.data), "tanh", [self])

    def exp(self):
        return self.make(math.exp(self.data), "exp", [self])

    def slopes(self):
        values = [i.data for i in self.inputs]
        if self.kind == "+":
            return [1.0, 1.0]
        if self.kind == "-":
            return [1.0, -1.0]
        if self.kind == "*":
            return [values[1], values[0]]
        if self.kind == "/":
            return [1 / values[1], -values[0] / values[1] ** 2]
        if self.kind == "neg":
            return [-1.0]
        if self.kind == "**":
            if self.n == 0:
                return [0.0]
            return [self.n * values[0] ** (self.n - 1)]
        if self.kind == "relu":
            return [1.0 if values[0] > 0 else 0.0]
        if self.kind == "tanh":
            return [1 - self.data**2]
        if self.kind == "exp":
            return [self.data]
        return []

    def backward(self):
        # count how often every node is used
        uses = {self: 0}
        todo = [self]
        while todo:
            node = todo.pop()
            for i in node.inputs:
                if i not in uses:
                    uses[i] = 0
                    todo.append(i)
                uses[i] = uses[i] + 1
        total = {}
        for node in uses:
            total[node] = 0.0
        total[self] = 1.0
        ready = [self]
        while ready:
            node = ready.pop()
            node.grad = node.grad + total[node]
            for i, slope in zip(node.inputs, node.slopes()):
                total[i] = total[i] + slope * total[node]
                uses[i] = uses[i] - 1
                if uses[i] == 0:
                    ready.append(i)
