"""A course, and the files of a kit of it."""

import pytest

from grader.course.model import Course
from grader.kit.make import kit_files

from . import shop


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return shop.write_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def files(course: Course) -> dict[str, bytes]:
    return kit_files(course)
