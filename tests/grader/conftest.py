"""A course small enough to be written for one test."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.model import Course, read_course

COURSE = """
title = "tiny"
"""
UNIT = """
[[unit]]
name = "{unit}"
title = "A tiny unit"
points = 5

[[unit.exercise]]
name = "double"
title = "twice as much"
hints = ["What is 2 * 3?", "Multiplication works on whole tensors.", "return 2 * x"]

[[unit.exercise]]
name = "halve"
title = "half as much"
"""
SOLUTION = '''
def double(x):
    """Return 2 x."""
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION


def halve(x):
    """Return x / 2."""
    # BEGIN SOLUTION
    return x / 2
    # END SOLUTION
'''
SUITE = '''
from grader.suite import assert_same, exercise, points


@exercise("double")
class TestDouble:
    @points(3)
    def test_every_number_is_doubled(self, student, reference, device, rng):
        """Every number is doubled."""
        x = rng.normal(4)
        assert_same(student.double(x), reference.double(x))


@exercise("halve")
class TestHalve:
    @points(2)
    def test_every_number_is_halved(self, student, reference, device, rng):
        """Every number is halved."""
        x = rng.normal(4)
        assert_same(student.halve(x), reference.halve(x))
'''

MakeCourse = Callable[..., Course]
_numbers = itertools.count()


@pytest.fixture(scope="session")
def make_course(tmp_path_factory: pytest.TempPathFactory) -> MakeCourse:
    """Write a course: one unit for each suite that is given; None stands for a sound one.

    Suites and solutions are modules of this process, so units need names of their own: a suite
    named `tiny` gets the unit `tiny7`, and so on. With `exact=True` the names stay.
    """

    def make(*, exact: bool = False, **suites: str | None) -> Course:
        root = tmp_path_factory.mktemp("course")
        for folder in ("exercises", "solutions", "tests/hidden"):
            (root / folder).mkdir(parents=True)
        text = COURSE
        for name, suite in (suites or {"tiny": None}).items():
            unit = name if exact else f"{name}{next(_numbers)}"
            text += UNIT.format(unit=unit)
            (root / "solutions" / f"{unit}.py").write_text(SOLUTION)
            (root / "tests" / "hidden" / f"test_{unit}.py").write_text(
                SUITE if suite is None else suite
            )
        (root / "course.toml").write_text(text)
        return read_course(root)

    return make


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write files, given as `name=text` or `{path: text}`, into a new folder."""

    def write(files: dict[str, str | bytes]) -> Path:
        folder = tmp_path / "submission"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return write
