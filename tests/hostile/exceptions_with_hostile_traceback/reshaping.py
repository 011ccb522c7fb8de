"""Formatting these with the usual tools takes for ever, or recurses too deep."""

import sys


def infer_shape(numel, shape):
    error = ValueError("cause of itself")
    error.__cause__ = error.__context__ = KeyError()
    error.__cause__.__cause__ = error
    raise error


def flatten_batch(x):
    group = ValueError("innermost")
    for number in range(50_000):
        group = ExceptionGroup(f"level {number}", [group])
    raise group


def swap_first_two(x):
    sys.setrecursionlimit(60_000)
    raise_deep(50_000)


def raise_deep(levels):
    if levels:
        raise_deep(levels - 1)
    raise RuntimeError("deep")


def channels_first(images):
    raise SyntaxError("odd", ("reshaping.py", 10**9, -5, "\x1b[2J", 10**9, 10**9))


def split_heads(x, heads):
    raise UnicodeDecodeError("utf-8", b"\xff" * 10**6, 0, 10**6, "x" * 10**6)


def merge_heads(x):
    raise KeyError({"a": {"b": [float("nan")] * 10**5}})
