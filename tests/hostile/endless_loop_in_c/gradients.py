"""sum over an endless iterator never returns to the interpreter loop."""


def derivative(f, x, h=1e-6):
    return sum(iter(int, 1))
