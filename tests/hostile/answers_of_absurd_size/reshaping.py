"""Too large to send, each in its own way."""


def infer_shape(numel, shape):
    return [0] * 10**9


def flatten_batch(x):
    return b"x" * (1 << 30)


def swap_first_two(x):
    return 1 << (10**7)


def split_heads(x, heads):
    return dict.fromkeys(range(1_000_000))


def patchify(images, size):
    return range(10**18)
