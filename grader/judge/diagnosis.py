"""Which known wrong answer a learner's work behaves like.

When a test has failed, it is run again with each wrong answer that is known of the exercise, here
in the judge: they are the author's. One explains the failure if it does on every call of the test
what the work has done, fails in the same way, and passes every test that the work has passed.
Most differ in their first call and end there, so a failure costs little; a pass costs nothing.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor

from grader.course.bank import WrongAnswer, read_bank, unit_with_bank
from grader.course.model import Course
from grader.judge.behaviour import (
    Behaviour,
    Failure,
    alike,
    check_argument,
    check_left,
    failure_of,
    raised,
    returned,
    same_failure,
)
from grader.judge.local import LocalRunner, module_of
from grader.judge.subject import Call, Handle
from grader.sandbox.arguments import tensors_in
from grader.sandbox.exchange import Answer
from grader.sandbox.randomness import random_states_kept, start_anew
from grader.suite.asserts import Mismatch

if TYPE_CHECKING:
    from grader.judge.tape_file import KnownAnswer


@dataclass(frozen=True)
class Case:
    """One test of an exercise: whether it failed, how, and what it saw of the work until then.

    `test` names it in this run, `name` in every run of the course. `repeat` runs the test once
    more with another runner in the learner's place; the forms that earlier tests have told of are
    those of the work, or those that are named.
    """

    test: str
    name: str
    unit: str
    exercise: str
    seen: tuple[Behaviour, ...]
    failure: Failure | None
    repeat: Callable[[LocalRunner, frozenset[str] | None], None]


class Unlike(BaseException):
    """The answer did something that the learner's work did not. No suite may catch it."""


class LiveBank:
    """The wrong answers of a course, ready to be called; loaded when first needed."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.units: dict[str, tuple[ModuleType, tuple[WrongAnswer, ...]]] = {}

    def answers(self, unit: str, exercise: str) -> Iterator["Live"]:
        """Each wrong answer while it stands in for its exercise: use one before the next."""
        if unit not in self.units:
            known = read_bank(self.course, unit)
            text = unit_with_bank(self.course, unit, self.course.bank(unit)) if known else ""
            self.units[unit] = module_of(text, self.course.bank(unit)), known
        module, known = self.units[unit]
        with _left_as_it_was(module, exercise):
            for answer in known:
                if answer.exercise == exercise:
                    setattr(module, exercise, getattr(module, answer.name))
                    yield Live(answer.correction, module, self.course.suites_folder)


class Live:
    """A wrong answer that runs each test itself; it ends where it differs from the work."""

    def __init__(self, correction: str, module: ModuleType, suites: Path) -> None:
        self.correction, self.module, self.suites = correction, module, suites
        self.told: frozenset[str] = frozenset()

    def explains(self, case: Case, failure: Failure) -> bool | None:
        """None unless it does as the work did, and fails as in `failure`; else whether it also ran
        the same operators."""
        trial = Trial(self.module, self.suites, case.seen)
        error = trial.repeat(case)
        if error is None or not same_failure(failure, failure_of(error)):
            return None
        return trial.exactly

    def fails(self, case: Case) -> bool:
        return Trial(self.module, self.suites).repeat(case) is not None

    def trace(self, case: Case) -> "Trace":
        """All that it does in a test, to be kept; its tests are asked for in their order."""
        trial = Trial(self.module, self.suites)
        error = trial.repeat(case, self.told)
        self.told |= error.slips if isinstance(error, Mismatch) else frozenset()
        return Trace(tuple(trial.noted), None if error is None else failure_of(error))


@dataclass(frozen=True)
class Trace:
    """What a wrong answer did in a test, call by call, and how it failed, if it did."""

    seen: tuple[Behaviour, ...]
    failure: Failure | None


class Bank(Protocol):
    def answers(self, unit: str, exercise: str) -> "Iterable[Live | KnownAnswer]": ...


def explanations(bank: Bank, cases: Iterable[Case]) -> dict[str, str]:
    """For each failed test that a wrong answer explains, the sentence that corrects it."""
    exercises: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        exercises.setdefault((case.unit, case.exercise), []).append(case)
    said: dict[str, str] = {}
    for (unit, exercise), own in exercises.items():
        if any(case.failure for case in own):
            said |= _explained([_explain(known, own) for known in bank.answers(unit, exercise)])
    return said


@dataclass(frozen=True)
class _Explanation:
    """The failed tests that one wrong answer explains, and whether it also ran the same operators
    in each."""

    correction: str
    tests: Mapping[str, bool]


def _explain(known: "Live | KnownAnswer", cases: Sequence[Case]) -> _Explanation:
    failed = ((case, case.failure) for case in cases if case.failure is not None)
    asked = {case.test: known.explains(case, failure) for case, failure in failed}
    explained = {test: exactly for test, exactly in asked.items() if exactly is not None}
    if explained and any(known.fails(case) for case in cases if case.failure is None):
        explained = {}  # the work can do what this one cannot
    return _Explanation(known.correction, explained)


def _explained(explanations: Sequence[_Explanation]) -> dict[str, str]:
    """The one sentence for each test: of whoever explains the most, then of whoever ran the same
    operators. Where two sentences are left nothing is said: a wrong guess is worse than none."""
    said: dict[str, str] = {}
    for test in {test for explanation in explanations for test in explanation.tests}:
        able = [e for e in explanations if test in e.tests]
        most = max(len(e.tests) for e in able)
        best = [e for e in able if len(e.tests) == most]
        for group in (best, [e for e in best if e.tests[test]]):
            sentences = {e.correction for e in group}
            if len(sentences) == 1:
                said[test] = sentences.pop()
                break
    return said


class _Guarded:
    """A tensor that a call has to leave as it is: it gets back what it held, as in the judge of a
    worker, which takes nothing else from one."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor, self.grad = tensor, tensor.grad if tensor.is_leaf else None
        self.before, self.view = tensor.detach().clone(), tensor.detach()

    def restored(self) -> tuple[Tensor, bool] | None:
        """Put back what it held; what the call made of it, if that is something else, and whether
        in other memory."""
        if self.tensor.is_leaf:
            self.tensor.grad = self.grad
        now = self.tensor.detach()
        layouts = (now.shape, now.stride()), (self.view.shape, self.view.stride())
        moved = now.data_ptr() != self.view.data_ptr() or layouts[0] != layouts[1]
        same = (now == self.before) | ((now != now) & (self.before != self.before))  # or both NaN
        if not moved and bool(same.all()):
            return None
        made = now.clone()
        self.tensor.data = self.view
        self.view.copy_(self.before)
        return made, moved


class Trial(LocalRunner):
    """Runs a test with a wrong answer, and sees what the worker's runner sees. With `seen`, only as
    long as the answer does what was seen of the learner's work; `exactly` by the same operators."""

    def __init__(
        self, module: ModuleType, suites: Path, seen: Sequence[Behaviour] | None = None
    ) -> None:
        super().__init__(module, suites)
        self.noted: list[Behaviour] = []
        self.seen, self.exactly = seen, True

    def repeat(self, case: Case, told: frozenset[str] | None = None) -> BaseException | None:
        """How the test fails with this answer, or None."""
        start_anew()
        error: BaseException | None = None
        try:
            with warnings.catch_warnings(action="ignore"):  # what it does wrong is no news
                case.repeat(self, told)
        except (Exception, Unlike) as its_own:
            error = its_own
        return error if self.seen is None or len(self.noted) == len(self.seen) else Unlike()

    def run(self, call: Call) -> Answer:
        given = tensors_in(*call.args, *call.kwargs.values())
        mutable = tensors_in(*call.args[:1]) if call.in_place else []
        guarded = [_Guarded(t) for t in given if all(t is not other for other in mutable)]
        try:
            answer = super().run(call)
        except Exception as error:
            self.note(raised(error))
            raise
        finally:
            changes = [(g.tensor, *change) for g in guarded if (change := g.restored())]
        made = {id(tensor): now for tensor, now, _ in changes}
        self.note(returned(answer.value, [made.get(id(t), t) for t in given], answer.seen))
        for tensor, now, moved in changes:
            check_argument(call, tensor, now, moved=moved)
        check_left(answer.left)
        return answer

    def attribute(self, owner: str | Handle, name: str) -> Any:
        value = super().attribute(owner, name)
        self.note(returned(value))
        return value

    def iterate(self, owner: Handle) -> list[Any]:
        items = super().iterate(owner)
        self.note(returned(items))
        return items

    def note(self, behaviour: Behaviour) -> None:
        number = len(self.noted)
        self.noted.append(behaviour)
        if self.seen is not None:
            if number >= len(self.seen) or not alike(self.seen[number], behaviour):
                raise Unlike
            self.exactly &= self.seen[number].operators == behaviour.operators


@contextmanager
def _left_as_it_was(module: ModuleType, exercise: str) -> Iterator[None]:
    """Wrong answers may well leave random states and torch's settings changed."""
    right = getattr(module, exercise, None)
    settings = torch.is_grad_enabled(), torch.get_default_dtype()
    try:
        with random_states_kept():
            yield
    finally:
        setattr(module, exercise, right)
        torch.set_grad_enabled(settings[0])
        torch.set_default_dtype(settings[1])
