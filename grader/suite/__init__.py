"""What a suite needs, in one place: marks and asserts. The fixtures come from `plugin`."""

from grader.suite.asserts import (
    assert_form,
    assert_raises,
    assert_same,
    assert_unchanged,
    assert_view,
    defaults_of,
    fail,
    unpack,
)
from grader.suite.forms import as_like
from grader.suite.marks import exercise, needs, points, rehearsed, visible
from grader.suite.tape import recorded

__all__ = [
    "as_like",
    "assert_form",
    "assert_raises",
    "assert_same",
    "assert_unchanged",
    "assert_view",
    "defaults_of",
    "exercise",
    "fail",
    "needs",
    "points",
    "recorded",
    "rehearsed",
    "unpack",
    "visible",
]
