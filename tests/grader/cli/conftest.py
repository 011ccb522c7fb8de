"""The command in a course of two units: `tiny`, half solved, and `faulty`, whose suite is wrong."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from grader.course.model import Course
from tests.grader import command
from tests.grader.tiny_course import FAULTY_SUITE, HALF, RIGHT, Unit

Grade = Callable[..., command.Ended]


@pytest.fixture
def course(make_course: Callable[..., Course]) -> Course:
    course = make_course(tiny=Unit(), faulty=Unit(suite=FAULTY_SUITE))
    course.stub("tiny").write_text(HALF)
    course.stub("faulty").write_text(RIGHT)
    return course


@pytest.fixture
def grade(course: Course, tmp_path: Path) -> Grade:
    """Run `grade` in that course; its temporary files lie in `tmp_path`."""
    return partial(command.grade, course.root, TMPDIR=str(tmp_path))
