"""As short as it gets: lambdas, partials, and a function that raises."""

from functools import partial, reduce
from operator import mul

import torch


def _no(*why):
    raise ValueError(*why)


_prod = lambda sizes: reduce(mul, sizes, 1)
_rest = lambda shape: _prod(n for n in shape if n != -1)

flatten_batch = partial(torch.flatten, start_dim=1)

swap_first_two = lambda x: x.transpose(0, 1) if x.ndim > 1 else _no(f"ndim = {x.ndim}")

channels_first = partial(torch.permute, dims=(0, 3, 1, 2))

infer_shape = lambda numel, shape: (
    _no("impossible", shape)
    if min(shape, default=0) < -1 or shape.count(-1) > 1
    else (shape if _rest(shape) == numel else _no("does not hold", numel, shape))
    if -1 not in shape
    else _no("does not divide", numel, shape)
    if _rest(shape) == 0 or numel % _rest(shape)
    else tuple(numel // _rest(shape) if n == -1 else n for n in shape)
)

split_heads = lambda x, heads: (
    x.unflatten(2, (heads, -1)).transpose(1, 2)
    if heads > 0 and x.shape[2] % heads == 0
    else _no(f"D = {x.shape[2]}, heads = {heads}")
)

merge_heads = lambda x: x.swapaxes(1, 2).flatten(2)

patchify = lambda images, size: (
    torch.stack(
        [patch.flatten(1) for row in images.split(size, 2) for patch in row.split(size, 3)],
        dim=1,
    )
    if size > 0 and not any(n % size for n in images.shape[2:])
    else _no(f"size = {size}")
)

set_block_ = lambda x, index, value: (x.__setitem__(index, value), x)[1]
