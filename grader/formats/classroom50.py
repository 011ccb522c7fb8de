"""The result of a submission as Classroom 50 keeps it: `classroom50/result/v1`."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from grader.formats.parts import failures, summary
from grader.formats.parts.text import one_line
from grader.report import Outcome, Report

SCHEMA = "classroom50/result/v1"
UNKNOWN = "unknown"
_TYPES = ("individual", "group", "team")
# Classroom 50 puts names into a Markdown table as they are.
_ODD = re.compile(r"[^\w.-]")


def facts(environ: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Whose submission it is, and where it can be seen; nothing of it changes the score. What the
    runner of Classroom 50 says, else GitHub Actions, else that it is unknown.
    """

    def said(*names: str) -> str:
        values = (one_line(environ.get(name, "")) for name in names)
        return next((value for value in values if value), UNKNOWN)

    submission = said("SUBMISSION_TAG")
    if not submission.startswith("submit/"):
        submission = f"submit/{UNKNOWN}"
    commit = said("COMMIT_URL")
    release = said("RELEASE_URL")
    repository, sha = said("GITHUB_REPOSITORY"), said("GITHUB_SHA")
    if repository != UNKNOWN:
        server = environ.get("GITHUB_SERVER_URL") or "https://github.com"
        home = f"{one_line(server)}/{repository}"
        if commit == UNKNOWN != sha:
            commit = f"{home}/commit/{sha}"
        if release == UNKNOWN:
            release = f"{home}/releases/tag/{quote(submission, safe='')}"
    assignment_type = said("ASSIGNMENT_TYPE")
    review = said("REVIEW_URL")
    return {
        "classroom": said("CLASSROOM"),
        "assignment": said("ASSIGNMENT"),
        "assignment_type": assignment_type if assignment_type in _TYPES else _TYPES[0],
        "owner": said("OWNER", "USERNAME", "GITHUB_ACTOR"),
        "submission": submission,
        "commit": commit,
        "release": release,
        "review": commit if review == UNKNOWN else review,
        "datetime": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def render(report: Report, facts: Mapping[str, str]) -> str | None:
    """None if the score is withheld, which this format has no way to say."""
    if report.score is None:
        return None
    result = {
        "schema": SCHEMA,
        **facts,
        "score": report.score,
        "max-score": report.max_score,
        "tests": _tests(report),
    }
    return json.dumps(result, indent=2) + "\n"


def _tests(report: Report) -> list[dict[str, Any]]:
    """One for each exercise. Without any it would count as passed, so there is always one."""
    tests = [
        _test(
            failures.name_of(unit, exercise),
            exercise.status is Outcome.PASSED,
            exercise.score,
            exercise.max_score,
        )
        for unit, exercise in summary.exercises_of(report)
    ]
    return tests or [_test("nothing-to-grade", False, 0, 0)]


def _test(name: str, passed: bool, score: int, max_score: int) -> dict[str, Any]:
    name = _ODD.sub("?", name)
    return {"test-name": name, "passed": passed, "score": score, "max-score": max_score}
