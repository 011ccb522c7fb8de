"""The issue in a student's repository."""

from pathlib import Path

import pytest

from grader.gradebook.choices import Told
from grader.gradebook.feedback import give
from grader.gradebook.store import Gradebook, Key, Row
from grader.report import ExerciseResult, Outcome, Report, TestResult, UnitResult

from .github import GitHub

ROW = Row("bob", place="org/kata-bob", commit="c0ffee", status="failed")


def result(exercise: str, points: int, outcome: Outcome, printed: str = "") -> ExerciseResult:
    test = TestResult(
        "tiny", exercise, "test_it", "It is so.", outcome, points, called=f"{exercise}(3)",
        printed=printed,
    )  # fmt: skip
    return ExerciseResult(exercise, (test,))


REPORT = Report(
    (
        UnitResult(
            "tiny",
            "Tiny",
            (
                result("double", 3, Outcome.PASSED),
                result("halve", 2, Outcome.FAILED, "ä" * 70_000),
            ),
            "tiny.py, line 3: NameError",
        ),
    ),
    seed=0,
    device="cpu",
)


@pytest.fixture
def book(tmp_path: Path):
    with Gradebook(tmp_path / "class.db", new=True) as book:
        book.add(ROW, Key("work", None, "course"), REPORT, "2026-11-28T03:17:00+00:00")
        book.put(Row("eve", place="org/kata-eve", status="missing"), None)
        yield book


def test_there_is_one_issue_that_is_written_anew(reachable: GitHub, book: Gradebook) -> None:
    assert [(row.student, told) for row, told in give(book, Told.SCORES)] == [("bob", "given")]
    (issue,) = reachable.issues("kata-bob")
    assert issue["title"] == "Feedback"
    assert issue["body"] == (
        "**3 of 5 points**, commit `c0ffee`\n\n"
        "| exercise | points |\n|---|---|\n| tiny.double | 3/3 |\n| tiny.halve | 0/2 |\n\n"
        "- tiny: `tiny.py, line 3: NameError`\n"
    )
    assert [told for _, told in give(book, Told.FULL)] == ["given"]
    (issue,) = reachable.issues("kata-bob")
    assert "halve(3)" in issue["body"]
    assert len(issue["body"]) < 65_536  # what GitHub takes


def test_feedback_that_cannot_be_given_is_said_and_stops_nothing(
    reachable: GitHub, book: Gradebook
) -> None:
    reachable.disable_issues("kata-bob")
    assert [told for _, told in give(book, Told.FULL)] == ["not given: GitHub refused"]
