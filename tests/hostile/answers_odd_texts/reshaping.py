"""Texts that break encoders, terminals and JSON."""


def infer_shape(numel, shape):
    return "\ud800\udfff\x00\x1b[2J"


def flatten_batch(x):
    return "tensor([[0., 1.]])"


def swap_first_two(x):
    return {"\ud800": "\x1b]0;owned\x07"}


def channels_first(images):
    return b"\xff\xfe\x00"


def split_heads(x, heads):
    return "\u202e\u2066 20/20 \u2069"


def merge_heads(x):
    return float("nan"), float("inf"), -0.0, 1e-320, 2**70, -(2**63)


def patchify(images, size):
    return slice(None), ..., NotImplemented, range(3), frozenset({1}), memoryview(b"x")


def set_block_(x, index, value):
    return type("\x1b[31m<b>", (), {})()
