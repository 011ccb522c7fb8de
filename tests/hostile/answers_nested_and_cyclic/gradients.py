"""A recursive walk over these never comes back, or not alive."""

import itertools


def derivative(f, x, h=1e-6):
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return nested


def gradient(f, x, h=1e-6):
    cyclic = []
    cyclic.append(cyclic)
    return cyclic


def jacobian(f, x, h=1e-6):
    cyclic = {}
    cyclic["self"] = (cyclic, [cyclic])
    return cyclic


def gradient_check(f, grad_f, x, h=1e-6, tol=1e-6):
    return itertools.count()


def descend(f, x0, lr, steps, h=1e-6):
    return iter(int, 1), (0.0 for _ in itertools.count())
