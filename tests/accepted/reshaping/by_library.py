"""Knows the library: F.unfold, nn.Flatten, vmap, and torch's own error messages."""

import contextlib

import torch
from torch.nn import functional as F


@contextlib.contextmanager
def _as_value_error(*values):
    try:
        yield
    except (RuntimeError, IndexError, ZeroDivisionError) as error:
        raise ValueError(*values, str(error)) from error


def flatten_batch(x):
    return torch.nn.Flatten()(x)


def swap_first_two(x):
    with _as_value_error(x.ndim):
        return torch.swapaxes(x, 0, 1)


def channels_first(images):
    return torch.movedim(images, (0, 3, 1, 2), (0, 1, 2, 3))


def infer_shape(numel, shape):
    with _as_value_error(numel, shape):
        return torch.zeros(1, dtype=torch.bool).expand(numel).reshape(shape).size()


def split_heads(x, heads):
    if heads < 1:
        raise ValueError(f"heads={heads}")
    with _as_value_error(heads, x.shape):
        return x.unflatten(-1, (heads, x.shape[-1] // heads)).movedim(-2, -3)


def merge_heads(x):
    if len(x) == 0:  # vmap refuses
        return x.transpose(1, 2).flatten(2)
    return torch.vmap(lambda sample: sample.movedim(0, 1).flatten(1))(x)


def patchify(images, size):
    height, width = images.shape[-2:]
    if size < 1 or height % size or width % size:
        raise ValueError(f"{images.shape} cannot be cut into patches of {size}")
    return F.unfold(images, size, stride=size).mT


def set_block_(x, index, value):
    with torch.no_grad():
        torch.Tensor.__setitem__(x, index, value)
    return x
