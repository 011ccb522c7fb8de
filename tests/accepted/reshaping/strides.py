"""Everything is a walk through memory: as_strided, unfold, and strides by hand."""

import math

import torch


def _row_major(shape):
    strides = [1] * len(shape)
    for axis in reversed(range(len(shape) - 1)):
        strides[axis] = strides[axis + 1] * max(shape[axis + 1], 1)
    return tuple(strides)


def flatten_batch(x):
    width = math.prod(x.shape[1:])
    if not x.is_contiguous():
        x = x.contiguous()
    return x.as_strided((x.shape[0], width), (width, 1))


def swap_first_two(x):
    if x.ndim < 2:
        raise ValueError(f"{x.ndim} axes are too few")
    a, b, *rest = x.shape
    s, t, *more = x.stride()
    return torch.as_strided(x, (b, a, *rest), (t, s, *more), x.storage_offset())


def channels_first(images):
    order = (0, 3, 1, 2)
    return images.as_strided(
        [images.size(axis) for axis in order],
        [images.stride(axis) for axis in order],
        images.storage_offset(),
    )


def infer_shape(numel, shape):
    holes = [i for i, n in enumerate(shape) if n == -1]
    if len(holes) > 1 or min(shape, default=0) < -1:
        raise ValueError(f"bad shape {list(shape)}")
    rest = math.prod(shape[i] for i in range(len(shape)) if i not in holes)
    if not holes:
        if rest != numel:
            raise ValueError(f"{numel} numbers do not fill {list(shape)}")
        return tuple(shape)
    if rest == 0 or numel % rest:
        raise ValueError(f"{numel} numbers do not fill {list(shape)}")
    (hole,) = holes
    return (*shape[:hole], numel // rest, *shape[hole + 1 :])


def split_heads(x, heads):
    n, t, d = x.shape
    if heads <= 0 or d % heads:
        raise ValueError(f"{heads} heads cannot share {d} features")
    width = d // heads
    return x.unfold(2, width, width).permute(0, 2, 1, 3)


def merge_heads(x):
    n, heads, t, d = x.shape
    out = x.new_empty(n, t, heads * d)
    whole = _row_major(out.shape)
    out.as_strided((n, heads, t, d), (whole[0], d, whole[1], 1)).copy_(x)
    return out


def patchify(images, size):
    n, c, h, w = images.shape
    if size < 1 or h % size or w % size:
        raise ValueError(f"size {size} does not cut {h} x {w}")
    tiles = images.unfold(2, size, size).unfold(3, size, size)
    return tiles.permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(1, 2)


def set_block_(x, index, value):
    block = x[index]
    if isinstance(value, torch.Tensor):
        block.copy_(value)
    else:
        block.fill_(value)
    return x
