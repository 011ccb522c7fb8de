"""What tests of the grader start from: courses, submissions, and how often hypothesis tries."""

import os
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from grader.course.model import Course

from .tiny_course import Unit, write_course, write_files

# On a busy machine any single example may be slow, and what failed in CI must fail here as well.
hypothesis.settings.register_profile(
    "torchkata", database=None, deadline=None, max_examples=20, derandomize="CI" in os.environ
)
hypothesis.settings.load_profile("torchkata")

MakeCourse = Callable[..., Course]


@pytest.fixture(scope="session")
def make_course(tmp_path_factory: pytest.TempPathFactory) -> MakeCourse:
    """Write a course of these units into a folder of its own; by default of a sound one, `tiny`."""

    def make(**units: Unit) -> Course:
        return write_course(tmp_path_factory.mktemp("course"), **units)

    return make


@pytest.fixture
def write(tmp_path: Path) -> Callable[[dict[str, str | bytes]], Path]:
    """Write a submission, `{path: content}`, into a new folder."""

    def write(files: dict[str, str | bytes]) -> Path:
        write_files(tmp_path / "submission", files)
        return tmp_path / "submission"

    return write
