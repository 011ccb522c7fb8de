"""Python that somebody wrote, read without running it."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.errors import CourseError

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


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


def binding(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names that statements give a meaning to, also under an `if` or `try`."""
    waiting = list(nodes)
    while waiting:  # no recursion: what Python can parse may be nested deeper than it can call
        node = waiting.pop()
        if isinstance(node, DEFINITIONS):
            yield node.name
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        waiting += ast.iter_child_nodes(node)


def defined(statement: ast.stmt) -> set[str]:
    """The names of what it defines; what it imports is defined elsewhere."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return set()
    return {*binding([statement])}
