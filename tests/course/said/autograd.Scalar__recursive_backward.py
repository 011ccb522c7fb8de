# test_long_and_wide: It follows every path. Each node passes its slope on once, when all nodes that use it have passed theirs on.


class Scalar(Scalar):
    def backward(self, slope=1.0):
        self.grad += slope
        for source, own in self.sources:
            source.backward(slope * own)
