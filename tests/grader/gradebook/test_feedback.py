"""What goes back to students: the issue in a repository, and a page for each."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from grader.gradebook.choices import Told
from grader.gradebook.feedback import give, write
from grader.gradebook.store import Gradebook, Key, Row
from grader.report import ExerciseResult, Outcome, Report, TestResult, UnitResult

from ..formats.pages import MARKUP, read
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
        book.add(ROW, Key("work", None, "course"), REPORT, "2026-11-28T03:17:00+00:00", {})
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


@pytest.mark.parametrize("told", Told)
def test_each_student_has_a_page_under_a_name_of_its_own(
    book: Gradebook, tmp_path: Path, told: Told
) -> None:
    strangers = ["../../etc", "BOB", "con", MARKUP, "李", ".hidden"]
    for student in strangers:
        row = Row(student, name=f"={MARKUP}", status="needs_a_look", note=f"no zip: {MARKUP}")
        book.put(row, None)
    folder = tmp_path / "pages"
    assert write(book, folder, told) == 2 + len(strangers)
    with (folder / "index.csv").open(encoding="utf-8", newline="") as file:
        index = {line["student"]: line for line in csv.DictReader(file)}
    assert set(index) == {"bob", "eve", *strangers}
    files = [name for line in index.values() for name in (line["html"], line["markdown"])]
    assert len({name.casefold() for name in files}) == len(files)
    assert {path.name for path in folder.iterdir()} == {"index.csv", *files}
    assert not any(line["name"].startswith("=") for line in index.values())
    for student in strangers:
        assert "no zip" in read((folder / index[student]["html"]).read_text("utf-8")).text
    page = read((folder / index["bob"]["html"]).read_text("utf-8")).text
    as_markdown = (folder / index["bob"]["markdown"]).read_text("utf-8")
    for text in (page, as_markdown):
        assert "tiny.py, line 3: NameError" in text
        assert ("halve(3)" in text) == (told is Told.FULL)


def test_what_was_not_taken_is_told_with_scores_alone(book: Gradebook, tmp_path: Path) -> None:
    row = next(row for row in book.rows() if row.student == "bob")
    said = replace(row, status="needs_a_look", note="work.rar cannot be read")
    book.put(said, row.result)
    write(book, tmp_path / "pages", Told.SCORES)
    for name in ("bob.html", "bob.md"):
        text = (tmp_path / "pages" / name).read_text("utf-8")
        assert "work.rar cannot be read" in text
        assert "0/2" in text
