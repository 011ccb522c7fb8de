"""The report as JSON: `docs/report.schema.json` describes it, `docs/report.md` explains it."""

import json
import math
from typing import Any

from grader.report import SCHEMA, ExerciseResult, Location, Outcome, Report, TestResult, UnitResult

_KEYS = {
    Report: "status score max_score seed device versions notes units rehearsals",
    UnitResult: "name title score max_score status message exercises",
    ExerciseResult: "name score max_score status tests",
    TestResult: "id title outcome points max_points message called expected got likely location "
    "printed seconds",
}


def render(report: Report) -> str:
    """Always valid JSON, in ASCII: whatever a learner printed stays inert when it is shown."""
    return json.dumps({"schema": SCHEMA} | _said(report), indent=2, allow_nan=False) + "\n"


def _said(value: Any) -> Any:
    """`value` in what JSON can say: lone surrogates become text, NaN becomes null."""
    match value:
        case Report() | UnitResult() | ExerciseResult() | TestResult():
            return _result({key: getattr(value, key) for key in _KEYS[type(value)].split()})
        case Location():
            return _said(str(value))
        case str():
            return value.encode("utf-8", "backslashreplace").decode("utf-8")
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {_said(key): _said(item) for key, item in value.items()}
        case list() | tuple():
            return [_said(item) for item in value]
    return value


def _result(fields: dict[str, Any]) -> dict[str, Any]:
    """After a fault of the grader without points: a number would read as the learner's zero."""
    withheld = Outcome.GRADER_FAULT in (fields.get("status"), fields.get("outcome"))
    unknown = ("score", "points") if withheld else ()
    return {key: None if key in unknown else _said(value) for key, value in fields.items()}
