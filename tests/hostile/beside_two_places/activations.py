"""Only one of the two is the work."""


def relu(x):
    return x
