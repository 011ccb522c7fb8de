"""By way of NumPy, whose arrays share memory with tensors on the CPU."""

import numpy as np
import torch


def flatten_batch(x: torch.Tensor) -> torch.Tensor:
    array = x.numpy()
    return torch.from_numpy(array.reshape(len(array), int(np.prod(array.shape[1:]))))


def swap_first_two(x: torch.Tensor) -> torch.Tensor:
    array = x.numpy()
    try:
        return torch.from_numpy(np.swapaxes(array, 0, 1))
    except np.exceptions.AxisError as error:
        raise ValueError(f"no two axes to swap: ndim is {array.ndim}") from error


def channels_first(images: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(np.moveaxis(images.numpy(), -1, 1))


def infer_shape(numel: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    sizes = np.array(shape, dtype=np.int64)
    if np.any(sizes < -1):
        raise ValueError(f"sizes {sizes[sizes < -1]} are negative")
    holes = np.flatnonzero(sizes == -1)
    if holes.size > 1:
        raise ValueError(f"more than one -1 in {shape}")
    known = np.prod(sizes[sizes != -1], dtype=np.int64)
    if holes.size == 0 and known != numel:
        raise ValueError(f"{numel=} but the sizes make {known}")
    if holes.size:
        if known == 0 or numel % known:
            raise ValueError(f"{numel=} is no multiple of {known=} in {shape=}")
        sizes[holes] = numel // known
    return tuple(sizes)


def split_heads(x: torch.Tensor, heads: int) -> torch.Tensor:
    if heads < 1:
        raise ValueError(f"{heads} is not a number of heads")
    try:
        return torch.from_numpy(np.stack(np.split(x.numpy(), heads, axis=2), axis=1))
    except ValueError as error:
        raise ValueError(f"{x.shape[2]} features into {heads} heads: {error}") from error


def merge_heads(x: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(np.concatenate(list(np.moveaxis(x.numpy(), 1, 0)), axis=-1))


def patchify(images: torch.Tensor, size: int) -> torch.Tensor:
    array = images.numpy()
    n, c, h, w = array.shape
    if size < 1 or h % size or w % size:
        raise ValueError(f"patches of {size} x {size} do not tile {h} x {w}")
    tiles = array.reshape(n, c, h // size, size, w // size, size).transpose(0, 2, 4, 1, 3, 5)
    return torch.from_numpy(tiles.reshape(n, (h // size) * (w // size), c * size**2))


def set_block_(x: torch.Tensor, index: int | slice, value: float | torch.Tensor) -> torch.Tensor:
    x.numpy()[index] = value.numpy() if torch.is_tensor(value) else value
    return x
