"""What is said of an exercise by what it raised."""

import pytest

from grader.errors import Frame, Raised
from grader.judge.verdict import verdict_of
from grader.report import Outcome, TestResult


class RaisedNotImplementedError(Raised, NotImplementedError):
    pass


def raised(line: str) -> Raised:
    error = RaisedNotImplementedError("no such thing for 'Long'")
    error.kind = "NotImplementedError"
    error.frames = (Frame("exercises/reshaping.py", 7, "patchify", line),)
    return error


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("    raise NotImplementedError", Outcome.NOT_STARTED),
        ("    raise NotImplementedError('patchify')", Outcome.NOT_STARTED),
        ("    return F.unfold(images, size, stride=size)", Outcome.FAILED),
    ],
)
def test_only_a_line_that_raises_says_that_nothing_is_written_yet(line, outcome):
    passed = TestResult("reshaping", "patchify", "test_order", "title", Outcome.PASSED, 1)
    assert verdict_of(passed, raised(line), lambda: None).outcome is outcome
