"""A page as a learner asks for it: `grade --format html`, over work that tries things."""

import pytest

from grader.course.model import Course
from tests.grader import command

from .pages import MARKUP, read

WORK = f"""
def double(x):
    return x + 2

def halve(x):
    print({MARKUP!r})
    raise ValueError({MARKUP!r})
"""
DRAWING = """
from pathlib import Path

import torch

from grader.suite.pictures import curves

Path(__file__).with_name("drawn").touch()


def double(student, reference):
    x = torch.arange(5.0)
    right = reference.double(x)
    return curves("double(x)", "x", "twice x", x, student.double(x), right)


def halve(student, reference):
    return curves("halve(x)", "x", "half of x", [1.0], [student.halve(1.0)], [reference.halve(1.0)])
"""


@pytest.fixture
def course(make_course) -> Course:
    course: Course = make_course()
    (course.root / "exercises" / "tiny.py").write_text(WORK)
    (course.suites_folder / "pictures_tiny.py").write_text(DRAWING)
    return course


def test_a_page_shows_the_failures_and_draws_what_can_be_drawn(course: Course) -> None:
    output = course.root / "report.html"
    ran = command.grade(course.root, "--format", "html", "--output", output)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "Score 0/5" in ran.stdout
    page = read(output.read_text(encoding="utf-8"))
    assert page.elements.count("figure") == 1
    for said in ("0 of 5 points", "double(x)", "twice x", "Every number is halved", "<script>"):
        assert said in page.text


def test_nothing_is_drawn_where_no_page_is_wanted(course: Course) -> None:
    ran = command.grade(course.root, "--format", "json")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert not (course.suites_folder / "drawn").exists()
