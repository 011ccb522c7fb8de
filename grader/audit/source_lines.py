"""Where in the course's files something stands: `solutions/UNIT.py:12`."""

import ast
import re
from functools import cache
from pathlib import Path

from grader.audit.jobs import read_text
from grader.course.model import COURSE_FILE, Course

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def place(course: Course, path: Path, line: int | None = None) -> str:
    shown = path.relative_to(course.root).as_posix()
    return f"{shown}:{line}" if line else shown


def definition(course: Course, path: Path, name: str) -> str:
    """Where a file defines a name at its top; the file alone where it does not."""
    lines = (node.lineno for node in _top(read_text(path)) if node.name == name)
    return place(course, path, next(lines, None))


def test(course: Course, unit: str, exercise: str, name: str) -> str:
    """Where the suite has a test: in the class of its exercise, or else anywhere."""
    path, bare = course.suite(unit), name.partition("[")[0]
    owners = [node for node in _top(read_text(path)) if _names(node, exercise)]
    for node in [*owners, ast.parse(read_text(path))]:
        for inner in ast.walk(node):
            if isinstance(inner, ast.FunctionDef) and inner.name == bare:
                return place(course, path, inner.lineno)
    return place(course, path)


def entry(course: Course, unit: str, exercise: str | None = None) -> str:
    """Where course.toml names a unit, or an exercise of it."""
    path = course.root / COURSE_FILE
    wanted = [("[[unit]]", unit), *([("[[unit.exercise]]", exercise)] if exercise else [])]
    table = ""
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.startswith("["):
            table = "".join(line.partition("#")[0].split())
        elif named := re.match(r"\s*name\s*=\s*[\"'](\w+)[\"']", line):
            if (table, named[1]) == wanted[0]:
                del wanted[0]
            if not wanted:
                return place(course, path, number)
    return place(course, path)


def numbered(path: Path) -> list[tuple[int, str]]:
    """The lines of a file, if it is there."""
    return [*enumerate(read_text(path).split("\n"), start=1)] if path.is_file() else []


def entry_lines(course: Course, unit: str) -> list[tuple[Path, int, str]]:
    """Those of course.toml that are about a unit; what stands above all of them is the first's."""
    path, found, last = course.root / COURSE_FILE, [], -1
    for number, line in numbered(path):
        last += line.replace(" ", "").startswith("[[unit]]")
        if course.units[max(last, 0)].name == unit:
            found.append((path, number, line))
    return found


def _names(node: _Definition, exercise: str) -> bool:
    """Does a decorator of it hold the name of the exercise?"""
    return any(
        isinstance(inner, ast.Constant) and inner.value == exercise
        for decorator in node.decorator_list
        for inner in ast.walk(decorator)
    )


@cache
def _top(text: str) -> list[_Definition]:
    return [node for node in ast.parse(text).body if isinstance(node, _Definition)]
