"""The texts that a new exercise begins with: a tiny one that works, to be replaced bit by bit.

They lie in skeleton/. `@NAME@`, `@UNIT@` and `@CLASS@` stand for the names; what the author is to
replace is marked TODO.
"""

import re
from pathlib import Path

from grader.course.names import Name

_SKELETON = Path(__file__).parent / "skeleton"


def _text(name: str) -> str:
    return (_SKELETON / name).read_text(encoding="utf-8")


COURSE, UNIT, EXERCISE = re.split(r"(?=\n\[\[)", _text("course.toml"))
TO_MEND, SUITE, BANK = map(_text, ("solution.py.txt", "suite.py.txt", "bank.py.txt"))
TO_WRITE = re.sub(r" *# INSTEAD\n.*?(?= *# END)", "", TO_MEND, flags=re.DOTALL)
CONFTEST, IGNORED = _text("conftest.py.txt"), _text("gitignore.txt")
POINTS = 3  # of a unit in course.toml, and so of the tests in the suite
# What is marked in them, to the end of the line.
MARKS = tuple(
    dict.fromkeys(re.findall("TODO.*", "".join((COURSE, UNIT, EXERCISE, TO_MEND, SUITE, BANK))))
)


def filled(text: str, name: Name) -> str:
    """The text of one exercise."""
    text = text.replace("@UNIT@", name.unit).replace("@NAME@", name.exercise)
    return text.replace("@CLASS@", class_of(name.exercise))


def class_of(exercise: str) -> str:
    """The class of the suite that judges the exercise."""
    return "Test" + "".join(part[:1].upper() + part[1:] for part in exercise.split("_"))
