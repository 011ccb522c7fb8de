# test_long_and_wide: Every path from the result is walked, and each doubling doubles their number. Put the nodes in order first: each passes on its slope once, when it is complete.


class Scalar(Scalar):
    def backward(self, slope=1.0):
        self.grad += slope
        for source, own in self.sources:
            source.backward(slope * own)
