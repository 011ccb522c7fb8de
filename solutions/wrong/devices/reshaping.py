"""Device mistakes with `reshaping`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It gets full marks on the
CPU and would fail on a GPU: a rehearsal tells so, and the learner reads the sentence.
"""

import numpy as np
import torch


def flatten_batch__by_numpy(x):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    array = x.numpy()
    return torch.from_numpy(array.reshape(len(array), x.shape[1:].numel()))


def flatten_batch__left_on_the_cpu(x):
    """x.cpu() is a copy on the CPU, and the result has to be where the arguments are, on a GPU as
    on the CPU: make it with device=x.device, or bring it there with .to(x.device).
    """
    return x.cpu().reshape(x.shape[0], x.shape[1:].numel())


def swap_first_two__by_numpy(x):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    if x.dim() < 2:
        raise ValueError(f"need two axes: {tuple(x.shape)}")
    return torch.from_numpy(np.swapaxes(x.numpy(), 0, 1))


def swap_first_two__left_on_the_cpu(x):
    """x.to("cpu") is a copy on the CPU, and the result has to be where the arguments are, on a GPU
    as on the CPU: make it with device=x.device, or bring it there with .to(x.device).
    """
    if x.dim() < 2:
        raise ValueError(f"need two axes: {tuple(x.shape)}")
    return x.to("cpu").transpose(0, 1)


def channels_first__by_numpy(images):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    return torch.from_numpy(np.moveaxis(images.numpy(), -1, 1))


def channels_first__left_on_the_cpu(images):
    """images.cpu() is a copy on the CPU, and the result has to be where the arguments are, on a GPU
    as on the CPU: make it with device=x.device, or bring it there with .to(x.device).
    """
    return images.cpu().permute(0, 3, 1, 2)


def _check_heads(features, heads):
    if heads < 1 or features % heads != 0:
        raise ValueError(f"cannot split {features} features into {heads} heads")


def split_heads__into_an_empty(x, heads):
    """torch.empty(batch, heads, tokens, width, dtype=x.dtype) is made on the CPU, and the result
    has to be where the arguments are, on a GPU as on the CPU: make it with device=x.device, or
    bring it there with .to(x.device).
    """
    batch, tokens, features = x.shape
    _check_heads(features, heads)
    width = features // heads
    split = torch.empty(batch, heads, tokens, width, dtype=x.dtype)
    for head in range(heads):
        split[:, head] = x[:, :, head * width : (head + 1) * width]
    return split


def split_heads__picked_by_a_range(x, heads):
    """torch.arange(head * width, (head + 1) * width) is made on the CPU; x is on the rehearsal
    device (as it would be on a GPU): say device=x.device.
    """
    _check_heads(x.shape[2], heads)
    width = x.shape[2] // heads
    blocks = []
    for head in range(heads):
        numbers = torch.arange(head * width, (head + 1) * width)
        blocks.append(x.index_select(2, numbers))
    return torch.stack(blocks, dim=1)


def merge_heads__into_zeros(x):
    """torch.zeros(batch, tokens, heads * width, dtype=x.dtype) is made on the CPU, and the result
    has to be where the arguments are, on a GPU as on the CPU: make it with device=x.device, or
    bring it there with .to(x.device).
    """
    batch, heads, tokens, width = x.shape
    merged = torch.zeros(batch, tokens, heads * width, dtype=x.dtype)
    for head in range(heads):
        merged[:, :, head * width : (head + 1) * width] = x[:, head]
    return merged


def merge_heads__by_numpy(x):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    return torch.from_numpy(np.concatenate(list(np.moveaxis(x.numpy(), 1, 0)), axis=-1))


def _check_patches(images, size):
    height, width = images.shape[2:]
    if size < 1 or height % size != 0 or width % size != 0:
        raise ValueError(f"cannot cut {height} by {width} pixels into patches of size {size}")


def patchify__into_an_empty(images, size):
    """torch.empty(batch, rows * columns, channels * size * size, dtype=images.dtype) is made on the
    CPU, and the result has to be where the arguments are, on a GPU as on the CPU: make it with
    device=x.device, or bring it there with .to(x.device).
    """
    _check_patches(images, size)
    batch, channels, height, width = images.shape
    rows, columns = height // size, width // size
    patches = torch.empty(batch, rows * columns, channels * size * size, dtype=images.dtype)
    for number in range(rows * columns):
        top, left = size * (number // columns), size * (number % columns)
        patches[:, number] = images[:, :, top : top + size, left : left + size].flatten(1)
    return patches


def patchify__by_a_table(images, size):
    """torch.arange(channels * height * width) is made on the CPU; images is on the rehearsal device
    (as it would be on a GPU): say device=images.device.
    """
    _check_patches(images, size)
    batch, channels, height, width = images.shape
    table = torch.arange(channels * height * width)
    table = table.reshape(channels, height // size, size, width // size, size)
    table = table.permute(1, 3, 0, 2, 4).reshape(-1, channels * size * size)
    picked = images.reshape(batch, table.numel()).index_select(1, table.flatten())
    return picked.reshape(batch, *table.shape)


def set_block___by_numpy(x, index, value):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    x.numpy()[index] = value.numpy() if isinstance(value, torch.Tensor) else value
    return x


def set_block___rows_by_number(x, index, value):
    """torch.arange(len(x)) is made on the CPU; x is on the rehearsal device (as it would be on a
    GPU): say device=x.device.
    """
    rows = torch.arange(len(x))[index].reshape(-1)
    block = x[index].clone()
    block[...] = value
    return x.index_copy_(0, rows, block.reshape(len(rows), *x.shape[1:]))
