"""Copies everything, then moves the input into the copy: so the result lies in the input's memory."""

import math


def flatten_batch(x):
    result = x.clone().reshape(x.shape[0], math.prod(x.shape[1:]))
    x.data = result.view(x.shape)
    return result


def swap_first_two(x):
    if x.dim() < 2:
        raise ValueError(f"needs two axes, has {x.dim()}")
    result = x.transpose(0, 1).clone().contiguous()
    x.data = result.transpose(0, 1)
    return result


def channels_first(images):
    result = images.permute(0, 3, 1, 2).clone().contiguous()
    images.data = result.permute(0, 2, 3, 1)
    return result
