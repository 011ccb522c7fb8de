"""`grade list`: the course as a path, on a terminal and as a page."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from grader.course.model import Course
from grader.course.progress import FILE
from tests.grader import command
from tests.grader.conftest import MakeCourse
from tests.grader.formats.pages import MARKUP, read
from tests.grader.tiny_course import HALVE_TESTS, SUITE, Unit

ADDING = "Add things that nobody has added before, one after the other, without a loop."
READING = ("Adding: https://example.org/add?a=1&b=2", "A book on it.")


def remember(course: Course, finished: Iterable[str], points: dict[str, Any]) -> None:
    text = json.dumps({"finished": [*finished], "hints": {}, "points": points})
    (course.root / FILE).write_text(text)


@pytest.fixture(scope="module")
def course(make_course: MakeCourse) -> Course:
    """Three units: the first is done, the second begun."""
    second = Unit(title="Adding: more and more", summary=ADDING, reading=READING)
    course = make_course(first=Unit(summary="Begin."), second=second, third_and_last=Unit())
    done = ["first.double", "first.halve"]
    points = {"first.double": 3, "first.halve": 20, "second.double": 1, "gone.away": 7}
    remember(course, done, points)
    return course


def test_the_list_is_a_path_with_what_is_done_and_what_is_next(course: Course) -> None:
    ran = command.grade(course.root, "list")
    assert (ran.returncode, ran.stderr) == (0, "")
    *path, blank, total, following, more = ran.stdout.splitlines()
    assert path == [
        "  first           ██████████  5/5  done",  # its suite has shrunk
        "    Begin.",
        "→ second          ██░░░░░░░░  1/5  you are here",
        "    Add things that nobody has added before, one after the other, without a",
        "    loop.",
        "  third_and_last  ░░░░░░░░░░  0/5",
    ]
    assert (blank, total) == ("", "6 of 15 points, as last graded")
    assert following == "Next: second.double, twice as much"
    assert more.startswith("More: ")
    assert more.endswith(" list second")


@pytest.mark.parametrize("names", [(), ("first", "second")], ids=str)
def test_the_list_fits_any_terminal(course: Course, names: tuple[str, ...]) -> None:
    wide = command.grade(course.root, "list", *names, COLUMNS="120").stdout
    assert "without a loop." in wide
    narrow = command.grade_anew(course.root, "list", *names, COLUMNS="40", PYTHONIOENCODING="ascii")
    assert (narrow.returncode, narrow.stderr) == (0, "")
    assert narrow.stdout.isascii()
    assert narrow.stdout.split() != wide.split()
    assert max(len(line) for line in narrow.stdout.splitlines() if "grader list" not in line) <= 40
    assert "\x1b" not in wide + narrow.stdout


def test_the_exercises_of_a_unit_are_listed_with_their_points(course: Course) -> None:
    assert command.grade(course.root, "list", "second").stdout.splitlines() == [
        "second: Adding: more and more (5 points)",
        "  Add things that nobody has added before, one after the other, without a loop.",
        "",
        "→       double   1/3  twice as much",
        "        halve      2  half as much",
        "",
        "1 of 5 points, as last graded",
    ]
    assert "  done  halve   2/2  " in command.grade(course.root, "list", "first.halve").stdout


def test_where_all_is_done_nothing_is_next(make_course: MakeCourse) -> None:
    course = make_course()
    remember(course, ["tiny.double", "tiny.halve"], {"tiny.double": 3, "tiny.halve": 2})
    ran = command.grade(course.root, "list")
    assert ran.stdout.splitlines()[-2:] == ["5 of 5 points, as last graded", "All done."]
    assert "→" not in ran.stdout


def test_in_a_kit_what_has_no_test_is_never_next(make_course: MakeCourse) -> None:
    course = make_course(tiny=Unit(suite=SUITE.replace(HALVE_TESTS, "")), later=Unit())
    course.suites_folder.rename(course.root / "tests" / "visible")
    remember(course, ["tiny.double"], {"tiny.double": 3})
    first, second, _, total, following, _ = command.grade(course.root, "list").stdout.splitlines()
    assert first.split()[0::2] == ["tiny", "3/3"]
    assert first.endswith("passes")  # the teacher has other tests
    assert second.startswith("→ later")
    assert total == "3 of 8 points here, as last graded"
    assert following == "Next: later.double, twice as much"
    assert command.grade(course.root, "hint").stdout.startswith("later.double: ")


@pytest.mark.parametrize("text", ["[" * 10_000, '{"finished": [], "points": {"x": 1e999}}', "[3]"])
def test_what_is_remembered_may_be_broken(make_course: MakeCourse, text: str) -> None:
    course = make_course()
    (course.root / FILE).write_text(text)
    assert "0 of 5 points" in command.grade(course.root, "list").stdout


# --- as a page


def test_the_page_says_what_the_list_says(course: Course) -> None:
    output = course.root / "course.html"
    ran = command.grade(course.root, "list", "--format", "html", "--output", output)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"written: {output}\n", "")
    text = output.read_text(encoding="utf-8")
    assert command.grade(course.root, "list", "--format", "html").stdout == text
    command.grade(course.root, "list", "--output", output)
    assert output.read_text(encoding="utf-8") == text
    page = read(text, links=True)
    for said in ("6 of 15 points", "Next: second.double, twice as much", ADDING, "you are here"):
        assert said in page.text
    attributes = dict(page.attributes)
    assert attributes["href"] == "https://example.org/add?a=1&b=2"
    for name in ("aria-current", "open"):  # one unit is where the learner is
        assert [each for each, _ in page.attributes].count(name) == 1
    assert page.elements.count("details") == page.elements.count("h2") == 3
    assert page.elements.count("a") == 1


def test_text_of_others_is_text_on_the_page(make_course: MakeCourse) -> None:
    exercises = {"double": (), "halve": ()}
    reading = (
        f"{MARKUP}: javascript:alert(1)",
        f'{MARKUP[:80]} https://example.org/"onclick=x',
        "",
    )
    unit = Unit(title=MARKUP, summary=MARKUP, reading=reading, exercises=exercises)
    course = make_course(tiny=unit)
    remember(course, [MARKUP, "tiny.double"], {MARKUP: 1, "tiny.double": 3})
    ran = command.grade(course.root, "list", "--format", "html")
    assert (ran.returncode, ran.stderr) == (0, "")
    page = read(ran.stdout, links=True)
    assert "<script>" in page.text
    assert page.elements.count("a") == 1
    assert "3 of 5 points" in page.text


def test_a_page_takes_the_place_of_no_work(course: Course) -> None:
    for output, reason in {"exercises/first.py": "choose a file", "no/x.html": "folder"}.items():
        ran = command.grade(course.root, "list", "--format", "html", "--output", output)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert reason in ran.stderr
