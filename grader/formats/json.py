"""The report as JSON: `docs/report.schema.json` describes it, `docs/report.md` explains it."""

import json
import math
from typing import Any

from grader.report import SCHEMA, ExerciseResult, Outcome, Report, TestResult, UnitResult


def render(report: Report) -> str:
    """Always valid JSON, in ASCII: whatever a learner printed stays inert when it is shown."""
    return json.dumps(_valid(_report(report)), indent=2, allow_nan=False) + "\n"


def _report(report: Report) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "status": report.status,
        "score": _earned(report.score, report.status),
        "max_score": report.max_score,
        "seed": report.seed,
        "device": report.device,
        "versions": report.versions,
        "notes": report.notes,
        "units": [_unit(unit) for unit in report.units],
    }


def _unit(unit: UnitResult) -> dict[str, Any]:
    return {
        "name": unit.name,
        "title": unit.title,
        "score": _earned(unit.score, unit.status),
        "max_score": unit.max_score,
        "status": unit.status,
        "message": unit.message,
        "exercises": [_exercise(exercise) for exercise in unit.exercises],
    }


def _exercise(exercise: ExerciseResult) -> dict[str, Any]:
    return {
        "name": exercise.name,
        "score": _earned(exercise.score, exercise.status),
        "max_score": exercise.max_score,
        "status": exercise.status,
        "tests": [_test(test) for test in exercise.tests],
    }


def _test(test: TestResult) -> dict[str, Any]:
    return {
        "id": test.id,
        "title": test.title,
        "outcome": test.outcome,
        "points": _earned(test.points, test.outcome),
        "max_points": test.max_points,
        "message": test.message,
        "called": test.called,
        "expected": test.expected,
        "got": test.got,
        "likely": test.likely,
        "location": None if test.location is None else str(test.location),
        "printed": test.printed,
        "seconds": test.seconds,
    }


def _earned(points: int | None, status: Outcome) -> int | None:
    """None after a fault of the grader: a number there would read as the learner's zero."""
    return None if status is Outcome.GRADER_FAULT else points


def _valid(value: Any) -> Any:
    """`value` without what JSON cannot say: lone surrogates become text, NaN becomes null."""
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode("utf-8")
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {_valid(key): _valid(item) for key, item in value.items()}
        case list() | tuple():
            return [_valid(item) for item in value]
    return value
