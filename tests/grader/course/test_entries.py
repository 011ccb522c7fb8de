"""A part of a course has the text of its course.toml, less the entries of other units."""

from pathlib import Path

import pytest

from grader.course.entries import course_text
from grader.course.model import COURSE_FILE, Course, read_course
from grader.errors import CourseError

HEAD = 'title = "three" # units\n\n# The beginning.\n'
UNIT = """[[unit]]
name = "{name}"
title = "[[unit]]"
points = 1

# Only one.
[[unit.exercise]]
name = "e_{name}"
title = "e"
hints = [
    "[[error]] # {name}",
    '''
# no comment
''',
]
"""
ERROR = """
# What goes wrong.
[[error]]
error = "ValueError: x"
likely = "y"

"""


def written(root: Path, text: str) -> Course:
    (root / COURSE_FILE).write_bytes(text.encode())
    return read_course(root)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_stays_is_as_its_author_wrote_it(tmp_path: Path, end: str) -> None:
    one, two, three = (UNIT.format(name=name) for name in ("one", "two", "three"))
    second = "\n# About the second.\n"
    whole = f"{HEAD}{one}{ERROR}{second}{two}# And the last.\n{three}".replace("\n", end)
    course = written(tmp_path, whole)
    assert course_text(course) == whole
    assert course_text(course.only(["three", "one", "two"])) == whole
    expected = {
        "one": f"{HEAD}{one}{ERROR.rstrip()}\n",
        "two": f"{HEAD.rpartition('#')[0].rstrip()}\n{ERROR.rstrip()}\n\n{second}{two}",
    }
    assert course_text(course.only(["one"])) == expected["one"].replace("\n", end)
    assert course_text(course.only(["two"])) == expected["two"].replace("\n", end)


def test_entries_of_another_layout_are_refused(tmp_path: Path) -> None:
    entries = ", ".join(
        f'{{name = "{name}", title = "t", points = 1, exercise = []}}' for name in ("one", "two")
    )
    course = written(tmp_path, f'title = "t"\nunit = [{entries}]\n')
    with pytest.raises(CourseError, match=r"Write each unit as \[\[unit\]\]"):
        course_text(course.only(["two"]))
