"""A course, and the files of a kit of it."""

import itertools

import pytest

from grader.course.model import Course
from grader.kit.make import kit_files

from . import shop

_numbers = itertools.count()


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return shop.write_course(tmp_path_factory.mktemp("course"), f"scaled{next(_numbers)}")


@pytest.fixture(scope="module")
def files(course: Course) -> dict[str, bytes]:
    return kit_files(course)
