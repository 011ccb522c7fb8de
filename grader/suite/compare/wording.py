"""A difference between two values, put into words."""

import re
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from grader.suite.compare.closeness import wide
from grader.suite.compare.describe import describe

DIGITS = (4, 6, 9, 17)
SEGMENT = 4
_ZEROS = re.compile(r"(\.\d*?)0+(?!\d)")  # at the end of a number: 2.0 and 2.00000 look the same
WHOLE = ("the result", "it")


@dataclass(frozen=True)
class Difference:
    """What differs. A `relation` is certain; a `symptom` yields to what the suite has to say,
    which is about the numbers, and so about nothing where they are `of_another_kind`."""

    message: str
    expected: str
    got: str
    relation: str | None = None
    symptom: str | None = None
    of_another_kind: bool = False


def described(expected: object, got: object) -> tuple[str, str]:
    """Both in words, with as many digits as it takes to tell them apart."""
    texts = ("", "")
    for digits in DIGITS:
        texts = describe(expected, digits=digits), describe(got, digits=digits)
        if _ZEROS.sub(r"\1", texts[0]) != _ZEROS.sub(r"\1", texts[1]):
            break
    return texts


def described_where_wrong(
    expected: object, got: object, right: Tensor, left: Tensor, wrong: Tensor
) -> tuple[str, str]:
    """As `described`; values too large to show that differ further on are shown from there.

    `right` and `left` hold the numbers of `expected` and `got`, which have one shape.
    """
    texts = described(expected, got)
    if texts[0] != texts[1] or not wrong.ndim:
        return texts
    place = _index(int(wrong.flatten().int().argmax()), wrong)
    *row, start = place
    there, here = described(
        *(numbers[tuple(row)][start : start + SEGMENT].tolist() for numbers in (right, left))
    )
    size = f"{len(wrong)} items"
    if isinstance(got, (Tensor, np.ndarray)):
        size = f"shape {tuple(wrong.shape)}"
    word = "array" if isinstance(got, np.ndarray) else type(got).__name__.lower()
    intro = f"{word} of {size}, from {_index_text(place)} on: "
    return intro + there, intro + here


def contrasted(expected: object, got: object) -> tuple[str, str]:
    """As `described_where_wrong`, for any two values."""
    if isinstance(expected, Tensor) and isinstance(got, Tensor) and expected.shape == got.shape:
        left, right = wide(got), wide(expected)
        wrong = (left != right) & ~(left.isnan() & right.isnan())
        if wrong.any():
            return described_where_wrong(expected, got, expected, got, wrong)
    return described(expected, got)


def values_differ(got: Tensor, expected: Tensor, wrong: Tensor, what: str) -> str:
    """How many entries differ, and the one that differs most."""
    left, right = wide(got), wide(expected)
    for name, odd in (("NaN", left.isnan()), ("infinite", left.isinf())):
        odd = odd & wrong & right.isfinite()
        if odd.any():
            return _counted(odd, what, f"is {name}", f"are {name}", "first", odd.int())
    error = torch.nan_to_num((left - right).abs(), nan=torch.inf, posinf=torch.inf)
    worst = torch.where(wrong, error, -1.0)
    place = worst.flatten().argmax()
    there, here = described(expected.flatten()[place].tolist(), got.flatten()[place].tolist())
    if wrong.numel() == 1:
        return f"{what} is {here}, expected {there}"
    which = "first" if expected.dtype == torch.bool else "worst"
    return f"{_counted(wrong, what, 'differs', 'differ', which, worst)}: {here} instead of {there}"


def _counted(odd: Tensor, what: str, one: str, many: str, which: str, order: Tensor) -> str:
    total, count = odd.numel(), int(odd.sum())
    if total == 1:
        return f"{what} {one}"
    inside = "" if what in WHOLE else f" in {what}"
    where = _index_text(_index(int(order.flatten().argmax()), odd))
    if count == 1:
        return f"1 of {total} values{inside} {one}, at {where}"
    amount = f"{count} of {total}"
    if count == total:
        amount = "both" if count == 2 else f"all {count}"
        if one.startswith("is "):  # all alike: there is no place to name
            return f"{amount} values{inside} {many}"
    return f"{amount} values{inside} {many}, the {which} at {where}"


def _index(place: int, tensor: Tensor) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(place, tuple(tensor.shape)))


def _index_text(index: tuple[int, ...]) -> str:
    return f"index {index[0] if len(index) == 1 else index}"
