"""What has to happen beside the learner's functions: writes into memory that may be shared.

A NumPy array crosses between processes as a copy, so whether one is shared shows only here. What
comes back are the numbers after the write; nothing here says which of them are right.
"""

import random
from contextlib import suppress

import numpy as np
import tensors
import torch


def arranged(array, order):
    """The same array in memory of its own: row by row, column by column, or with gaps."""
    if order == "columns":
        return np.array(array, order="F")
    if order == "gaps":
        return np.repeat(array, 2, axis=-1)[..., ::2]
    return np.array(array)


def floats_of(array, order, place, number):
    """What as_floats made of the array, after a later write into the array."""
    array = arranged(array, order)
    result = tensors.as_floats(array)
    array[place] = number
    return result


def floats_of_tensor_(x, number):
    """What as_floats made of x, after a later write into all of x."""
    result = tensors.as_floats(x)
    x.fill_(number)
    return result


def floats_under(dtype, data):
    """What as_floats makes of it while `dtype` is the default, and the default afterwards."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        return tensors.as_floats(data), torch.get_default_dtype()
    finally:
        torch.set_default_dtype(before)


def tensor_of(array, copy, order, place, numbers):
    """The tensor after a write into the array, then the array after a write into the tensor."""
    array = arranged(array, order)
    tensor = torch.as_tensor(tensors.from_array(array, copy))
    array[place] = numbers[0]
    seen = tensor.clone()
    tensor[place] = numbers[1]
    return seen, np.array(array)


def array_of_(x, place, number):
    """What to_numpy made of x, after a later write into x; what it makes of x then; and whether
    the first can be written to."""
    array = tensors.to_numpy(x)
    x.detach()[place] = number
    return array, tensors.to_numpy(x), writeable(array)


def array_of_leaf_(x, place, number):
    """The same of a leaf in the memory of x; of x itself if no leaf is taken."""
    leaf = x.detach().requires_grad_()
    try:
        array = tensors.to_numpy(leaf)
    except RuntimeError:
        return array_of_(x, place, number)
    x[place] = number
    return array, tensors.to_numpy(leaf), writeable(array)


def array_of_result(x):
    """What to_numpy makes of a result that requires a gradient."""
    return tensors.to_numpy(1 * x.clone().requires_grad_())


def writeable(array):
    return not isinstance(array, np.ndarray) or array.flags.writeable


def drawn_anew(low, high, shape, number):
    """What a second call draws, after everything in the result of the first became `low`."""
    first = tensors.random_integers(low, high, shape, number)
    with suppress(RuntimeError, TypeError, ValueError):
        torch.as_tensor(first).fill_(low)
    return tensors.random_integers(low, high, shape, number)


def seed(number):
    """Put every global source of random numbers into a known state, one number after the seed."""
    torch.default_generator.manual_seed(number)  # torch.manual_seed asks for every GPU, slowly
    random.seed(number)
    np.random.seed(number)
    draw()


def draw():
    """The next number from each global source."""
    return [torch.rand((), device="cpu").item(), random.random(), np.random.random()]
