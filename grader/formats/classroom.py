"""The JSON that `classroom-resources/autograding-grading-reporter` reads, not yet in base64.

The reporter adds up the scores of all tests, and takes `max_score` 0 for "counts no points". It
prints the message of a test whose status is `error`, and the name of every other.
"""

import json
from typing import Any

from grader.formats.parts import failures, plain, summary
from grader.formats.parts.text import counted, one_line
from grader.report import ExerciseResult, Outcome, Report, UnitResult

# The workflow hands it over in an environment variable, in base64: Linux allows 128 KiB.
_BYTES = 40 * 1024
_NAME, _MESSAGE = 100, 300
_STATUSES = {Outcome.PASSED: "pass", Outcome.CRASHED: "error", Outcome.TIMED_OUT: "error"}

Entry = dict[str, Any]


def render(report: Report) -> str:
    """ASCII, and at most 48 KiB whatever the report holds."""
    if report.score is None:
        title, message = summary.faults(report)[0]
        text = f"{summary.WITHHELD} It costs nobody points. {title}: {message}"
        said = one_line(text, characters=_MESSAGE)
        return _dump("error", 0, [_entry("score withheld", "error", 0, said)])
    if not report.tests:
        return _dump("fail", 0, [_entry("nothing to grade", "fail", 0, "There was nothing.")])
    status = "pass" if report.status is Outcome.PASSED else "fail"
    return _dump(status, report.max_score, _bounded(report))


def _dump(status: str, max_score: int, tests: list[Entry]) -> str:
    result = {"version": 1, "status": status, "max_score": max_score, "tests": tests}
    return json.dumps(result, indent=2, allow_nan=False) + "\n"


def _bounded(report: Report) -> list[Entry]:
    """One entry for each exercise; those that find no room are one entry together."""
    exercises = list(summary.exercises_of(report))
    entries: list[Entry] = []
    room = _BYTES
    for position, (unit, exercise) in enumerate(exercises):
        entry = _exercise(unit, exercise)
        room -= len(json.dumps(entry, indent=6))
        if room < 0:
            return [*entries, _together([exercise for _, exercise in exercises[position:]])]
        entries.append(entry)
    return entries


def _together(exercises: list[ExerciseResult]) -> Entry:
    passed = all(exercise.status is Outcome.PASSED for exercise in exercises)
    score = sum(exercise.score for exercise in exercises)
    name = counted(len(exercises), "more exercise")
    return _entry(name, "pass" if passed else "fail", score, None)


def _exercise(unit: UnitResult, exercise: ExerciseResult) -> Entry:
    name = one_line(failures.name_of(unit, exercise), characters=_NAME)
    status = _STATUSES.get(exercise.status, "fail")
    entry = _entry(name, status, exercise.score, None)
    entry["duration"] = round(1000 * plain.seconds(exercise.tests))
    missed = failures.missed(exercise)
    if missed:
        entry["message"] = one_line(f"{name}: {failures.title_of(missed[0])}", characters=_MESSAGE)
        place = missed[0].location
        if place is not None and place.cell is None:
            entry |= {"filename": one_line(place.file, characters=_NAME), "line_no": place.line}
    elif status != "pass":
        reasons = " ".join(failures.waiting(exercise))
        entry["message"] = one_line(f"{name}: {reasons or exercise.status}", characters=_MESSAGE)
    return entry


def _entry(name: str, status: str, score: int, message: str | None) -> Entry:
    """With every key that the reporter reads: it takes one that is missing for the text undefined.

    `line_no` 0 is no line.
    """
    return {
        "name": name,
        "status": status,
        "score": score,
        "message": message,
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": 0,
    }
