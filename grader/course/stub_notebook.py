"""From the stub of a unit to its notebook: the lesson, then for each exercise its stub and a check.

The bytes follow from the stub and the course alone: cells are named after what is in them.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from itertools import takewhile

from grader.course.model import Course, Unit
from grader.course.source import DEFINITIONS

_CHECKING = re.compile(
    r"(Replace each `raise NotImplementedError\(\.\.\.\)` below with your code\.\s+)?"
    r"Check your work with\s+grade \w+\s*\Z"
)
_CODE_OR_SIGN = re.compile(r"(`[^`]*`)|[*_<\\]")
IMPORTS, REST = "imports-", "rest-"  # no names that an exercise can have
TITLE, CHECK = "-title", "-check"  # what the cells around an exercise are called besides its name
_LEFT_OPEN = "raise NotImplementedError"
_TO_WRITE = "Put your code in the place of each `raise NotImplementedError(...)`"
_TO_MEND = "Mend the program in a cell"
_HOW = """\
{}, run the cell with Shift+Enter, then run the `%grade` cell below it. Whenever you open this \
notebook again, run its cells from the top first; until its first code cell has run, `%grade` is \
not found."""


def notebook_of(stub: str, course: Course, unit: Unit) -> str:
    """The notebook of a unit, in format 4.5, as Jupyter writes it; nbformat checks every cell."""
    from nbformat import v4, writes  # takes as long as a whole unit's tests

    module = ast.parse(stub)
    exercises = {exercise.name: exercise.title for exercise in unit.exercises}
    how = _HOW.format(_TO_WRITE if _LEFT_OPEN in stub else _TO_MEND)
    lesson = _lesson(ast.get_docstring(module) or unit.title)
    cells = [v4.new_markdown_cell(f"{lesson}\n\n{how}", id="lesson")]
    for name, text in _blocks(stub, module, list(exercises)):
        if name in exercises:
            title = f"## `{name}`: {exercises[name]}"
            cells.append(v4.new_markdown_cell(title, id=cell_id(f"{name}{TITLE}")))
        cells.append(v4.new_code_cell(text, id=cell_id(name)))
        if name in exercises:
            check = f"%grade {_shortest(name, course, unit)}"
            cells.append(v4.new_code_cell(check, id=cell_id(f"{name}{CHECK}")))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    written: str = writes(v4.new_notebook(cells=cells, metadata=metadata))
    return f"{written}\n"


def cell_id(identity: str) -> str:
    return re.sub(r"[^a-zA-Z0-9_-]", "-", identity)[:64]


def _lesson(docstring: str) -> str:
    """A module's docstring as Markdown, where an indented block already is code."""
    title, _, rest = docstring.partition("\n\n")
    text = _CHECKING.sub("", rest).rstrip()
    paragraphs = [p if p.startswith("    ") else _escaped(p) for p in text.split("\n\n")]
    heading = _escaped(" ".join(title.split()).removesuffix("."))
    return "\n\n".join([f"# {heading}", *filter(None, paragraphs)])


def _escaped(text: str) -> str:
    """Signs that mean something to Markdown mean themselves, except in code."""
    return _CODE_OR_SIGN.sub(lambda found: found[1] or f"\\{found[0]}", text)


def _blocks(stub: str, module: ast.Module, names: list[str]) -> Iterator[tuple[str, str]]:
    """The module from top to bottom: its imports, each exercise by name with what precedes it,
    and what follows the last one, if anything does."""
    documented = ast.get_docstring(module) is not None
    start = module.body[0].end_lineno or 0 if documented else 0
    body = module.body[documented:]
    imports = list(takewhile(lambda node: isinstance(node, (ast.Import, ast.ImportFrom)), body))
    ends = {IMPORTS: imports[-1].end_lineno or 0 if imports else start}
    ends |= {
        node.name: node.end_lineno or 0
        for node in body
        if isinstance(node, DEFINITIONS) and node.name in names
    }
    lines = stub.rstrip("\n").split("\n")
    for name, end in [*sorted(ends.items(), key=lambda found: found[1]), (REST, len(lines))]:
        text = "\n".join(lines[start:end]).strip("\n")
        if name == IMPORTS:
            text = f"{text}\n\n%load_ext grader".lstrip("\n")
        if text:
            yield name, text
        start = end


def _shortest(name: str, course: Course, unit: Unit) -> str:
    """An exercise's name, with its unit if that is needed to tell it from another of the course."""
    units = (*course.units, *course.omitted)
    every = [word for u in units for word in (u.name, *(e.name for e in u.exercises))]
    return name if Counter(every)[name] == 1 else f"{unit.name}.{name}"
