"""Asking an exception what it means runs the learner's code."""

import os


def error(name, text):
    members = {"__str__": text, "__repr__": text}
    return type(name, (Exception,), members)


def interrupt(self):
    raise KeyboardInterrupt


def endless(self):
    while True:
        pass


def sigmoid(x):
    raise error("Raising", lambda self: 1 / 0)


def tanh(x):
    raise error("Interrupting", interrupt)


def relu(x):
    raise error("Endless", endless)


def leaky_relu(x, negative_slope=0.01):
    raise error("Long", lambda self: "x" * 100_000_000)


def elu(x, alpha=1.0):
    raise error("Exiting", lambda self: os._exit(0))


def softmax(x, dim=-1):
    raise error("Wrong", lambda self: 5)


def is_linear(f, x1, x2, k, tol=1e-6):
    raise error("N" * 10**6, lambda self: type("s", (str,), {"__getitem__": interrupt})("a"))
