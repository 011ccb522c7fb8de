"""Plain loops, and as much of them as possible. Views where the exercise asks for views."""

import torch


def flatten_batch(x):
    width = 1
    for axis in range(1, x.dim()):
        width *= x.size(axis)
    if x.is_contiguous():
        return x.view(x.size(0), width)
    out = torch.zeros(x.size(0), width, dtype=x.dtype, device=x.device)
    for i in range(x.size(0)):
        row = x[i].contiguous().view(width)
        for j in range(width):
            out[i, j] = row[j]
    return out


def swap_first_two(x):
    if x.dim() == 0 or x.dim() == 1:
        raise ValueError("x has only " + str(x.dim()) + " dimensions")
    axes = []
    for axis in range(x.dim()):
        axes.append(axis)
    axes[0], axes[1] = axes[1], axes[0]
    return x.permute(axes)


def channels_first(images):
    axis = 3
    while axis > 1:
        images = images.transpose(axis, axis - 1)
        axis -= 1
    return images


def infer_shape(numel, shape):
    product = 1
    unknown = 0
    for size in shape:
        if size == -1:
            unknown += 1
        elif size < 0:
            raise ValueError("negative size " + str(size))
        else:
            product = product * size
    if unknown > 1:
        raise ValueError("-1 may stand in " + str(tuple(shape)) + " only once")
    if unknown == 0:
        if product != numel:
            raise ValueError("expected " + str(numel) + " elements, got " + str(product))
        return shape
    if product == 0:
        raise ValueError("cannot infer -1 next to 0")
    missing = 0
    while missing * product < numel:
        missing += 1
    if missing * product != numel:
        raise ValueError("cannot divide " + str(numel) + " by " + str(product))
    result = []
    for size in shape:
        if size == -1:
            result.append(missing)
        else:
            result.append(size)
    return tuple(result)


def split_heads(x, heads):
    if heads < 1:
        raise ValueError("heads = " + str(heads))
    if x.shape[2] % heads != 0:
        raise ValueError("heads = " + str(heads) + ", features = " + str(x.shape[2]))
    width = x.shape[2] // heads
    out = torch.empty(x.shape[0], heads, x.shape[1], width, dtype=x.dtype, device=x.device)
    for n in range(x.shape[0]):
        for t in range(x.shape[1]):
            for d in range(x.shape[2]):
                out[n, d // width, t, d % width] = x[n, t, d]
    return out


def merge_heads(x):
    tokens = []
    for t in range(x.shape[2]):
        pieces = []
        for head in range(x.shape[1]):
            pieces.append(x[:, head, t, :])
        tokens.append(torch.cat(pieces, dim=1))
    return torch.stack(tokens, dim=1)


def patchify(images, size):
    n, c, height, width = images.shape
    if size < 1:
        raise ValueError("size is " + str(size))
    if height % size != 0 or width % size != 0:
        raise ValueError("size is " + str(size))
    patches = []
    for top in range(0, height, size):
        for left in range(0, width, size):
            patch = images[:, :, top : top + size, left : left + size]
            patches.append(patch.reshape(n, c * size * size))
    return torch.stack(patches, 1)


def set_block_(x, index, value):
    if isinstance(index, int):
        rows = [index]
    else:
        rows = list(range(*index.indices(len(x))))
    if isinstance(value, torch.Tensor) and isinstance(index, slice):
        value = value.expand_as(x[index])
    for place, row in enumerate(rows):
        if isinstance(value, torch.Tensor) and isinstance(index, slice):
            x[row] = value[place]
        else:
            x[row] = value
    return x
