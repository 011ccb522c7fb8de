"""The results.json of Gradescope, which Codio reads as well.

One entry for each exercise rather than for each test: a student sees the points of the exercise,
its first failure in full and the others by name, as in a terminal. Tests alone would be five
times as many entries, most of them saying one thing twice.
"""

import json
import math
from typing import Any

from grader.formats.parts import failures, plain, summary
from grader.formats.parts.text import counted, excerpt, one_line
from grader.report import ExerciseResult, Outcome, Report, UnitResult

_WIDTH = 80
_LINES, _CHARACTERS = 150, 8000


def render(report: Report) -> str:
    """ASCII. Without a score anywhere, if it is withheld: Gradescope then gives none."""
    withheld = report.score is None
    result: dict[str, Any] = {} if withheld else {"score": report.score}
    result |= {
        # A whole number: Codio's reader takes nothing else.
        "execution_time": math.ceil(plain.seconds(report.tests)),
        "output": _output(report),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"seed": report.seed, "device": one_line(report.device)},
        "tests": [
            _test(report, unit, exercise, f"{first}.{second}", withheld=withheld)
            for first, unit in enumerate(report.units, start=1)
            for second, exercise in enumerate(unit.exercises, start=1)
        ],
    }
    return json.dumps(result, indent=2, allow_nan=False) + "\n"


def _test(
    report: Report, unit: UnitResult, exercise: ExerciseResult, number: str, *, withheld: bool
) -> dict[str, Any]:
    points = {
        "score": exercise.score,
        "max_score": exercise.max_score,
        "status": "passed" if exercise.status is Outcome.PASSED else "failed",
    }
    return ({} if withheld else points) | {
        "name": failures.name_of(unit, exercise),
        "number": number,
        "output": _bounded("\n\n".join([_said(exercise), *_rehearsed(report, unit, exercise)])),
        "output_format": "text",
    }


def _said(exercise: ExerciseResult) -> str:
    if exercise.status is Outcome.NOT_STARTED:
        return "Not started yet."
    if exercise.status is Outcome.PASSED:
        return "All tests passed."
    return plain.text_of(failures.feedback(exercise, _WIDTH)) or "No feedback."


def _rehearsed(report: Report, unit: UnitResult, exercise: ExerciseResult) -> list[str]:
    """Why it would fail on a GPU, if it would."""
    return [
        f"{summary.WOULD_FAIL}. {summary.ONLY_REHEARSED}\n"
        + plain.text_of(failures.rehearsal(test, _WIDTH))
        for test in failures.rehearsals(report)
        if (test.unit, test.exercise) == (unit.name, exercise.name)
    ]


def _output(report: Report) -> str:
    """What concerns the whole submission."""
    parts = [f"note: {one_line(note)}" for note in report.notes]
    if report.score is None:
        parts += [summary.WITHHELD, summary.NOT_YOUR_FAULT]
        shown, more = summary.first_faults(report)
        parts += [line for title, rows in shown for line in (title, *rows)] + more
    for unit in report.units:
        if unit.message is not None:
            parts.append(plain.text_of(failures.unloaded(unit, unit.message, _WIDTH)))
    for reason, points in summary.pending(report).items():
        parts.append(f"pending: {one_line(reason)}: {counted(points, 'point')}")
    return _bounded("\n".join(parts))


def _bounded(text: str) -> str:
    return "\n".join(excerpt(text, lines=_LINES, characters=_CHARACTERS))
