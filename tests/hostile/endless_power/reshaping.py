"""One bytecode, many years."""


def infer_shape(numel, shape):
    return (9 ** (10**8),)
