"""The report in the way of compilers, a line for each failure, which editors know how to read.

exercises/activations.py:107: error: activations.softmax: Every row sums to one. …
"""

from collections.abc import Iterator

from grader.formats.parts import failures, plain, summary
from grader.formats.parts.scoreboard import total_of
from grader.formats.parts.text import one_line
from grader.report import Location, Report, TestResult

_CHARACTERS = 600


def render(report: Report) -> str:
    """What is wrong, each thing on its line, and the score; what is not started is no problem."""
    return "\n".join([*_problems(report), f"Score {total_of(report)}", ""])


def _problems(report: Report) -> Iterator[str]:
    for unit in report.units:
        if unit.message is not None:
            place, said = plain.place_of(unit.message), unit.message.partition("\n")[0]
            if place is not None:
                said = said.removeprefix(place.file).removeprefix(f":{place.line}").lstrip(":, ")
            yield _line(place, "error", f"{unit.name} did not load: {said}")
    for unit, exercise in summary.exercises_of(report):
        for test in exercise.tests:
            if test.outcome in failures.BROKEN:
                text = f"{unit.name}.{exercise.name}: {_told(test)}"
                yield _line(test.location, "error", text)
    for test in failures.rehearsals(report):
        text = f"{test.unit}.{test.exercise}: {summary.WOULD_FAIL}. {_told(test)}"
        yield _line(test.location, "warning", text)
    for where, how in summary.faults(report):
        yield _line(None, "warning", f"{where} The grader itself failed: {how}")


def _told(test: TestResult) -> str:
    """The law that does not hold, the first of what may say why, and where in a notebook."""
    rows = {key: " ".join(texts) for key, texts in failures.details(test)}
    told = failures.title_of(test)
    if likely := rows.get("likely"):
        told += f". {likely}"
    elif test.message and (problem := rows.get("problem")):
        told += f": {problem}"
    elif got := rows.get("got"):
        told += f": got {got}"
    return f"{told} ({test.location})" if test.location and test.location.cell else told


def _line(place: Location | None, severity: str, text: str) -> str:
    """In a notebook a line counts within its cell, so its file is marked at the top."""
    where = "grade"
    if place is not None and (file := one_line(place.file)):
        where = f"{file}:{place.line if place.cell is None else 1}"
    return f"{where}: {severity}: {one_line(text, characters=_CHARACTERS)}"
