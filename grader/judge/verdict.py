"""From what a test raised to what is said about it: one outcome and the learner's words for it."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest

from grader.errors import GraderError, Missing, Raised, SubmissionFault, TimedOut
from grader.judge.causes import refused
from grader.judge.unwritten import unwritten
from grader.report import Location, Outcome, TestResult
from grader.suite.asserts import Mismatch

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
    passes_with_solution: Callable[[], bool],
    texts: Mapping[str, str] = MappingProxyType({}),
) -> TestResult:
    """Judge one test by what it raised; `test` is its result if it passed.

    `texts` are the learner's files, by the names that frames give them.

    An unforeseen exception is the learner's doing only if the test works with the solution in
    the learner's place; otherwise the suite is broken and nobody loses points over it.
    """
    if error is None:
        return test
    match error:
        case Mismatch():
            outcome = Outcome.FAILED
            return replace(
                _ended(test, outcome, error.message),
                expected=error.expected,
                got=error.got,
                likely=error.likely,
            )
        case NotImplementedError() if isinstance(error, Raised):
            found = unwritten(error, test.exercise, texts)
            if found.message is not None:
                outcome = Outcome.NOT_STARTED if found.not_started else Outcome.FAILED
                return _ended(test, outcome, found.message)
            return replace(_raised(test, error), likely=found.likely)
        case Raised():
            return _raised(test, error)
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
    if isinstance(error, Exception) and passes_with_solution():
        said = f"the test could not use the value you returned ({what})"[:300]
        return _ended(test, Outcome.FAILED, said)
    return _ended(test, Outcome.GRADER_FAULT, f"the test itself failed: {what}"[:500])


def with_circumstances(
    test: TestResult, *, called: str | None, location: Location | None, printed: str | None
) -> TestResult:
    """With the circumstances of the call, where they help: a passed test needs none."""
    if test.outcome in (Outcome.PASSED, Outcome.PENDING, Outcome.GRADER_FAULT):
        return replace(test, printed=printed)
    if test.outcome in (Outcome.NOT_STARTED, Outcome.BLOCKED):
        called = None
    return replace(test, called=called, location=location, printed=printed)


def bounded(test: TestResult) -> TestResult:
    """With texts of a length that a report can hold."""
    return replace(
        test,
        message=_cut(test.message),
        called=_cut(test.called),
        expected=_cut(test.expected),
        got=_cut(test.got),
        likely=_cut(test.likely),
        printed=_cut(test.printed, PRINTED_CHARACTERS),
    )


def _cut(text: str | None, characters: int = TEXT_CHARACTERS) -> str | None:
    if text is None or len(text) <= characters:
        return text
    return f"{text[:characters]} … ({len(text) - characters:,} more characters)"


def _ended(test: TestResult, outcome: Outcome, message: str) -> TestResult:
    return replace(test, outcome=outcome, message=message)


def _raised(test: TestResult, error: Raised) -> TestResult:
    got = f"{error.kind}: {error}" if str(error) else error.kind
    failed = _ended(test, Outcome.FAILED, f"it raised {error.kind}")
    return replace(failed, got=got, likely=error.likely or refused(error))


def _missing(test: TestResult, error: Missing) -> TestResult:
    if error.why:
        return _ended(test, Outcome.FAILED, error.why)
    message = f"the file defines no {error.name}"
    near = difflib.get_close_matches(error.name, error.defined, n=1)
    if not near:
        return _ended(test, Outcome.NOT_STARTED, message)
    likely = f"It defines {near[0]}: is the name misspelled?"
    return replace(_ended(test, Outcome.FAILED, message), likely=likely)
