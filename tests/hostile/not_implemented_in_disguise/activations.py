"""Not started is an outcome like any other: no points, no excuse."""


class AlmostDone(NotImplementedError):
    def __str__(self):
        return "passed"


def sigmoid(x):
    raise NotImplementedError


def tanh(x):
    raise AlmostDone


def relu(x):
    return NotImplemented


def elu(x, alpha=1.0):
    return NotImplementedError("an answer, not an exception")
