"""Right numbers in another form than asked for: a list for a tuple, `(D,)` for `(D, 1)`.

One slip costs one test. The first test of an exercise that meets such a form fails, and says what
to return; the tests after it take the value as if it had come in the right form.
"""

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.suite.compare.closeness import TOLERANCES

FORMS = frozenset({"type", "shape", "dtype"})
NUMBERS = (bool, int, float, np.generic)

# What earlier tests of the exercise have told of, for the asserts of the test that runs.
_TOLD: ContextVar[frozenset[str]] = ContextVar("told", default=frozenset())


@contextmanager
def told_before(forms: frozenset[str]) -> Iterator[None]:
    """While this lasts, slips in these `forms` have been told of, and cost nothing."""
    token = _TOLD.set(forms)
    try:
        yield
    finally:
        _TOLD.reset(token)


def as_like(got: Any, like: Any) -> Any:
    """`got` in the form of `like`, where it holds the same in another one.

    For what a test looks at in other ways than by an assert: one test is enough to insist.
    """
    return in_form(got, like)[0]


def as_told(got: Any, like: Any) -> Any:
    """The same as far as an earlier test of the exercise has told of it."""
    told = _TOLD.get()
    return in_form(got, like, told)[0] if told else got


def untold(slips: frozenset[str]) -> frozenset[str]:
    return slips - _TOLD.get()


def narrow_dtype(value: Any) -> torch.dtype | None:
    """The dtype with fewer digits than Python's floats that numbers in `value` have, if any."""
    if isinstance(value, (list, tuple)):
        return narrow_dtype(value[0]) if value else None
    if isinstance(value, (np.ndarray, np.generic)):
        return torch.float32 if value.dtype in (np.float32, np.float16) else None
    if isinstance(value, Tensor) and value.dtype in TOLERANCES and value.dtype.itemsize < 8:
        return value.dtype
    return None


def in_form(got: Any, like: Any, forms: frozenset[str] = FORMS) -> tuple[Any, frozenset[str]]:
    """`got` in the form of `like` where it holds the same in another one, and which forms differed.

    Only `forms` are changed; whatever is more than another form stays as it is.
    """
    slips: set[str] = set()
    try:
        taken = _converted(got, like, forms, slips)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return got, frozenset()
    return taken, frozenset(slips)


def _converted(got: Any, like: Any, forms: frozenset[str], slips: set[str]) -> Any:
    if isinstance(like, Tensor):
        return _as_tensor(got, like, forms, slips)
    if isinstance(like, np.ndarray):
        return _as_array(got, like, forms, slips)
    if isinstance(like, (bool, int, float)):
        return _as_number(got, like, forms, slips)
    if isinstance(like, (list, tuple)):
        return _as_sequence(got, like, forms, slips)
    return got


def _as_tensor(got: Any, like: Tensor, forms: frozenset[str], slips: set[str]) -> Any:
    if not isinstance(got, Tensor):
        made = _tensor_of(got, like) if "type" in forms else None
        if made is None:
            return got
        slips.add("type")
        got = made
    if got.shape != like.shape and "shape" in forms and _without_ones(got) == _without_ones(like):
        slips.add("shape")
        got = got.reshape(like.shape)
    if got.dtype != like.dtype and "dtype" in forms and _holds(got, like.dtype):
        slips.add("dtype")
        got = got.to(like.dtype)
    return got


def _without_ones(tensor: Tensor) -> list[int]:
    return [size for size in tensor.shape if size != 1]


def _holds(tensor: Tensor, dtype: torch.dtype) -> bool:
    """Can numbers be the same in `dtype`, up to its precision?"""
    if tensor.is_floating_point() and dtype.is_floating_point:
        return True
    if tensor.is_complex() or dtype.is_complex:
        return False
    return torch.equal(tensor.to(dtype).to(tensor.dtype), tensor)


def _tensor_of(got: Any, like: Tensor) -> Tensor | None:
    """A tensor of plain numbers; their dtype is theirs where numbers have one, else that wanted."""
    if isinstance(got, np.ndarray) and got.dtype.kind in "fiub":
        return torch.from_numpy(np.array(got)).to(like.device)
    if isinstance(got, (list, tuple)) and got and all(isinstance(item, Tensor) for item in got):
        return torch.stack(list(got))
    if not isinstance(got, NUMBERS) and not (isinstance(got, (list, tuple)) and got):
        return None
    with warnings.catch_warnings(action="ignore"):  # a list of arrays is slow, and short here
        made = torch.tensor(got)
        if _holds(made, like.dtype):  # Python's floats have more digits than torch's default dtype
            made = torch.tensor(got, dtype=like.dtype)
    return made.to(like.device)


def _as_array(got: Any, like: np.ndarray, forms: frozenset[str], slips: set[str]) -> Any:
    own = isinstance(got, np.ndarray)
    if not own and "type" not in forms:
        return got
    taken = _as_tensor(torch.from_numpy(got) if own else got, torch.from_numpy(like), forms, slips)
    if not isinstance(taken, Tensor):
        return got
    if not own:
        slips.add("type")
    return taken.detach().cpu().numpy()


def _as_number(got: Any, like: float, forms: frozenset[str], slips: set[str]) -> Any:
    kind = bool if isinstance(like, bool) else int if isinstance(like, int) else float
    if type(got) is kind or "type" not in forms:
        return got
    if isinstance(got, (Tensor, np.ndarray)) and math.prod(got.shape) == 1:
        number = got.item()
    elif isinstance(got, NUMBERS):
        number = got.item() if isinstance(got, np.generic) else got
    else:
        return got
    if kind is not float and not (math.isfinite(number) and kind(number) == number):
        return got
    slips.add("type")
    return kind(number)


def _as_sequence(
    got: Any, like: list[Any] | tuple[Any, ...], forms: frozenset[str], slips: set[str]
) -> Any:
    kind = list if isinstance(like, list) else tuple
    if isinstance(got, (list, tuple)):
        items = got
    elif isinstance(got, (Tensor, np.ndarray)) and len(got.shape) > 0 and "type" in forms:
        items = got.tolist() if len(got.shape) == 1 else list(got)
    else:
        return got
    if not isinstance(got, kind):
        if "type" not in forms:
            return got
        slips.add("type")
    if not like:
        return kind(items)
    wanted = [*like, *[like[-1]] * max(0, len(got) - len(like))]
    return kind(_converted(*pair, forms, slips) for pair in zip(items, wanted, strict=False))
