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


def at_top(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """These and what is in them in order, also under an `if` or `try`; of definitions nothing."""
    waiting = [*nodes][::-1]
    while waiting:  # no recursion: what Python can parse may be nested deeper than it can call
        yield (node := waiting.pop())
        if not isinstance(node, DEFINITIONS):
            waiting += reversed([*ast.iter_child_nodes(node)])


def binding(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names that statements give a meaning to, also under an `if` or `try`."""
    for node in at_top(nodes):
        if isinstance(node, DEFINITIONS):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def defined(statement: ast.stmt) -> set[str]:
    """The names of what it defines; what it imports is defined elsewhere."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return set()
    return {*binding([statement])}


def marks(node: ast.AST) -> dict[str, object]:
    """The decorators of a definition, `@NAME`, `@suite.NAME` or `@NAME(...)`, by their names, each
    with its first argument where that is a constant."""
    found: dict[str, object] = {}
    for mark in getattr(node, "decorator_list", ()):
        called, given = (mark.func, mark.args[:1]) if isinstance(mark, ast.Call) else (mark, [])
        name = getattr(called, "id", getattr(called, "attr", ""))
        values = [each.value for each in given if isinstance(each, ast.Constant)]
        found[name] = values[0] if values else None
    return found
