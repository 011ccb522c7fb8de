# test_each_operation: It ends at the nodes that self was computed from. It has to go on from there, to the nodes that those were computed from, down to the leaves.
# test_all_uses: It ends at the nodes that self was computed from. It has to go on from there, to the nodes that those were computed from, down to the leaves.
# test_long_and_wide: It ends at the nodes that self was computed from. It has to go on from there, to the nodes that those were computed from, down to the leaves.


class Scalar(Arithmetic):
    def __init__(self, value, children=()):
        self.data = float(value)
        self.grad = 0.0
        self.children = children

    def __add__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data * other.data, ((self, other.data), (other, self.data)))

    def __pow__(self, n):
        return Scalar(self.data**n, ((self, n * self.data ** (n - 1)),))

    def relu(self):
        return Scalar(max(0.0, self.data), ((self, 1.0 if self.data > 0 else 0.0),))

    def tanh(self):
        t = math.tanh(self.data)
        return Scalar(t, ((self, 1 - t**2),))

    def exp(self):
        e = math.exp(self.data)
        return Scalar(e, ((self, e),))

    def backward(self):
        self.grad += 1.0
        for child, slope in self.children:
            child.grad += slope * self.grad
