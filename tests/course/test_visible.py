"""What learners may see of the suites of this course, and the kit that they get."""

from itertools import zip_longest
from pathlib import Path

import pytest

from grader.course.map import points_of_suite
from grader.course.model import Course, read_course
from grader.judge.options import Options
from grader.judge.session import Session
from grader.kit.check import leaks
from grader.kit.make import kit_files, write_kit
from grader.kit.visible_suite import visible_texts
from grader.report import Outcome
from grader.work.submission import Source, Submission

COURSE = read_course(Path(__file__).parents[2])
ACCEPTED = COURSE.root / "tests" / "accepted"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return kit_files(COURSE)


@pytest.fixture(scope="module")
def kit(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Course:
    folder = tmp_path_factory.mktemp("kit") / "kit"
    write_kit(files, folder, COURSE)
    return read_course(folder)


def test_the_kit_of_this_course_holds_nothing_secret(
    kit: Course, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.kit.check.kit_files", lambda *_: files)  # once is enough
    assert leaks(COURSE, kit.root) == []


def test_every_right_answer_gets_full_marks_in_the_kit(kit: Course) -> None:
    """What was recorded with the solution fits to any other way of writing it."""
    solved = {unit.name: [COURSE.solution(unit.name)] for unit in COURSE.units}
    styles = {unit: sorted((ACCEPTED / unit).glob("*.py"))[1::5] for unit in solved}
    with Session(kit, Options(), own_work=True) as session:
        for files in zip_longest(*(solved[unit] + styles[unit] for unit in solved)):
            work = {
                unit: Source(file.name, file.read_text("utf-8"))
                for unit, file in zip(solved, files, strict=True)
                if file is not None
            }
            report = session.grade(Submission(ACCEPTED, work), kit.select(list(work)))
            lost = [(t.id, t.message) for t in report.tests if t.outcome is not Outcome.PASSED]
            assert {test.unit for test in report.tests} == work.keys()
            assert not lost, files


@pytest.mark.parametrize("unit", [unit.name for unit in COURSE.units])
def test_every_exercise_has_a_visible_test(unit: str, tmp_path: Path) -> None:
    points = visible_points(unit, tmp_path)
    assert {exercise.name for exercise in COURSE.unit(unit).exercises} == points.keys()


def test_about_half_of_the_points_are_visible(tmp_path: Path) -> None:
    visible = sum(sum(visible_points(unit.name, tmp_path).values()) for unit in COURSE.units)
    assert 0.4 <= visible / sum(unit.points for unit in COURSE.units) <= 0.55


def visible_points(unit: str, folder: Path) -> dict[str, int]:
    path = folder / COURSE.suite(unit).name
    path.write_bytes(visible_texts(COURSE, unit)[path.name])
    return points_of_suite(path)
