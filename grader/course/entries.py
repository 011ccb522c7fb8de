"""The text of course.toml, entry by entry: what stays of it where a part of the course is given."""

import re
import tomllib
from collections.abc import Collection

from grader.course.model import COURSE_FILE, Course
from grader.errors import CourseError

HEADER = re.compile(r"\s*\[\[\s*unit\s*\]\]")
EXERCISE_HEADER = re.compile(r"\s*\[\[\s*unit\s*\.\s*exercise\s*\]\]")
_OTHER_HEADER = re.compile(r"\s*\[(?!\[?\s*unit\b)")


def course_text(course: Course) -> str:
    """The text of course.toml, without the units that this part of the course omits.

    Raises: CourseError if they cannot be told from the rest.
    """
    path = course.root / COURSE_FILE
    text = path.read_bytes().decode("utf-8-sig")
    if not course.omitted:
        return text
    whole = tomllib.loads(text)
    names = [unit["name"] for unit in whole["unit"]]
    part = _only(text, names, course.everything)
    whole["unit"] = [unit for unit in whole["unit"] if unit["name"] in course.everything]
    try:
        if tomllib.loads(part) == whole:
            return part
    except tomllib.TOMLDecodeError:
        pass
    raise CourseError(
        f"{path}: as it is laid out, no units can be taken out of it. "
        "Write each unit as [[unit]] and each exercise as [[unit.exercise]]."
    )


def _only(text: str, names: list[str], kept: Collection[str]) -> str:
    """Without the entries of other units; blank lines and comments belong to what follows."""
    lines: list[str] = []
    waiting: list[str] = []
    coming, keeping = iter(names), True
    for line in text.split("\n"):
        if HEADER.match(line):
            keeping = next(coming, None) in kept
        elif _OTHER_HEADER.match(line):
            keeping = True
        waiting.append(line)
        if line.strip() and not line.lstrip().startswith("#"):
            lines += waiting if keeping else []
            waiting = []
    return "\n".join([*lines, ""])
