"""From the stub of a unit to its notebook: the lesson, then for each exercise its stub and a check.

The bytes follow from the stub and the course alone: cells are named after what is in them.
"""

import ast
import json
import re
from collections import Counter
from itertools import takewhile
from typing import Any

from grader.course.model import Course, Unit

_CHECKING = re.compile(
    r"(Replace each `raise NotImplementedError\(\.\.\.\)` below with your code\.\s+)?"
    r"Check your work with\s+grade \w+\s*\Z"
)
_CODE_OR_SIGN = re.compile(r"(`[^`]*`)|[*_<\\]")
IMPORTS, REST = "imports-", "rest-"  # no names that an exercise can have
_HOW = """\
Put your code in the place of each `raise NotImplementedError(...)`, run the cell with \
Shift+Enter, then run the `%grade` cell below it. Whenever you open this notebook again, run its \
cells from the top first; until its first code cell has run, `%grade` is not found."""


def notebook_of(stub: str, course: Course, unit: Unit) -> str:
    """The notebook of a unit, in format 4.5, as Jupyter writes it."""
    module = ast.parse(stub)
    cells = [_markdown("lesson", _lesson(ast.get_docstring(module) or unit.title))]
    names = [exercise.name for exercise in unit.exercises]
    for name, text in _blocks(stub, module, names):
        if name == IMPORTS:
            cells.append(_code(name, f"{text}\n\n%load_ext grader".lstrip("\n")))
            continue
        if name == REST:
            cells.append(_code(name, text))
            continue
        cells.append(_markdown(f"{name}-title", f"## `{name}`: {unit.exercise(name).title}"))
        cells.append(_code(name, text))
        cells.append(_code(f"{name}-check", f"%grade {_shortest(name, course, unit)}"))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _lesson(docstring: str) -> str:
    """A module's docstring as Markdown, where an indented block already is code."""
    title, _, rest = docstring.partition("\n\n")
    text = _CHECKING.sub("", rest).rstrip()
    paragraphs = [p if p.startswith("    ") else _escaped(p) for p in text.split("\n\n")]
    heading = _escaped(" ".join(title.split()).removesuffix("."))
    return "\n\n".join([f"# {heading}", *filter(None, paragraphs), _HOW])


def _escaped(text: str) -> str:
    """Signs that mean something to Markdown mean themselves, except in code."""
    return _CODE_OR_SIGN.sub(lambda found: found[1] or f"\\{found[0]}", text)


def _blocks(stub: str, module: ast.Module, names: list[str]) -> list[tuple[str, str]]:
    """The module from top to bottom: its imports, each exercise by name with what precedes it,
    and what follows the last one, if anything does."""
    body = module.body[1:] if ast.get_docstring(module) is not None else module.body
    imports = list(takewhile(lambda node: isinstance(node, (ast.Import, ast.ImportFrom)), body))
    defined = {
        node.name: node.end_lineno or 0
        for node in body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }
    start = 0 if body is module.body else module.body[0].end_lineno or 0
    lines, blocks = stub.rstrip("\n").split("\n"), []
    ends = {IMPORTS: imports[-1].end_lineno or 0 if imports else start}
    ends |= sorted(((n, defined[n]) for n in names if n in defined), key=lambda found: found[1])
    for name, end in {**ends, REST: len(lines)}.items():
        blocks.append((name, "\n".join(lines[start:end]).strip("\n")))
        start = end
    return [block for block in blocks if block[1] or block[0] == IMPORTS]


def _shortest(name: str, course: Course, unit: Unit) -> str:
    """An exercise's name, with its unit if that is needed to tell it from another."""
    every = [word for u in course.units for word in (u.name, *(e.name for e in u.exercises))]
    return name if Counter(every)[name] == 1 else f"{unit.name}.{name}"


def _markdown(identity: str, text: str) -> dict[str, Any]:
    return _cell("markdown", identity, text)


def _code(identity: str, text: str) -> dict[str, Any]:
    return _cell("code", identity, text) | {"execution_count": None, "outputs": []}


def _cell(kind: str, identity: str, text: str) -> dict[str, Any]:
    return {
        "cell_type": kind,
        "id": re.sub(r"[^a-zA-Z0-9_-]", "-", identity)[:64],
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
