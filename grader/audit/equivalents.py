"""Mutants that no test can catch, as the author explains: solutions/equivalent.toml.

[[scaling]]
exercise = "double"        # "" for code that several exercises share
before = "return x + x"
after = "return x * 2"     # or a list of such lines
reason = "Both are exact, so that they are equal to the last digit."
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.audit.mutants import Mutant, stripped
from grader.course.model import Course
from grader.errors import CourseError

_KEYS = {"exercise", "before", "after", "reason"}


@dataclass(frozen=True)
class Equivalent:
    """One entry, at `line` of its file: mutants that do what the solution does, and why."""

    exercise: str
    before: str
    after: tuple[str, ...]
    reason: str
    line: int

    def matches(self, mutant: Mutant) -> bool:
        return (
            self.exercise == (mutant.exercise or "")
            and self.before == mutant.before
            and mutant.after in self.after
        )


def read_equivalents(course: Course) -> dict[str, tuple[Equivalent, ...]]:
    """The entries of each unit; none if there is no file. Raises: CourseError if it is broken."""
    path = course.equivalents_file
    if not path.is_file():
        return {}
    text = path.read_text("utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path} cannot be read: {error}") from None
    units = {unit.name for unit in course.units}
    if strange := sorted(data.keys() - units):
        raise CourseError(f"{path}: there is no unit {strange[0]!r}")
    return {unit: _entries(path, text, unit, data[unit]) for unit in data}


def _entries(path: Path, text: str, unit: str, entries: Any) -> tuple[Equivalent, ...]:
    if not isinstance(entries, list):
        raise CourseError(f"{path}: write [[{unit}]], with two brackets, above each entry")
    heads = [
        number
        for number, line in enumerate(text.split("\n"), start=1)
        if re.match(rf"\[\[\s*{unit}\s*\]\]", line)
    ]
    lines = heads if len(heads) == len(entries) else [1] * len(entries)
    return tuple(_entry(path, line, entry) for line, entry in zip(lines, entries, strict=True))


def _entry(path: Path, line: int, entry: dict[str, Any]) -> Equivalent:
    after = entry.get("after", [])
    changes = [after] if isinstance(after, str) else after
    texts = [entry.get("exercise", ""), entry.get("before", ""), entry.get("reason", ""), *changes]
    if strange := sorted(entry.keys() - _KEYS):
        known = ", ".join(sorted(_KEYS))
        raise CourseError(f"{path}:{line}: unknown key {strange[0]!r}; an entry may have {known}")
    if not all(isinstance(text, str) for text in texts):
        raise CourseError(f"{path}:{line}: an entry holds strings; `after` may be a list of them")
    exercise, before, reason, *changes = texts
    before, *after = (stripped(text.split("\n")) for text in (before, *changes))
    return Equivalent(exercise, before, tuple(after), reason.strip(), line)
