"""What an author wrote in Python, read without running it."""

import ast
from pathlib import Path

from grader.errors import CourseError


def parsed(text: str, name: str) -> ast.Module:
    """Raises: CourseError, with the line, if it is no Python."""
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise CourseError(f"{name}:{error.lineno}: {error.msg}") from None


def read_python(path: Path) -> tuple[str, ast.Module]:
    """The text of a file, and its parts. Raises: CourseError if it is no Python in UTF-8."""
    try:
        text = path.read_text(encoding="utf-8")
        return text, parsed(text, str(path))
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from None
