"""The first thing in which a value differs from the right one: type, shape, dtype, device, values.

Agreement is found out quickly; everything that explains runs only where there is something to say.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.suite.compare.closeness import Tolerance, wide
from grader.suite.compare.describe import clip, describe, kind_of
from grader.suite.compare.kinds import any_kind, conversion, plain_kind
from grader.suite.compare.relations import relation, symptom

QUICK = (torch.float32, torch.float64)
SHORT = 6  # a sequence of at most this many integers is read as a whole, as a shape is
INT64 = range(-(2**63), 2**63)
RESULT = "the result"
DIGITS = (4, 6, 9, 17)
SEGMENT = 4
_ZEROS = re.compile(r"(\.\d*?)0+(?!\d)")  # at the end of a number: 2.0 and 2.00000 look the same
WHOLE = (RESULT, "it")


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


def difference(
    got: object, expected: object, tolerance: Tolerance, what: str = RESULT
) -> Difference | None:
    """What differs, or None. `what` names the compared part to a reader.

    Raises: TypeError if values like `expected` are not comparable.
    """
    if isinstance(got, Tensor) and isinstance(expected, Tensor):
        return _grids(got, expected, tolerance, what)
    if isinstance(expected, np.generic) and not isinstance(expected, float):
        expected = expected.item()
    if isinstance(got, np.integer) and type(expected) is int:
        got = got.item()  # as np.prod(shape) gives; np.float64 is a float in any case
    wanted = plain_kind(expected)
    if wanted is None:
        raise TypeError(f"values of type {kind_of(expected)} cannot be compared")
    if plain_kind(got) != wanted:
        return _other_type(got, expected, wanted, what)
    if isinstance(expected, np.ndarray) and isinstance(got, np.ndarray):
        return _grids(got, expected, tolerance, what)
    if isinstance(expected, (float, complex)) and isinstance(got, (float, complex)):
        return _numbers(got, expected, tolerance, what)
    if isinstance(expected, (list, tuple)) and isinstance(got, (list, tuple)):
        return _sequences(got, expected, tolerance, what)
    if isinstance(expected, dict) and isinstance(got, dict):
        return _dicts(got, expected, tolerance, what)
    return None if got == expected else _plain(got, expected, what)


def _other_type(got: object, expected: object, wanted: str, what: str) -> Difference:
    message = f"{what} is {any_kind(got)}, expected {wanted}"
    reason = conversion(got, wanted, expected)
    if got is None and what == RESULT:
        message = "returned None: is a return statement missing?"
    if (got is None or expected is None) and what != RESULT:
        reason = None  # only a result is None because of a return, missing or not
    return Difference(message, describe(expected), describe(got), reason, of_another_kind=True)


def _plain(got: object, expected: object, what: str) -> Difference:
    there, here = describe(expected), describe(got)
    if isinstance(got, (str, bytes)) and max(len(there), len(here)) > 60:
        assert isinstance(expected, (str, bytes))
        pairs = zip(got, expected, strict=False)
        same = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(got), len(expected)))
        return Difference(f"{what} differs from position {same} on", there, here)
    return Difference(f"{what} is {clip(here, 60)}, expected {clip(there, 60)}", there, here)


# --- tensors and arrays -----------------------------------------------------------------------


def _grids(got: Any, expected: Any, tolerance: Tolerance, what: str) -> Difference | None:
    """Two tensors, or two arrays."""
    left, right = _as_tensor(got), _as_tensor(expected)
    if left.shape != right.shape:
        message = f"{what} has shape {tuple(left.shape)}, expected {tuple(right.shape)}"
        related = relation(left, right, tolerance.of(right.dtype)[0])
        return Difference(message, describe(expected), describe(got), related, symptom(left, right))
    if got.dtype != expected.dtype:
        message = f"{what} has dtype {got.dtype}, expected {expected.dtype}"
        hint = _dtype_hint(left, right) if got is left else None
        return Difference(message, describe(expected), describe(got), hint, of_another_kind=True)
    if left.device != right.device:
        message = f"{what} is on {left.device}, expected {right.device}"
        there, here = (f"a tensor on {tensor.device}" for tensor in (right, left))
        hint = "a new tensor needs device=x.device to be where the input is"
        return Difference(message, there, here, hint, of_another_kind=True)
    return _values(left, right, got, expected, tolerance, what)


def _dtype_hint(got: Tensor, expected: Tensor) -> str | None:
    of_whole = not (expected.is_floating_point() or expected.is_complex())
    fractions = got.is_floating_point() and of_whole and got.device == expected.device
    if fractions and not torch.equal(wide(got), wide(expected)):
        return None  # a division gave these numbers, or something else that no dtype undoes
    if got.dtype == torch.get_default_dtype():
        made = "tensors" if got.numel() else "tensors without entries"
        words = f"new {made} are {got.dtype} unless they are given a dtype"
        if got.dtype == torch.float32 and got.numel():
            words = f"float() gives {got.dtype}, and so do new tensors without a dtype"
        return f"{words}; here it should be {expected.dtype}"
    return f".to({expected.dtype}) converts a tensor"


def _as_tensor(array: Any) -> Tensor:
    if isinstance(array, Tensor):
        return array
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        with np.errstate(all="ignore"):
            array = array.astype(np.float64)
    return torch.from_numpy(np.array(array, array.dtype.newbyteorder("="), order="C"))


def _quickly_close(got: Tensor, expected: Tensor, tolerance: Tolerance) -> bool:
    """True only where the tensors agree; most tests end here."""
    if expected.dtype not in QUICK:
        return False
    got, expected = got.detach(), expected.detach()
    if torch.equal(got, expected):
        return True
    rtol, atol = tolerance.of(expected.dtype)
    return torch.allclose(got, expected, rtol, atol, equal_nan=True)


def _values(
    left: Tensor, right: Tensor, got: object, expected: object, tolerance: Tolerance, what: str
) -> Difference | None:
    """Compare `left` and `right`, which hold the numbers of `got` and `expected`."""
    if _quickly_close(left, right, tolerance):
        return None
    rtol, atol = tolerance.of(right.dtype)
    if rtol or atol or right.is_floating_point() or right.is_complex():
        wrong = ~torch.isclose(wide(left), wide(right), rtol, atol, equal_nan=True)
    else:
        wrong = (left != right).cpu()
    if not wrong.any():
        return None
    return Difference(
        _values_differ(left, right, wrong, what),
        *_described_where_wrong(expected, got, right, left, wrong),
        relation(left, right, rtol),
        symptom(left, right, wrong, rtol),
    )


# --- numbers and containers -------------------------------------------------------------------


def _numbers(
    got: float | complex, expected: float | complex, tolerance: Tolerance, what: str
) -> Difference | None:
    dtype = torch.complex128 if isinstance(expected, complex) else torch.float64
    left, right = (torch.tensor(number, dtype=dtype) for number in (got, expected))
    return _values(left, right, got, expected, tolerance, what)


def _sequences(
    got: Sequence[Any], expected: Sequence[Any], tolerance: Tolerance, what: str
) -> Difference | None:
    numbers = _as_numbers(got, expected)
    if len(got) != len(expected):
        items = "item" if len(got) == 1 else "items"
        message = f"{what} has {len(got)} {items}, expected {len(expected)}"
        rtol, _ = tolerance.of(torch.float64)
        related = relation(*numbers, rtol) if numbers else None
        return Difference(message, describe(expected), describe(got), related)
    if numbers is None:
        pairs = enumerate(zip(got, expected, strict=True))
        found_items = (
            difference(here, there, tolerance, f"item {i} of {what}") for i, (here, there) in pairs
        )
        return next(filter(None, found_items), None)
    found = _values(*numbers, got, expected, tolerance, what)
    if found and len(got) <= SHORT and not numbers[1].is_floating_point():
        message = f"{what} is {found.got}, expected {found.expected}"
        return Difference(message, found.expected, found.got, found.relation)
    return found


def _as_numbers(got: Sequence[Any], expected: Sequence[Any]) -> tuple[Tensor, Tensor] | None:
    """Sequences of nothing but floats, or nothing but integers, as tensors."""
    types = {*map(type, got), *map(type, expected)}
    if types and all(issubclass(kind, float) for kind in types):
        return torch.tensor(got, dtype=torch.float64), torch.tensor(expected, dtype=torch.float64)
    if types == {int} and all(item in INT64 for item in (*got, *expected)):
        return torch.tensor(got), torch.tensor(expected)
    return None


def _dicts(
    got: dict[Any, Any], expected: dict[Any, Any], tolerance: Tolerance, what: str
) -> Difference | None:
    lacking = (f"lacks the key {describe(key, 40)}" for key in expected if key not in got)
    extra = (f"has a key too many: {describe(key, 40)}" for key in got if key not in expected)
    if keys := next(chain(lacking, extra), None):
        return Difference(f"{what} {keys}", describe(expected), describe(got))
    found = (
        difference(got[key], value, tolerance, f"the entry {describe(key, 40)} of {what}")
        for key, value in expected.items()
    )
    return next(filter(None, found), None)


# --- in words ---------------------------------------------------------------------------------


def _described(expected: object, got: object) -> tuple[str, str]:
    """Both in words, with as many digits as it takes to tell them apart."""
    for digits in DIGITS:
        texts = describe(expected, digits=digits), describe(got, digits=digits)
        if _ZEROS.sub(r"\1", texts[0]) != _ZEROS.sub(r"\1", texts[1]):
            break
    return texts


def _described_where_wrong(
    expected: object, got: object, right: Tensor, left: Tensor, wrong: Tensor
) -> tuple[str, str]:
    """As `_described`; values too large to show that differ further on are shown from there.

    `right` and `left` hold the numbers of `expected` and `got`, which have one shape.
    """
    texts = _described(expected, got)
    if texts[0] != texts[1] or not wrong.ndim:
        return texts
    place = _index(int(wrong.flatten().int().argmax()), wrong)
    *row, start = place
    there, here = _described(
        *(numbers[tuple(row)][start : start + SEGMENT].tolist() for numbers in (right, left))
    )
    size = f"{len(wrong)} items"
    if isinstance(got, (Tensor, np.ndarray)):
        size = f"shape {tuple(wrong.shape)}"
    word = "array" if isinstance(got, np.ndarray) else type(got).__name__.lower()
    intro = f"{word} of {size}, from {_index_text(place)} on: "
    return intro + there, intro + here


def contrasted(expected: object, got: object) -> tuple[str, str]:
    """As `_described_where_wrong`, for any two values."""
    if isinstance(expected, Tensor) and isinstance(got, Tensor) and expected.shape == got.shape:
        left, right = wide(got), wide(expected)
        wrong = (left != right) & ~(left.isnan() & right.isnan())
        if wrong.any():
            return _described_where_wrong(expected, got, expected, got, wrong)
    return _described(expected, got)


def _values_differ(got: Tensor, expected: Tensor, wrong: Tensor, what: str) -> str:
    """How many entries differ, and the one that differs most."""
    left, right = wide(got), wide(expected)
    for name, odd in (("NaN", left.isnan()), ("infinite", left.isinf())):
        odd = odd & wrong & right.isfinite()
        if odd.any():
            return _counted(odd, what, f"is {name}", f"are {name}", "first", odd.int())
    error = torch.nan_to_num((left - right).abs(), nan=torch.inf, posinf=torch.inf)
    worst = torch.where(wrong, error, -1.0)
    place = worst.flatten().argmax()
    there, here = _described(expected.flatten()[place].tolist(), got.flatten()[place].tolist())
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
