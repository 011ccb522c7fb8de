"""Axes have letters: einsum names them, unflatten and flatten split and join them."""

import torch
from torch import Tensor, einsum


class ShapeError(ValueError):
    """The sizes do not work out."""

    def __init__(self, wanted, have):
        super().__init__(f"wanted {wanted}, have {have}")


def flatten_batch(x: Tensor) -> Tensor:
    return x.flatten(start_dim=1)


def swap_first_two(x: Tensor) -> Tensor:
    if x.dim() < 2:
        raise ShapeError("two axes", x.dim())
    return einsum("ab...->ba...", x)


def channels_first(images: Tensor) -> Tensor:
    return einsum("nhwc->nchw", images)


def infer_shape(numel, shape):
    if sum(n == -1 for n in shape) > 1:
        raise ShapeError("at most one -1", shape)
    if any(n < -1 for n in shape):
        raise ShapeError("sizes of at least -1", shape)
    try:
        # A tensor without data knows the rule.
        return tuple(torch.empty(numel, device="meta").view(shape).shape)
    except RuntimeError as error:
        raise ShapeError(f"{numel} elements", shape) from error


def split_heads(x: Tensor, heads: int) -> Tensor:
    if heads < 1 or x.shape[-1] % heads:
        raise ShapeError(f"{heads} equal heads", x.shape[-1])
    return einsum("nthd->nhtd", x.unflatten(-1, (heads, x.shape[-1] // heads)))


def merge_heads(x: Tensor) -> Tensor:
    return einsum("nhtd->nthd", x).flatten(2)


def patchify(images: Tensor, size: int) -> Tensor:
    *_, height, width = images.shape
    if size < 1 or height % size or width % size:
        raise ShapeError(f"patches of size {size}", (height, width))
    split = images.unflatten(3, (width // size, size)).unflatten(2, (height // size, size))
    return einsum("nchpwq->nhwcpq", split).flatten(3, 5).flatten(1, 2)


def set_block_(x: Tensor, index: int | slice, value: float | Tensor) -> Tensor:
    x.__setitem__(index, value)
    return x
