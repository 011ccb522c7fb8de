"""The issue in a student's repository."""

from pathlib import Path

import pytest

from grader.gradebook.exports import Row
from grader.gradebook.feedback import Feedback, give

from .github import GitHub

ROW = Row("org/kata-bob", "bob", 3, 5, "failed", "c0ffee", "2026-11-28T03:17:00+00:00")
REPORT = {
    "units": [
        {
            "name": "tiny",
            "exercises": [
                {"name": "double", "score": 3, "max_score": 3},
                {"name": "halve", "score": 0, "max_score": 2},
            ],
        }
    ]
}


@pytest.fixture
def markdown(tmp_path: Path) -> Path:
    path = tmp_path / "report.md"
    path.write_text("called `halve(3)`\n" + "ä" * 70_000, encoding="utf-8")
    return path


def test_there_is_one_issue_that_is_written_anew(reachable: GitHub, markdown: Path) -> None:
    assert give(Feedback.SCORES, ROW, REPORT, markdown) == "given"
    (issue,) = reachable.issues("kata-bob")
    assert issue["title"] == "Feedback"
    assert issue["body"] == (
        "**3 of 5 points**, commit `c0ffee`, 2026-11-28T03:17:00+00:00\n\n"
        "| exercise | points |\n|---|---|\n| tiny.double | 3/3 |\n| tiny.halve | 0/2 |\n"
    )
    assert give(Feedback.FULL, ROW, REPORT, markdown) == "given"
    (issue,) = reachable.issues("kata-bob")
    assert "called `halve(3)`" in issue["body"]
    assert len(issue["body"]) < 65_536  # what GitHub takes


def test_without_feedback_github_is_not_asked(reachable: GitHub, markdown: Path) -> None:
    assert give(Feedback.NONE, ROW, REPORT, markdown) == ""
    assert reachable.asked == []


def test_feedback_that_cannot_be_given_is_said_and_stops_nothing(
    reachable: GitHub, markdown: Path
) -> None:
    reachable.disable_issues("kata-bob")
    assert give(Feedback.FULL, ROW, REPORT, markdown) == "not given: GitHub refused"
