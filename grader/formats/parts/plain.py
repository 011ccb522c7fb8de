"""Feedback as plain text, for readers that show text as it is."""

import math
import re
from collections.abc import Iterable

from rich.text import Text

from grader.formats.parts import failures
from grader.report import Location, TestResult

_ENDLESS = 1e9
_PREFIXED = re.compile(r"(?P<file>[^:,\n]+\.py):(?P<line>\d+): ")
_NOTEBOOK = re.compile(r"(?P<file>[^:,\n]+\.ipynb), cell \d+")


def text_of(lines: Iterable[Text]) -> str:
    return "\n".join(line.plain.rstrip() for line in lines)


def details(test: TestResult) -> str:
    """What happened in a failing test, one line for each row, the keys in a column."""
    return "\n".join(
        f"{'' if position else key:<{failures.KEY_CELLS}}{row}".rstrip()
        for key, rows in failures.details(test)
        for position, row in enumerate(rows)
    )


def seconds(tests: Iterable[TestResult]) -> float:
    """The time that `tests` took together; what is no time counts for nothing."""
    return math.fsum(test.seconds for test in tests if 0 < test.seconds < _ENDLESS)


def place_of(message: str) -> Location | None:
    """The line that a message on loading begins with; of a notebook, the file."""
    if notebook := _NOTEBOOK.match(message):
        return Location(notebook["file"], 1, cell=1)
    if found := _PREFIXED.match(message):
        return Location(found["file"], int(found["line"][:9]))
    return None
