"""Checks live in decorators, the work in small classes with methods."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


class BadArgument(ValueError):
    pass


def require(check: Callable[..., str | None]):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            complaint = check(*args, **kwargs)
            if complaint:
                raise BadArgument(complaint)
            return function(*args, **kwargs)

        return wrapper

    return decorate


@dataclass(frozen=True)
class Wanted:
    shape: tuple[int, ...]

    @property
    def holes(self) -> int:
        return self.shape.count(-1)

    @property
    def known(self) -> int:
        product = 1
        for size in self.shape:
            product *= 1 if size == -1 else size
        return product

    def filled(self, size: int) -> tuple[int, ...]:
        return tuple(size if n == -1 else n for n in self.shape)

    def complaint(self, numel: int) -> str | None:
        if self.holes > 1 or any(n < -1 for n in self.shape):
            return f"{self}: sizes out of range"
        if self.holes and not self.known:
            return f"{self}: nothing determines the -1"
        fits = numel % self.known == 0 if self.holes else numel == self.known
        return None if fits else f"{self}: {numel} elements"


def flatten_batch(x: Tensor) -> Tensor:
    shape = (x.shape[0], x[0].numel() if len(x) else torch.Size(x.shape[1:]).numel())
    try:
        return x.view(shape)
    except RuntimeError:
        return x.contiguous().view(shape)


@require(lambda x: None if x.dim() >= 2 else f"{x.dim()}-dimensional: {tuple(x.shape)}")
def swap_first_two(x: Tensor) -> Tensor:
    return x.swapdims(0, 1)


def channels_first(images: Tensor) -> Tensor:
    return images.movedim(3, 1)


@require(lambda numel, shape: Wanted(shape).complaint(numel))
def infer_shape(numel: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    wanted = Wanted(shape)
    return wanted.filled(numel // wanted.known) if wanted.holes else shape


def _divides(heads: int, features: int) -> str | None:
    if heads < 1 or features % heads:
        return f"heads={heads}, D={features}"
    return None


@require(lambda x, heads: _divides(heads, x.size(-1)))
def split_heads(x: Tensor, heads: int) -> Tensor:
    return torch.stack(x.chunk(heads, dim=-1), dim=1)


def merge_heads(x: Tensor) -> Tensor:
    return torch.cat(x.unbind(dim=1), dim=-1)


class Patches:
    def __init__(self, images: Tensor, size: int) -> None:
        self.images, self.size = images, size

    @classmethod
    def complaint(cls, images: Tensor, size: int) -> str | None:
        height, width = images.shape[-2:]
        if size < 1 or height % size or width % size:
            return f"{height}x{width} pixels, patches of {size}x{size}"
        return None

    def __iter__(self):
        for row in self.images.split(self.size, dim=-2):
            for patch in row.split(self.size, dim=-1):
                yield patch

    def tensor(self) -> Tensor:
        return torch.stack([patch.flatten(1) for patch in self], dim=1)


@require(Patches.complaint)
def patchify(images: Tensor, size: int) -> Tensor:
    return Patches(images, size).tensor()


class _Writer:
    """Exercises may be any callable."""

    def __call__(self, x, index, value):
        x[index] = value
        return x


set_block_ = _Writer()
