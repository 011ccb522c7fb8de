"""A kit and a bundle of some units of a course, and what their work is graded with."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.course.model import COURSE_FILE, Course, read_course
from grader.kit.bundles import gradescope
from grader.sandbox import jail
from tests.grader import command

from . import shop

NEXT_WEEK = "nobody_here_knows_this_yet"
RIGHT = "def double(x):\n    return x + x\n\n\ndef halve(x):\n    return x / 2\n"


@dataclass(frozen=True)
class Week:
    """A course of two units, and a kit of the second."""

    course: Course
    kit: Path
    said: str


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Week:
    course = shop.write_course(tmp_path_factory.mktemp("course"), "scaling", "later")
    solution = course.solution("scaling")
    solution.write_text(solution.read_text().replace("twice_as_much_as_before", NEXT_WEEK))
    kit = tmp_path_factory.mktemp("kits") / "kit"
    made = command.grade(course.root, "kit", kit, "later")
    assert made.returncode == 0, made.stderr
    return Week(course, kit, made.stdout)


def test_a_kit_of_some_units_holds_nothing_of_the_others(week: Week) -> None:
    assert "A kit of 1 unit, 7 points, in " in week.said
    # as in the course: with another unit's exercise of that name, it would mean two
    assert '"%grade later.double"' in (week.kit / "exercises" / "later.ipynb").read_text()
    files = {path.relative_to(week.kit).as_posix() for path in week.kit.rglob("*")}
    assert {"exercises/later.py", "exercises/later.ipynb", "tests/visible/later.tape"} <= files
    assert [name for name in files if "scaling" in name] == []
    assert list(read_course(week.kit).everything) == ["later"]
    assert (week.kit / "docs" / "course.md").read_text() == "# The contract\n\n## later\n\nScale.\n"


def test_a_kit_is_searched_as_the_units_that_it_holds(week: Week) -> None:
    notes = week.kit / "notes.txt"
    notes.write_text(f"{NEXT_WEEK} = x + x\n")
    ran = command.grade(week.course.root, "kit", "--check", week.kit)
    notes.unlink()
    leak = f"leak: notes.txt holds a line of solutions/scaling.py: {NEXT_WEEK} = x + x\n"
    assert (ran.returncode, ran.stdout) == (1, leak)  # and all else is as it should be


def test_work_is_graded_of_the_chosen_units_alone(week: Week, tmp_path: Path) -> None:
    (tmp_path / "later.py").write_text(RIGHT)
    arguments = ("--submission", tmp_path, "--format", "json", "--sandbox", "off")
    own = command.grade(week.kit, *arguments).report
    teachers = command.grade(week.course.root, "later", *arguments).report
    assert (own["score"], own["max_score"]) == (5, 5)
    assert (teachers["score"], teachers["max_score"]) == (7, 7)


@pytest.mark.skipif(jail.unavailable() is not None, reason="needs the sandbox")
def test_a_bundle_of_some_units_grades_them_and_holds_no_answer_to_others(
    week: Week, tmp_path: Path
) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "later.py").write_text(RIGHT)
    made = command.grade(week.course.root, "bundle", "gradescope", tmp_path / "x.zip", "later")
    assert made.returncode == 0, made.stderr
    archive = (tmp_path / "x.zip").read_bytes()
    assert archive == gradescope(week.course.only(["later"]))
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        course = [name for name in opened.namelist() if name.startswith("course/")]
        assert all(NEXT_WEEK.encode() not in opened.read(name) for name in course)
        opened.extractall(tmp_path, course)
    assert [name for name in course if "scaling" in name] == []
    ran = command.grade(tmp_path / "course", "--submission", tmp_path / "work", "--format", "json")
    assert (ran.report["score"], ran.report["max_score"]) == (7, 7)


def test_a_course_is_what_its_list_of_units_says_whatever_files_lie_there(tmp_path: Path) -> None:
    shop.write_course(tmp_path, "scaling", "later")
    text = (tmp_path / COURSE_FILE).read_text()
    head, scaling, _ = text.split("[[unit]]\n")
    (tmp_path / COURSE_FILE).write_text(f"{head}[[unit]]\n{scaling}")
    ran = command.grade(tmp_path, "--submission", "solutions", "--format", "json")
    assert [unit["name"] for unit in ran.report["units"]] == ["scaling"]
    assert (ran.report["score"], ran.report["max_score"]) == (7, 7)
