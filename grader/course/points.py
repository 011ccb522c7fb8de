"""What each exercise of a suite is worth, read from the suite's text without running it."""

import ast
from collections import Counter
from pathlib import Path

from grader.errors import CourseError


def points_of_suite(path: Path) -> dict[str, int]:
    """Points by exercise: the `@points` of the tests under each `@exercise`.

    Raises: CourseError if the text is no Python.
    """
    points: Counter[str] = Counter()
    if not path.is_file():
        return {}
    for node in _parsed(path).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            name = _mark(node, "exercise")
            tests = node.body if isinstance(node, ast.ClassDef) else [node]
            for test in tests:
                if isinstance(test, ast.FunctionDef) and name is not None:
                    worth = _mark(test, "points")
                    points[str(name)] += worth if isinstance(worth, int) else 0
    return dict(points)


def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: {error.msg}") from None
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from None


def _mark(node: ast.ClassDef | ast.FunctionDef, name: str) -> object:
    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == name:
            argument = mark.args[0]
            return argument.value if isinstance(argument, ast.Constant) else None
    return None
