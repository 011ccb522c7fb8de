"""How a wrong tensor relates to the right one, in one plain sentence.

`relation` names what would turn `got` into `expected`; `symptom` only points at something odd.
Both rather stay silent than guess: a relation between few or equal numbers may be chance.
"""

import math

import torch
from torch import Tensor

from grader.suite.compare import positions, values
from grader.suite.compare.closeness import Closeness, distinct, line_name, wide

MAX_ENTRIES = 100_000
MAX_AXES = 5
PRECISE = 1e-6  # a relative tolerance below this asks for more than float32 can give
CLEARLY = 100  # so many times the tolerance, and numbers stand elsewhere; less, and they are off


def relation(got: Tensor, expected: Tensor, rtol: float = 1e-4) -> str | None:
    """What would turn `got` into `expected`; None unless that is certain."""
    if not _within_bounds(got, expected):
        return None
    if torch.bool in (got.dtype, expected.dtype):
        return values.inverted(got, expected)
    got, expected = wide(got), wide(expected)
    if not (got.isfinite().all() and expected.isfinite().all() and got.any()):
        return None
    close = Closeness(min(max(rtol, PRECISE), 1e-3))
    finders = positions.OTHER_SHAPE
    if got.shape == expected.shape:
        finders = values.FINDERS
        if not Closeness(CLEARLY * close.rtol)(got, expected):
            finders += positions.SAME_SHAPE
    sentences = (find(got, expected, close) for find in finders)
    return next((sentence for sentence in sentences if sentence), None)


def symptom(
    got: Tensor, expected: Tensor, wrong: Tensor | None = None, rtol: float = 1e-4
) -> str | None:
    """Something odd about `got`; `wrong` marks the entries that differ, if the shapes agree."""
    if not _within_bounds(got, expected):
        return None
    if got.shape != expected.shape:
        return _broadcast(tuple(got.shape), tuple(expected.shape))
    if torch.bool in (got.dtype, expected.dtype):
        return _constant(got, expected) or _confined(wrong)
    got, expected = wide(got), wide(expected)
    if not expected.isfinite().all():
        return None
    if got.isnan().any():
        return "NaN comes from inf - inf, inf / inf, 0 * inf, 0 / 0 or the log of a negative number"
    if not got.isfinite().all():
        return "infinity comes from a division by 0, log(0) or a number too large for the dtype"
    return (
        _constant(got, expected)
        or (_digits(got, expected) if rtol < PRECISE else None)
        or _signs(got, expected)
        or _confined(wrong)
    )


def _within_bounds(*tensors: Tensor) -> bool:
    return all(1 <= t.numel() <= MAX_ENTRIES and t.ndim <= MAX_AXES for t in tensors)


def _broadcast(got: tuple[int, ...], expected: tuple[int, ...]) -> str | None:
    n = got[0] if got else 0
    if n < 2 or got != (n, n) or expected not in ((n,), (n, 1), (1, n)):
        return None
    return f"({n}, {n}) is what broadcasting makes of ({n},) and ({n}, 1) together"


def _constant(got: Tensor, expected: Tensor) -> str | None:
    if got.numel() < 3 or not _all_equal(got) or _all_equal(expected):
        return None
    if got.any():
        return "every entry is the same"
    if got.dtype == torch.bool:
        return None
    return "every entry is 0, as where nothing is filled in, or two things are one and the same"


def _all_equal(tensor: Tensor) -> bool:
    return bool((tensor == tensor.flatten()[0]).all())


def _signs(got: Tensor, expected: Tensor) -> str | None:
    if got.is_complex() or expected.is_complex() or distinct(expected.abs()) < 2:
        return None
    flipped = got.sign() * expected.sign() < 0
    if not flipped.any() or not Closeness(1e-4)(got, torch.where(flipped, -expected, expected)):
        return None
    return "the magnitudes are right, but not every sign"


def _digits(got: Tensor, expected: Tensor) -> str | None:
    """Nearly right in float64, as when one step ran in float32."""
    error = float((got - expected).abs().max() / expected.abs().max().clamp(min=1e-300))
    if not 0 < error <= 1e-6:
        return None
    digits = math.floor(-math.log10(error))
    return f"right to about {digits} digits, and no further"


def _confined(wrong: Tensor | None) -> str | None:
    """All wrong entries lie in one row, column or slice."""
    if wrong is None or wrong.ndim < 2 or not 2 <= int(wrong.sum()) < wrong.numel():
        return None
    for axis in range(wrong.ndim):
        lines = wrong.movedim(axis, 0).flatten(1).any(1)
        if len(lines) > 1 and int(lines.sum()) == 1:
            index = int(lines.int().argmax())
            if wrong.ndim == 2:
                return f"only {line_name(axis, 2, 1)} {index} is wrong"
            return f"only index {index} along axis {axis} is wrong"
    return None
