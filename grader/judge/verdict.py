"""From what a test raised to what is said about it: one outcome and the learner's words for it."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from grader.course.known_errors import KnownError
from grader.errors import GraderError, Missing, Raised, SubmissionFault, TimedOut
from grader.judge.cause_of_error import NAMES, cause_of
from grader.judge.surroundings import refused
from grader.judge.unwritten import unwritten
from grader.report import NOT_THERE, Location, Outcome, TestResult
from grader.sandbox.rehearsal import OURS
from grader.suite.asserts import Mismatch

if TYPE_CHECKING:
    from grader.judge.learner import Called

TEXT_CHARACTERS = 4000  # of each text of a test in a report
PRINTED_CHARACTERS = 8000


class Blocked(Exception):
    """This test cannot be run yet; the message says what it waits for."""


class NotStarted(Exception):
    """There is nothing of this exercise yet."""


class Pending(Exception):
    """This test cannot be run on this machine."""


def verdict_of(
    test: TestResult,
    error: BaseException | None,
    with_solution: Callable[[], BaseException | None],
    known: Sequence[KnownError] = (),
    texts: Mapping[str, str] = MappingProxyType({}),
) -> TestResult:
    """Judge one test by what it raised; `test` is its result if it passed, and `known` are the
    errors that the course explains.

    `with_solution` runs it once more with the solution in the learner's place, and tells what it
    raises then. A test that fails in the same way is broken, and nobody loses points over it.
    `texts` are the learner's files, by the names that frames give them.
    """
    if error is None:
        return test
    if _may_be_the_suites(error) and (fault := _fault(error, with_solution())):
        return _ended(test, Outcome.GRADER_FAULT, fault[:500])
    return _said_of(test, error, known, texts)


def _may_be_the_suites(error: BaseException) -> bool:
    """Whatever our asserts did not find, and what any call of the work may end in."""
    match error:
        case Mismatch() | GraderError() | NotStarted() | Blocked() | Pending():
            return False
        case Raised():
            return not isinstance(error, NotImplementedError)
        case Missing() | pytest.fail.Exception():
            return True
        case SubmissionFault():
            return False
    return isinstance(error, Exception)


def _fault(error: BaseException, solutions: BaseException | None) -> str | None:
    """What is wrong with a suite whose test raises these, if anything is."""
    if solutions is None:
        return None
    if isinstance(solutions, GraderError):
        return str(solutions)
    what = f"{type(solutions).__name__}: {solutions}".split("\n")[0]
    match error:
        case Missing():
            return None
        case Raised():
            alike = error.kind == type(solutions).__name__
        case AssertionError() | pytest.fail.Exception():
            alike = isinstance(solutions, (AssertionError, pytest.fail.Exception))
        case _:
            return f"the test itself failed: {what}"
    return f"the solution does not pass this test either: {what}" if alike else None


def _said_of(
    test: TestResult,
    error: BaseException,
    known: Sequence[KnownError],
    texts: Mapping[str, str],
) -> TestResult:
    match error:
        case Mismatch():
            return replace(
                _ended(test, Outcome.FAILED, error.message),
                expected=error.expected,
                got=error.got,
                likely=_wrong_name(error.value, known) or error.likely,
            )
        case NotImplementedError() if isinstance(error, Raised):
            outcome, said = unwritten(error, test.exercise, texts)
            if outcome is None:
                return replace(_raised(test, error, known), likely=said or cause_of(error, known))
            return replace(test, outcome=outcome, message=said)
        case Raised():
            return _raised(test, error, known)
        case TimedOut():
            likely = "A loop that never ends, or far more work than is needed."
            return replace(_ended(test, Outcome.TIMED_OUT, str(error)), likely=likely)
        case Missing():
            return _missing(test, error)
        case SubmissionFault():
            return _ended(test, Outcome.CRASHED, str(error))
        case NotStarted():
            return _ended(test, Outcome.NOT_STARTED, str(error))
        case Blocked():
            return _ended(test, Outcome.BLOCKED, str(error))
        case Pending() | pytest.skip.Exception():
            return _ended(test, Outcome.PENDING, str(error))
        case AssertionError() | pytest.fail.Exception():
            return _ended(test, Outcome.FAILED, str(error) or "what the title says does not hold")
        case GraderError():
            return _ended(test, Outcome.GRADER_FAULT, str(error))
    what = f"{type(error).__name__}: {error}"
    if isinstance(error, Exception):
        said = f"the test could not use the value you returned ({what})"[:300]
        return _ended(test, Outcome.FAILED, said)
    return _ended(test, Outcome.GRADER_FAULT, f"the test itself failed: {what}"[:500])


def with_circumstances(
    test: TestResult, *, called: "Called | None", location: Location | None, printed: str | None
) -> TestResult:
    """With the circumstances of the call, where they help: a passed test needs none."""
    if test.outcome in (Outcome.PASSED, Outcome.PENDING, Outcome.GRADER_FAULT):
        return replace(test, printed=printed) if printed else test
    if test.outcome in (Outcome.NOT_STARTED, Outcome.BLOCKED):
        called = None
    shown, replay = (str(called), called.replay()) if called else (None, None)
    return replace(test, called=shown, replay=replay, location=location, printed=printed)


def as_rehearsal(test: TestResult, error: BaseException | None) -> TestResult:
    """A result on the rehearsal device: rehearsed or failed, and pending where neither is known."""
    if isinstance(error, Raised) and OURS.search(str(error)):
        test = _ended(test, Outcome.PENDING, str(error))
    if test.outcome is Outcome.PASSED:
        return replace(test, outcome=Outcome.REHEARSED)
    if test.outcome in (Outcome.FAILED, Outcome.BLOCKED):
        return test
    return replace(test, outcome=Outcome.PENDING)


def bounded(test: TestResult) -> TestResult:
    """With texts of a length that a report can hold."""
    most = dict.fromkeys(("message", "called", "expected", "got", "likely"), TEXT_CHARACTERS)
    most["printed"] = PRINTED_CHARACTERS
    cut: dict[str, Any] = {
        name: f"{text[:characters]} … ({len(text) - characters:,} more characters)"
        for name, characters in most.items()
        if (text := getattr(test, name)) is not None and len(text) > characters
    }
    return replace(test, **cut) if cut else test


def _ended(test: TestResult, outcome: Outcome, message: str) -> TestResult:
    return replace(test, outcome=outcome, message=message)


def _raised(test: TestResult, error: Raised, known: Sequence[KnownError]) -> TestResult:
    got = f"{error.kind}: {error}" if str(error) else error.kind
    failed = _ended(test, Outcome.FAILED, f"it raised {error.kind}")
    return replace(failed, got=got, likely=error.likely or refused(error) or cause_of(error, known))


def _missing(test: TestResult, error: Missing) -> TestResult:
    if error.why:
        return _ended(test, Outcome.FAILED, error.why)
    message = f"{NOT_THERE} {error.name}"
    near = difflib.get_close_matches(error.name, error.defined, n=1)
    if not near:
        return _ended(test, Outcome.NOT_STARTED, message)
    likely = f"It defines {near[0]}: is the name misspelled?"
    return replace(_ended(test, Outcome.FAILED, message), likely=likely)


def _wrong_name(raised: object, known: Sequence[KnownError]) -> str | None:
    """What is said of an error in place of the one that the test expects, if that is certain."""
    if isinstance(raised, Raised) and raised.kind in NAMES:
        return cause_of(raised, known)
    return None
