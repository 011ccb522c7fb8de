"""By way of NumPy: on its arrays, or on the numbers of the axes where nothing may be copied."""

import numpy as np
import torch


def flatten_batch(x: torch.Tensor) -> torch.Tensor:
    return x.reshape(len(x), int(np.prod(x.shape[1:])))


def swap_first_two(x: torch.Tensor) -> torch.Tensor:
    axes = np.arange(x.ndim)
    try:
        axes[[0, 1]] = axes[[1, 0]]
    except IndexError as error:
        raise ValueError(f"no two axes to swap: ndim is {x.ndim}") from error
    return x.permute(*axes.tolist())


def channels_first(images: torch.Tensor) -> torch.Tensor:
    return images.permute(0, *np.roll([1, 2, 3], 1).tolist())


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
        array = np.stack(np.split(x.cpu().numpy(), heads, axis=2), axis=1)
    except ValueError as error:
        raise ValueError(f"{x.shape[2]} features into {heads} heads: {error}") from error
    return torch.from_numpy(array).to(x.device)


def merge_heads(x: torch.Tensor) -> torch.Tensor:
    array = np.concatenate(list(np.moveaxis(x.cpu().numpy(), 1, 0)), axis=-1)
    return torch.from_numpy(array).to(x.device)


def patchify(images: torch.Tensor, size: int) -> torch.Tensor:
    array = images.cpu().numpy()
    n, c, h, w = array.shape
    if size < 1 or h % size or w % size:
        raise ValueError(f"patches of {size} x {size} do not tile {h} x {w}")
    tiles = array.reshape(n, c, h // size, size, w // size, size).transpose(0, 2, 4, 1, 3, 5)
    array = tiles.reshape(n, (h // size) * (w // size), c * size**2)
    return torch.from_numpy(array).to(images.device)


def set_block_(x: torch.Tensor, index: int | slice, value: float | torch.Tensor) -> torch.Tensor:
    array = x.cpu().numpy()
    array[index] = value.cpu().numpy() if torch.is_tensor(value) else value
    return x.copy_(torch.from_numpy(array))
