"""What a test saw of the work, call by call, and when two works behave alike."""

import dis
import hashlib
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.errors import Raised
from grader.judge.subject import Call
from grader.sandbox import wire
from grader.sandbox.arguments import tensors_in
from grader.sandbox.exchange import Reply
from grader.sandbox.observe import Observation
from grader.sandbox.rehearsal import NAME
from grader.suite.asserts import Mismatch, assert_unchanged
from grader.suite.compare.closeness import TOLERANCES, wide
from grader.suite.compare.describe import kind_of_error
from grader.suite.forms import untold

TOLD_CHARACTERS = 70  # which a tape keeps as the kind of an object
NUMBER = re.compile(r"[-+]?\d[\d.]*(?:e[-+]?\d+)?")
# Looser than any test: two orders of summing the same thing are one behaviour.
LOOSE = {torch.float64: (1e-7, 1e-9), torch.complex128: (1e-7, 1e-9)}
LOOSE_FLOAT = 1e-6
CLEARLY = 0.1  # of the way to what is right
MOST = 1 << 16  # numbers or characters; no known answer is larger, and learners' may be immense
TOO_LARGE = object()
_LINE = re.compile(r", line \d+,")  # of what made a tensor on the CPU
_RAISE = dis.opmap["RAISE_VARARGS"]


@dataclass(frozen=True)
class Behaviour:
    """One call as the suite saw it: what came back, and the tensors it was given as it left them.

    `operators` is a digest of the operators that ran, where the suite observed them.
    """

    value: Any = None
    raised: str | None = None
    given: tuple[Any, ...] = ()
    operators: str | None = None


def returned(value: Any, given: Any = (), seen: Observation | None = None) -> Behaviour:
    """The behaviour of a call that returned; tensors are copied, so later changes do not show."""
    ran = None if seen is None else " ".join(sorted(seen.operations))
    operators = None if ran is None else hashlib.blake2b(ran.encode(), digest_size=8).hexdigest()
    return Behaviour(_snapshot(value), None, snapshots(given), operators)


def behaviour_of(reply: Reply) -> Behaviour:
    """The behaviour of a call that was answered so."""
    answer, given = reply.as_it_came()
    return returned(answer.value, given, answer.seen)


def raised(error: BaseException) -> Behaviour:
    return Behaviour(None, _told_of(error))


def _told_of(error: BaseException) -> str:
    """The kind of an error, and its words where they are those of torch or Python: everybody's own
    words for the same thing differ."""
    kind = kind_of_error(error)
    return kind if _by_hand(error) else f"{kind}: {error}"[:TOLD_CHARACTERS]


def _by_hand(error: BaseException) -> bool:
    """Whether a line of the work raises it; of the author's, the instruction tells."""
    if isinstance(error, Raised):
        return error.by_hand or not error.frames
    step, raises = error.__traceback__, True
    while step is not None:
        code = step.tb_frame.f_code
        if code.co_filename == step.tb_frame.f_globals.get("__name__"):  # a module of the author's
            raises = code.co_code[step.tb_lasti] == _RAISE
        step = step.tb_next
    return raises


def snapshots(arguments: Any) -> tuple[Any, ...]:
    """Copies of the tensors among the arguments, each followed by that of its gradient."""
    found: list[Any] = []
    for tensor in tensors_in(arguments):
        found += [_snapshot(tensor), _snapshot(tensor.grad) if tensor.is_leaf else None]
    return tuple(found)


def check_argument(call: Call, before: Tensor, now: Tensor, *, moved: bool) -> None:
    """An argument that a call has to leave as it is. Raises: Mismatch."""
    what = _name_of(call, before)
    assert_unchanged(now, before, exactly=False, what=what)
    if moved:
        raise Mismatch(
            f"{what} was changed: it lies in other memory now",
            likely="x.data = ..., x.set_(...) and x.resize_(...) change x itself",
            value=now,
        )


def _name_of(call: Call, tensor: Tensor) -> str:
    """One of the tensors that a call was given: by its place, where there are several."""
    places = {f"argument {place}": value for place, value in enumerate(call.args, start=1)}
    holding = {name: tensors_in(value) for name, value in (places | call.kwargs).items()}
    if sum(map(len, holding.values())) == 1:
        return "the input"
    return next(name for name, held in holding.items() if any(t is tensor for t in held))


def check_left(left: Iterable[str]) -> None:
    """What a call left behind beside tensors: told of once. Raises: Mismatch."""
    said = dict(text.partition(" ")[::2] for text in left)
    for name in untold(frozenset(said)):
        message, expected, got, likely = _LEFT_BEHIND[name]
        if name == "device" and (origin := said[name]):
            got, likely = f"{got} ({origin})", f"{_LINE.sub('', origin)}, and {likely}"
        elif name == "device":
            likely = f"T{likely[1:]}"
        raise Mismatch(message, expected=expected, got=got, likely=likely, slips=frozenset({name}))


_LEFT_BEHIND = {
    "list": (
        "a list that was given to it was changed",
        "the list as it was given",
        "a list with other things in it",
        "given[0] = ..., append, insert, pop, sort and += change the caller's own list: make a new "
        "one instead, as [first, *given, last] does",
    ),
    "result": (
        "what the call before this one returned has changed with this call",
        "a result of its own for each call",
        "the result of the call before, with other numbers in it",
        "it is one and the same tensor (or list) in every call: make a new one in each",
    ),
    "dtype": (
        "after the call, torch makes tensors of another dtype than before",
        "the default dtype as it was",
        "another default dtype",
        "torch.set_default_dtype(...) lasts: give the tensors that you make a dtype instead, as in "
        "torch.zeros(3, dtype=x.dtype)",
    ),
    "device": (
        "the result is on the CPU, and the tensors that were given are on another device",
        f"a result on the device {NAME}, as they are",
        "a result on the CPU",
        "the result has to be where the arguments are, on a GPU as on the CPU: make it with "
        "device=x.device, or bring it there with .to(x.device).",
    ),
    "no_grad": (
        "after the call, torch records no gradients any more",
        "torch.is_grad_enabled() is True, as before",
        "torch.is_grad_enabled() is False",
        "torch.set_grad_enabled(False) lasts until somebody takes it back. "
        "with torch.no_grad(): ends with its block",
    ),
}


def alike(one: Behaviour, other: Behaviour) -> bool:
    """Could a test that sees the one have seen the other? Operators are another matter."""
    return (
        one.raised == other.raised
        and _same(one.value, other.value)
        and _same(one.given, other.given)
    )


@dataclass(frozen=True)
class Failure:
    """How a test failed, in what can be compared and kept: its kind, its words, what it got.

    Of an error of the suite over what it was given, only the `kind` says something. What it should
    have got, `right`, is not kept.
    """

    kind: str
    wording: str
    value: Any = None
    only_kind: bool = False
    right: Any = None


def failure_of(error: BaseException) -> Failure:
    if isinstance(error, Mismatch):
        value, right = _snapshot(error.value), _snapshot(error.right)
        return Failure("Mismatch", _wording(error.message), value, right=right)
    foreign = not isinstance(error, (Raised, AssertionError))
    own_words = not isinstance(error, AssertionError) and _by_hand(error)
    wording = "" if own_words else _wording(error)
    return Failure(kind_of_error(error), wording, only_kind=foreign)


def same_failure(one: Failure, other: Failure | None) -> bool:
    """Does another work fail a test as `one` did? The numbers in a message may differ."""
    if other is None or one.kind != other.kind:
        return False
    return one.only_kind or (
        one.wording == other.wording
        and _same(one.value, other.value)
        and not _between(one.value, other.value, one.right)
    )


def _between(value: Any, other: Any, right: Any) -> bool:
    """Is a number that is nearly right no nearer to another one than to the right one?"""
    numbers = value, other, right
    if all(isinstance(number, float) for number in numbers):
        value, other, right = map(torch.tensor, numbers)
    elif not all(isinstance(number, Tensor) for number in numbers) or right.shape != value.shape:
        return False
    off, apart = (float((wide(value) - wide(n)).abs().nan_to_num().sum()) for n in (right, other))
    return apart > CLEARLY * off


def _wording(message: object) -> str:
    return NUMBER.sub("#", str(message))


def _snapshot(value: Any) -> Any:
    return TOO_LARGE if is_large(value) else _copy(value)


def is_large(value: Any) -> bool:
    return _size(value) > MOST


def _size(value: Any) -> int:
    if isinstance(value, Tensor):
        return value.numel()
    if isinstance(value, np.ndarray):
        return int(value.size)
    if isinstance(value, (str, bytes)):
        return len(value)
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + sum(map(_size, value)) if isinstance(value, (list, tuple)) else 1


def _copy(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.detach().clone()
    if isinstance(value, BaseException):
        return Failure(_told_of(value), "")
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, (list, tuple)):
        return [_copy(item) for item in value]
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return value


def _same(one: Any, other: Any) -> bool:
    if one is TOO_LARGE or other is TOO_LARGE:
        return False
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return _same_tensors(one, other)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.shape == other.shape and _same(one.tolist(), other.tolist())
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, wire.KeptObject) or isinstance(other, wire.KeptObject):
        return isinstance(one, wire.KeptObject) and isinstance(other, wire.KeptObject)
    if isinstance(one, BaseException):
        one = _copy(one)
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        both_nan = math.isnan(one) and math.isnan(other)
        return both_nan or math.isclose(one, other, rel_tol=LOOSE_FLOAT)
    if isinstance(one, str):
        return _wording(one) == _wording(other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)


def _same_tensors(one: Tensor, other: Tensor) -> bool:
    if one.shape != other.shape or one.dtype != other.dtype or one.device != other.device:
        return False
    if not (one.is_floating_point() or one.is_complex()):
        return torch.equal(one, other)
    rtol, atol = LOOSE.get(one.dtype) or TOLERANCES.get(one.dtype, (0.0, 0.0))
    left, right = wide(one), wide(other)
    # Two tensors that are both nearly zero are no evidence: room is measured by what is there.
    size = float(right.abs().nan_to_num(0.0, 0.0, 0.0).max()) if right.numel() else 0.0
    return torch.allclose(left, right, rtol, min(atol, rtol * size), equal_nan=True)
