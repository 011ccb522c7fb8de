"""When numbers count as equal, and what it takes to be sure of a relation between them."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

TOLERANCES: dict[torch.dtype, tuple[float, float]] = {  # rtol, atol
    torch.float32: (1e-4, 1e-5),
    torch.complex64: (1e-4, 1e-5),
    torch.float64: (1e-9, 1e-10),
    torch.complex128: (1e-9, 1e-10),
    torch.float16: (5e-3, 1e-3),
    torch.complex32: (5e-3, 1e-3),
    torch.bfloat16: (4e-2, 1e-2),
    torch.float8_e4m3fn: (0.15, 0.05),
    torch.float8_e5m2: (0.3, 0.1),
}


@dataclass(frozen=True)
class Tolerance:
    """Allowed relative and absolute errors; None means what fits the dtype."""

    rtol: float | None = None
    atol: float | None = None

    def of(self, dtype: torch.dtype) -> tuple[float, float]:
        rtol, atol = TOLERANCES.get(dtype, (0.0, 0.0))
        return (
            rtol if self.rtol is None else self.rtol,
            atol if self.atol is None else self.atol,
        )


@dataclass(frozen=True)
class Closeness:
    """Equal up to `rtol` of each number, with a little room for numbers near zero."""

    rtol: float

    def __call__(self, left: Tensor, right: Tensor) -> bool:
        if left.shape != right.shape:
            return False
        size = right.abs()
        room = self.rtol * (size + 0.01 * size.max()) if size.numel() else size
        return bool(((left - right).abs() <= room).all())


Finder = Callable[[Tensor, Tensor, Closeness], str | None]
"""Looks for one relation of `got` to `expected`: a sentence, or None where it is not certain."""


def wide(tensor: Tensor) -> Tensor:
    """The same numbers in a dtype that has room to compare them."""
    dtype = torch.complex128 if tensor.is_complex() else torch.float64
    return tensor.detach().to("cpu", dtype)


def distinct(tensor: Tensor) -> int:
    """How many clearly different numbers there are: equal ones prove nothing."""
    if tensor.is_complex():
        tensor = torch.view_as_real(tensor.resolve_conj())
    scale = tensor.abs().max() if tensor.numel() else torch.tensor(0.0)
    if not scale:
        return min(tensor.numel(), 1)
    return count_unique((tensor / scale * 1000).round())


def count_unique(tensor: Tensor) -> int:
    ordered = tensor.flatten().sort().values
    return int((ordered[1:] != ordered[:-1]).sum()) + 1 if tensor.numel() else 0


def is_round(number: float) -> bool:
    """Whole numbers and simple fractions agree by chance."""
    return (number * 8).is_integer()


def line_name(axis: int, axes: int, count: int = 2) -> str:
    """What the lines across `axis` are called: entries, rows, columns, slices."""
    plural = count != 1
    if axes == 1:
        return "entries" if plural else "entry"
    if axes == 2:
        return ("row", "column")[axis] + "s" * plural
    return f"slice{'s' * plural} along axis {axis}"
