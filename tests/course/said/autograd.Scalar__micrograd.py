# test_all_uses: A second backward finds the slopes of the first in .grad, and passes them on again. Collect the slopes of one backward somewhere else, and add them to .grad at the end.
# test_long_and_wide: A function that calls itself for every node gets as deep as the chain is long, and Python gives up at about 1,000. Keep a list of the nodes that are still to be visited.


class Scalar(Arithmetic):
    def __init__(self, data, children=()):
        self.data, self.grad = float(data), 0.0
        self._backward = lambda: None
        self._prev = set(children)

    def __add__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        out = Scalar(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        out = Scalar(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def _of_one(self, data, slope):
        out = Scalar(data, (self,))

        def _backward():
            self.grad += slope * out.grad

        out._backward = _backward
        return out

    def __pow__(self, n):
        return self._of_one(self.data**n, n * self.data ** (n - 1))

    def relu(self):
        return self._of_one(max(0.0, self.data), float(self.data > 0))

    def tanh(self):
        t = math.tanh(self.data)
        return self._of_one(t, 1 - t**2)

    def exp(self):
        e = math.exp(self.data)
        return self._of_one(e, e)

    def backward(self):
        topo, visited = [], set()

        def build_topo(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build_topo(child)
                topo.append(v)

        build_topo(self)
        self.grad = 1.0
        for v in reversed(topo):
            v._backward()
