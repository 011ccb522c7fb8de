"""What learners may see of the suites of this course."""

from pathlib import Path

import pytest

from grader.course import read_course
from grader.kit.making import visible_texts
from grader.points import points_of_suite

COURSE = read_course(Path(__file__).parents[2])


@pytest.mark.parametrize("unit", [unit.name for unit in COURSE.units])
def test_every_exercise_has_a_visible_test(unit: str, tmp_path: Path) -> None:
    points = visible_points(unit, tmp_path)
    assert {exercise.name for exercise in COURSE.unit(unit).exercises} == points.keys()


def test_about_half_of_the_points_are_visible(tmp_path: Path) -> None:
    visible = sum(sum(visible_points(unit.name, tmp_path).values()) for unit in COURSE.units)
    assert 40 <= visible <= 55


def visible_points(unit: str, folder: Path) -> dict[str, int]:
    path = folder / COURSE.suite(unit).name
    path.write_bytes(visible_texts(COURSE, unit)[path.name])
    return points_of_suite(path)
