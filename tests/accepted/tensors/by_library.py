"""Whatever torch has ready."""

import numpy as np
import torch
from torch import Tensor


def summary(x: Tensor) -> dict:
    low, high = (None, None) if x.nelement() == 0 else (v.item() for v in torch.aminmax(x))
    return {
        "max": high,
        "min": low,
        "dtype": x.dtype,
        "numel": x.nelement(),
        "dim": x.ndimension(),
        "shape": x.size(),
    }


def as_floats(data) -> Tensor:
    if torch.is_tensor(data):
        return torch.empty_like(data, dtype=torch.float32).copy_(data)
    return torch.asarray(data).to(torch.float32, copy=True)


def from_array(array: np.ndarray, copy: bool) -> Tensor:
    return torch.asarray(array, copy=copy)


def to_numpy(x: Tensor) -> np.ndarray:
    return x.clone().numpy(force=True)


def with_positions(x: Tensor) -> Tensor:
    _, tokens, _ = x.shape
    place = torch.linspace(0, 1, tokens + 1, dtype=x.dtype, device=x.device)[:-1]
    return torch.add(x, place.view(1, -1, 1))


def round_to_int(x: Tensor) -> Tensor:
    if torch.isnan(x).any():
        raise ValueError("NaN")
    if torch.isinf(x).any():
        raise ValueError("Infinity")
    return torch.round(x).type(torch.LongTensor).to(x.device)


def counts(labels: Tensor, classes: int) -> Tensor:
    wrong = labels[labels.ne(labels.clamp(0, classes - 1))]
    if wrong.numel():
        raise ValueError(f"outside: {wrong}")
    found = torch.zeros(classes, dtype=torch.long, device=labels.device)
    return found.scatter_add_(0, labels, torch.ones_like(labels))


def set_where_(x: Tensor, rows: Tensor, column: int, value: float) -> Tensor:
    if not (rows.dtype == torch.bool and rows.ndim == 1 and rows.numel() == x.size(0)):
        raise ValueError(f"{rows.dtype}{list(rows.shape)} against {list(x.shape)}")
    x.select(1, column).masked_fill_(rows, value)
    return x


def swap_columns_(x: Tensor, i: int, j: int) -> Tensor:
    if i % x.size(1) != j % x.size(1):
        first, second = x.select(1, i), x.select(1, j)
        kept = first.clone()
        first.copy_(second)
        second.copy_(kept)
    return x


def random_integers(low: int, high: int, shape: tuple, seed: int) -> Tensor:
    if high - low < 1:
        raise ValueError(f"randint({low}, {high})")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return torch.randint(low, high, shape)
