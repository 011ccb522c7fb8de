"""Where an exercise stands in a text, also in one that is no Python."""

import ast
import re
from collections.abc import Iterator

_NEXT = re.compile(r"(async[ \t]+def|def|class)[ \t]|@")


def places(text: str, exercise: str) -> Iterator[tuple[int, int]]:
    """Where the exercise is defined at the top level, from its decorators to its last line."""
    lines = text.split("\n")
    begins = [0]
    for line in lines:
        begins.append(begins[-1] + len(line) + 1)
    try:
        spans = list(_parsed(ast.parse(text), exercise))
    except (SyntaxError, ValueError):
        spans = list(_guessed(lines, exercise))
    return ((begins[first], begins[last] - 1) for first, last in spans)


def first_line(node: ast.stmt) -> int:
    """Where a statement begins, with its decorators."""
    parts: list[ast.stmt | ast.expr] = [node, *getattr(node, "decorator_list", [])]
    return min(part.lineno for part in parts)


def _parsed(module: ast.Module, exercise: str) -> Iterator[tuple[int, int]]:
    for node in module.body:
        named = [getattr(node, "name", None)]
        if isinstance(node, ast.Assign):
            named = [getattr(target, "id", None) for target in node.targets]
        if exercise in named:
            yield first_line(node) - 1, node.end_lineno or node.lineno


def _guessed(lines: list[str], exercise: str) -> Iterator[tuple[int, int]]:
    """Of a text that is no Python: up to the next definition, whatever stands before that."""
    begins = re.compile(rf"(?:async[ \t]+def|def|class)[ \t]+{exercise}\b|{exercise}[ \t]*=(?!=)")
    for number, line in enumerate(lines):
        if begins.match(line):
            first, last = number, number + 1
            while first and lines[first - 1].startswith("@"):
                first -= 1
            while last < len(lines) and not _NEXT.match(lines[last]):
                last += 1
            while not lines[last - 1].strip() and last > number + 1:
                last -= 1
            yield first, last
