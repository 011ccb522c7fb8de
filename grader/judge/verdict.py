"""From what a test raised to what is said about it: one outcome and the learner's words for it."""

import dataclasses
import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from grader.errors import GraderError, Missing, Raised, SubmissionFault, TimedOut
from grader.report import Outcome
from grader.suite.asserts import Mismatch


class Blocked(Exception):
    """This test cannot be run yet; the message says what it waits for."""


class NotStarted(Exception):
    """There is nothing of this exercise yet."""


class Pending(Exception):
    """This test cannot be run on this machine."""


@dataclass(frozen=True)
class Verdict:
    outcome: Outcome
    message: str | None = None
    expected: str | None = None
    got: str | None = None
    likely: str | None = None
    called: str | None = None
    location: str | None = None
    printed: str | None = None

    def completed(
        self,
        *,
        called: str | None,
        location: str | None,
        printed: str | None,
    ) -> "Verdict":
        """With the circumstances of the call, where they help: a passed test needs none."""
        if self.outcome in (Outcome.PASSED, Outcome.PENDING, Outcome.GRADER_FAULT):
            return dataclasses.replace(self, printed=printed)
        if self.outcome in (Outcome.NOT_STARTED, Outcome.BLOCKED):
            called = None
        return dataclasses.replace(
            self,
            called=self.called or called,
            location=self.location or location,
            printed=printed,
        )

    def as_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self) | {"outcome": self.outcome.value}


def verdict_of(
    error: BaseException | None, exercise: str, passes_with_solution: Callable[[], bool]
) -> Verdict:
    """Judge one test by what it raised.

    An unforeseen exception is the learner's doing only if the test works with the solution in
    the learner's place; otherwise the suite is broken and nobody loses points over it.
    """
    match error:
        case None:
            return Verdict(Outcome.PASSED)
        case Mismatch():
            return Verdict(Outcome.FAILED, error.message, error.expected, error.got, error.likely)
        case NotImplementedError() if isinstance(error, Raised) and _by_hand(error):
            return Verdict(Outcome.NOT_STARTED, f"{_not_started(error, exercise)}")
        case Raised():
            where = str(error.frames[-1]) if error.frames else None
            return Verdict(
                Outcome.FAILED,
                f"it raised {error.kind}",
                got=f"{error.kind}: {error}" if str(error) else error.kind,
                likely=error.likely,
                location=where,
            )
        case TimedOut():
            likely = "A loop that never ends, or far more work than is needed."
            return Verdict(Outcome.TIMED_OUT, str(error), likely=likely)
        case Missing():
            return _missing(error)
        case SubmissionFault():
            return Verdict(Outcome.CRASHED, str(error))
        case NotStarted():
            return Verdict(Outcome.NOT_STARTED, str(error))
        case Blocked():
            return Verdict(Outcome.BLOCKED, str(error))
        case Pending() | pytest.skip.Exception():
            return Verdict(Outcome.PENDING, str(error))
        case AssertionError() | pytest.fail.Exception():
            return Verdict(Outcome.FAILED, str(error) or "the test did not hold")
        case GraderError():
            return Verdict(Outcome.GRADER_FAULT, str(error))
        case Exception():
            if passes_with_solution():
                return Verdict(
                    Outcome.FAILED,
                    "the test could not work with what came back "
                    f"({type(error).__name__}: {error})"[:300],
                )
    return Verdict(
        Outcome.GRADER_FAULT,
        f"the test itself failed: {type(error).__name__}: {error}"[:500],
    )


def _missing(error: Missing) -> Verdict:
    if error.why:
        return Verdict(Outcome.FAILED, error.why, location=error.place)
    near = difflib.get_close_matches(error.name, error.defined, n=1)
    if near:
        return Verdict(
            Outcome.FAILED,
            f"the file defines no {error.name}",
            likely=f"It defines {near[0]}: is the name misspelled?",
        )
    return Verdict(Outcome.NOT_STARTED, f"the file defines no {error.name}")


def _by_hand(error: Raised) -> bool:
    """Whether the learner's line raises it; torch does too, for a dtype that it has no code for."""
    return not error.frames or "raise" in error.frames[-1].text


def _not_started(error: Raised, exercise: str) -> str:
    where = error.frames[-1].function if error.frames else exercise
    return f"{where} is not written yet"
