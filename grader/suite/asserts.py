"""The asserts of the suites. Where one fails, it says what differs and, if it can, why."""

import math
import re
from cmath import isfinite
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

import numpy as np
import torch
from torch import Tensor

from grader.errors import GraderError, Raised, SubmissionFault
from grader.suite.compare.closeness import TOLERANCES, Tolerance
from grader.suite.compare.describe import describe, describe_error, kind_of, kind_of_error
from grader.suite.compare.difference import RESULT, contrasted, difference
from grader.suite.compare.kinds import any_kind, conversion
from grader.suite.forms import as_told, in_form, narrow_dtype, untold
from grader.suite.tape import known_mistakes

EXACT = Tolerance(0.0, 0.0)
AS_KNOWN = Tolerance(1e-4, 1e-6)
# a number may follow "x", as in 2x3, and a minus sign belongs to it unless it follows a word
_NUMBER = re.compile(
    r"(?:(?<![\w.])|(?<=\d[xX]))(?:(?<![\w)\]])-)?\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.A
)
_NO_AXES = re.compile(r"\(\s*\)|\[\s*\]|\b0-d|\b0 ?dim|\bzero dim|\bscalar", re.IGNORECASE)


class Mismatch(AssertionError):
    """A test that did not hold, in the parts that the report shows one below the other.

    `value` is what the learner's code gave: it tells which call the report should show. `right` is
    what it should have been, where that is known. `slips` names the forms in which it differed, if
    nothing else was wrong: later tests take those.
    """

    def __init__(
        self,
        message: str,
        *,
        expected: str | None = None,
        got: str | None = None,
        likely: str | None = None,
        value: object = None,
        right: object = None,
        slips: frozenset[str] = frozenset(),
    ) -> None:
        parts = {"expected": expected, "got": got, "likely": likely}
        rows = [f"\n  {name:<9} {text}" for name, text in parts.items() if text is not None]
        super().__init__(message + "".join(rows))
        self.message, self.expected, self.got, self.likely = message, expected, got, likely
        self.value, self.right, self.slips = value, right, slips


def assert_same(
    got: Any,
    expected: Any,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    likely: str | None = None,
    mistakes: Iterable[tuple[Any, str]] = (),
    what: str = RESULT,
    finite: bool = True,
) -> Any:
    """`got` equals `expected` in type, shape, dtype, device and, within tolerance, in its values.

    `likely` says what is certain of wrong numbers, not of another type or dtype; a relation that
    is certain goes before it. `mistakes` are
    what known ones give, each with its sentence: where one of them gives `got`, that is said, and
    nothing else; a generator of them runs only after a failure. `what` names `got` to the learner
    where it is not what a call returned: "the gradient", "x". An `expected` that is not finite
    proves nothing where work may have made it so: it fails, unless `finite` is False.

    Returns `got`, in the form of `expected` where an earlier test has told of another one.
    """
    __tracebackhide__ = True
    if finite and not _is_finite(expected):
        raise Mismatch(
            f"{what} cannot be judged: infinite or NaN numbers came into what it is compared with",
            expected="finite numbers",
            got=describe(got),
            value=got,
        )
    mistakes = known_mistakes(mistakes) if mistakes != () else ()
    tolerance = Tolerance(rtol, atol)
    taken = as_told(got, expected)
    found = difference(taken, expected, _fit_for(got, tolerance, taken), what)
    if found is None:
        return taken
    right, slips = in_form(got, expected)
    if slips and difference(right, expected, _fit_for(got, tolerance, right)) is None:
        slips = untold(slips)
        only = f"the numbers are right, only not the {' and the '.join(sorted(slips))}"
        said: str | None = found.relation or found.symptom or only
    else:
        slips = frozenset()
        known = (
            words
            for value, words in mistakes
            if difference(taken, value, AS_KNOWN) is None and difference(expected, value, AS_KNOWN)
        )
        hint = None if found.of_another_kind else likely
        said = next(known, None) or found.relation or hint or found.symptom
    raise Mismatch(
        found.message,
        expected=found.expected,
        got=found.got,
        likely=said,
        value=got,
        right=None if slips else expected,
        slips=slips,
    )


def _fit_for(got: Any, tolerance: Tolerance, taken: Any) -> Tolerance:
    """What can be asked of `taken`, which holds the numbers of `got`: no more digits than those."""
    rough = narrow_dtype(got)
    if taken is got or rough is None:
        return tolerance
    room, least = TOLERANCES[rough], tolerance.of(torch.float64)
    return Tolerance(max(room[0], least[0]), max(room[1], least[1]))


def assert_form(got: Any, like: Tensor, *, likely: str | None = None, what: str = RESULT) -> Any:
    """`got` has the type, shape, dtype and device of `like`; its numbers are not looked at.

    Returns it, in that form where an earlier test has told of another one.
    """
    __tracebackhide__ = True
    taken = as_told(got, like)
    form = torch.zeros_like(like)
    found = difference(_emptied(taken), form, EXACT, what)
    if found is None:
        return taken
    right, slips = in_form(got, like)
    pure = slips and difference(_emptied(right), form, EXACT) is None
    raise Mismatch(
        found.message,
        expected=_form_of(like),
        got=_form_of(got) if isinstance(got, Tensor) else describe(got),
        likely=likely or found.relation or found.symptom,
        value=got,
        slips=untold(slips) if pure else frozenset(),
    )


def _form_of(tensor: Tensor) -> str:
    return f"a tensor of shape {tuple(tensor.shape)} and dtype {tensor.dtype}"


def _emptied(value: Any) -> Any:
    return torch.zeros_like(value, requires_grad=False) if isinstance(value, Tensor) else value


def _is_finite(value: Any) -> bool:
    """Of every number in it."""
    if isinstance(value, Tensor):
        has_no_infinity = not (value.is_floating_point() or value.is_complex())
        return has_no_infinity or not value.numel() or isfinite(value.detach().abs().max())
    if isinstance(value, np.ndarray):
        return value.dtype.kind not in "fc" or bool(np.isfinite(value).all())
    if isinstance(value, (float, complex)):
        return isfinite(value)
    if isinstance(value, dict):
        value = list(value.values())
    return not isinstance(value, (list, tuple)) or all(map(_is_finite, value))


def defaults_of(function: Any) -> Any:
    """The defaults of its arguments, as the definition of a `student.f` has them; None of what is
    no plain function."""
    try:
        return function.get("__defaults__")
    except AttributeError:
        return None


def unpack(value: Any, *names: str) -> Sequence[Any]:
    """The parts of a result that is a tuple of as many values as there are `names`."""
    __tracebackhide__ = True
    expected = f"({', '.join(names)})"
    if not isinstance(value, (tuple, list)) or len(value) != len(names):
        fail(f"it must return {expected}", expected=expected, got=value)
    if isinstance(value, list) and untold(frozenset({"type"})):
        raise Mismatch(
            "the result is a list, expected a tuple",
            expected=expected,
            got=describe(value),
            likely="a tuple of several results is written (first, second)",
            value=value,
            slips=frozenset({"type"}),
        )
    return value


def assert_raises(
    kind: type[Exception],
    call: Callable[[], object],
    *,
    mentions: tuple[Any, ...] = (),
    likely: str | None = None,
) -> None:
    """`call` raises `kind`, and the message holds one of the values in `mentions`.

    Whatever says nothing about this (an exercise not started, a worker that died) passes through.
    """
    __tracebackhide__ = True
    name = kind.__name__
    try:
        value = call()
    except (NotImplementedError, GraderError, Mismatch):
        raise
    except Exception as error:
        if isinstance(error, SubmissionFault) and not isinstance(error, Raised):
            raise
        caught = error
    else:
        if kind_of(value) == name:
            likely = f"an error that is returned stops nobody: raise {name}(...)"
        raise Mismatch(
            f"no {name} was raised",
            expected=_expected_error(name, mentions),
            got=f"{describe(value)} was returned",
            likely=likely,
            value=value,
        )
    by_itself = isinstance(caught, Raised) and bool(caught.frames) and not caught.by_hand
    if by_itself:
        likely = likely or f"Look at the argument before you use it, and raise {name} yourself."
    if not isinstance(caught, kind):
        message = f"raised {kind_of_error(caught)}, expected {name}"
        if isinstance(caught, AssertionError):
            likely = f'assert raises an AssertionError: use `if`, and raise {name}(f"...") yourself'
        elif isinstance(caught, Raised) and caught.by_hand:
            likely = f"your own line raises it: raise {name}(...) instead"
    elif mentions and not any(_mentions(str(caught), value) for value in mentions):
        message = f"the message of the {kind_of_error(caught)} does not hold the value at fault"
        # The right error for the right reason: what the suite says of the reason is known.
        if not by_itself:
            likely = f'an f-string puts a value into the message: raise {name}(f"... {{value}}")'
    else:
        return
    raise Mismatch(
        message,
        expected=_expected_error(name, mentions),
        got=describe_error(caught),
        likely=likely,
        value=caught,
    ) from caught


def _expected_error(name: str, mentions: tuple[Any, ...]) -> str:
    if not mentions:
        return name
    texts = dict.fromkeys(_as_text(value) for value in mentions)
    return f"{name} with {' or '.join(texts)} in its message"


def _mentions(message: str, value: Any) -> bool:
    """Does an error message hold `value`: a number, or a shape in any style of writing it?

    The sizes of a shape count if they stand there in order.
    """
    if isinstance(value, str):
        return value.lower() in message.lower()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value) in message.lower()
    numbers = [float(number) for number in _NUMBER.findall(message[:10_000])]
    if not isinstance(value, (list, tuple)):
        return float(value) in numbers
    if not value:
        return _NO_AXES.search(message) is not None
    return any(numbers[i : i + len(value)] == list(value) for i in range(len(numbers)))


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return describe(tuple(value) if isinstance(value, (list, tuple)) else value)


def assert_view(got: Any, base: Tensor, *, likely: str | None = None) -> None:
    """`got` lies in the memory of `base`: a change of `base` shows. Empty tensors pass."""
    __tracebackhide__ = True
    problem = None
    if not isinstance(got, Tensor):
        problem = f"the result is {any_kind(got)}, expected a view of the input"
        likely = conversion(got, "a tensor") or likely
    elif got.numel() and base.numel() and not _shows_changes(got, base):
        problem = "the result is a copy, expected a view of the input"
        default = "clone, contiguous, cat, stack and, where it has to, reshape copy the numbers"
        likely = likely or default
    if problem:
        raise Mismatch(
            problem,
            expected="a tensor that shares the input's memory",
            got=describe(got),
            likely=likely,
            value=got,
        )


def _shows_changes(got: Tensor, base: Tensor) -> bool:
    """Whether all of `got` changes when all of `base` does; `base` is then as before."""
    if got.device != base.device or got.dtype != base.dtype:
        return False
    if got.untyped_storage().data_ptr() != base.untyped_storage().data_ptr():
        return False
    memory = base.data  # unlike detach(), leaves what autograd has saved of `base` valid
    for axis, stride in enumerate(memory.stride()):
        if stride == 0:
            memory = memory.narrow(axis, 0, 1)
    before = memory.clone()
    try:
        for number in (0, 1):
            memory.fill_(number)
            if not bool((got.data == number).all()):
                return False
        return True
    finally:
        memory.copy_(before)


def assert_unchanged(
    x: Any,
    before: Any,
    *,
    likely: str | None = None,
    exactly: bool = True,
    what: str = "the input",
) -> None:
    """The argument `x`, which the report calls `what`, is still what `before`, a copy made earlier,
    says."""
    __tracebackhide__ = True
    found = difference(x, before, EXACT if exactly else Tolerance(), "it")
    if found is not None:
        raise Mismatch(
            f"{what} was changed: {found.message}",
            expected=f"{what} as it was: {found.expected}",
            got=f"{what} after the call: {found.got}",
            likely=likely
            or "x += 1, x[0] = 1, x.data = ... and methods that end in _ change x itself",
            value=x,
        )


def fail(
    message: str, *, expected: object = None, got: object = None, likely: str | None = None
) -> NoReturn:
    """Fail with `message`; `expected` and `got` are words or values."""
    __tracebackhide__ = True
    there, here = _in_words(expected), _in_words(got)
    if there == here and not isinstance(got, (str, type(None))):
        there, here = contrasted(expected, got)
    raise Mismatch(message, expected=there, got=here, likely=likely, value=got)


def _in_words(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else describe(value)
