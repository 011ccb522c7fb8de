"""The marks of a suite: which exercise a test belongs to, what it is worth, who may see it."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from grader.errors import CourseError

T = TypeVar("T", bound=Callable[..., object] | type)


def exercise(name: str) -> Callable[[T], T]:
    """Every test of this class (or this function) judges the exercise `name`."""
    return pytest.mark.exercise(name)


def points(worth: int) -> Callable[[T], T]:
    """This test is worth `worth` points. Raises: CourseError for all but whole numbers from 1."""
    if type(worth) is not int or worth < 1:
        raise CourseError(f"@points({worth!r}): points are whole numbers, at least 1")
    return pytest.mark.points(worth)


def needs(test: str) -> Callable[[T], T]:
    """This test is blocked unless `test`, of the same exercise, has passed."""
    return pytest.mark.needs(test)


def rehearsed(calls: int) -> Callable[[T], T]:
    """This test is also run on the rehearsal device, once its exercise has passed on the CPU, as
    far as the first `calls` of the exercise.

    Raises: CourseError for all but whole numbers from 1.
    """
    if type(calls) is not int or calls < 1:
        raise CourseError(f"@rehearsed({calls!r}): it takes a number of calls, at least 1")
    return pytest.mark.rehearsed(calls)


def visible(test: T) -> T:
    """This test is given to learners, in the kit; all others stay with the teacher.

    Raises: TypeError for a class: each test says it for itself.
    """
    if isinstance(test, type):
        raise TypeError(f"@visible is for tests, not for a class such as {test.__name__}")
    mark: Callable[[T], T] = pytest.mark.visible
    return mark(test)
