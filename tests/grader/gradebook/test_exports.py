"""The gradebook as tables and reports: complete, safe to open, and as their readers expect."""

import csv
import io
import json
import xml.etree.ElementTree as ET
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from grader.errors import UsageError
from grader.gradebook.choices import Platform
from grader.gradebook.exports.all import exported
from grader.gradebook.exports.table import NBGRADER, as_csv, as_nbgrader
from grader.gradebook.marks import EVERYONE, Rule, marks_of
from grader.gradebook.store import Gradebook, Key, Row
from grader.report import ExerciseResult, Outcome, UnitResult

from .. import command
from ..formats.hostile import schema
from ..formats.samples import one, report
from ..formats.test_junit import against_schema


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_no_score_is_not_a_zero() -> None:
    ann, bob = read(
        as_csv(marks_of([Row("ann", score=5, max_score=5), Row("bob", note="no user name")], {}))
    )
    assert (ann["score"], ann["max_score"]) == ("5", "5")
    assert (bob["score"], bob["max_score"], bob["note"]) == ("", "", "no user name")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", 'a,"b"\nc', "ann"]
)
def test_no_spreadsheet_takes_a_cell_for_a_formula(text: str) -> None:
    (row,) = read(as_csv(marks_of([Row("7", text, score=0)], {})))
    assert row["name"].lstrip("\t") == text.lstrip("\t")
    assert row["name"][0] not in "=+-@\r"
    assert row["score"] == "0"


STRANGE = ("ann", "=1+1", 'a "b", c', '"x", y', "Ünïcode 安", " x ", "two\nlines", "a\u2028b", "-")


def test_nbgrader_reads_what_it_would_write() -> None:
    """Without quotes, one line for each student, and its own sum in each."""
    late = Rule(due=datetime(2026, 11, 1, tzinfo=UTC), late=Decimal("0.333"))
    rules = {EVERYONE: late, "by hand": Rule(score=Decimal("19.5")), "cid": Rule(excused=True)}
    when = "2026-11-02T01:30:00+01:00"
    ids = (*STRANGE, "by hand", "cid")
    rows = [Row(id_, score=10, max_score=20, submitted_at=when) for id_ in ids]
    rows.append(Row("gone", submitted_at="9999-12-31T23:59:59-12:00"))  # as some commit says
    text = as_nbgrader(marks_of(rows, rules), "week 1, sgd")
    lines = [line.split(",") for line in text.splitlines()]
    assert lines == list(csv.reader(io.StringIO(text, newline="")))
    assert lines[0] == NBGRADER
    found = [dict(zip(NBGRADER, line, strict=True)) for line in lines[1:]]
    assert len({line["student_id"] for line in found}) == len(rows)
    for line in found:
        raw, penalty, score = (
            float(line[name]) for name in ("raw_score", "late_submission_penalty", "score")
        )
        assert score == pytest.approx(max(0.0, raw - penalty))
        assert min(raw, penalty, score) >= 0
        assert line["max_score"] == "20.0"
    by_id = {line["student_id"]: line for line in found}
    assert (by_id["ann"]["score"], by_id["ann"]["late_submission_penalty"]) == ("3.34", "6.66")
    assert by_id["ann"]["timestamp"] == "2026-11-02 00:30:00"  # UTC, as there
    assert (by_id["by hand"]["raw_score"], by_id["by hand"]["score"]) == ("19.5", "19.5")
    assert by_id["cid"]["score"] == by_id["gone"]["score"] == "0.0"
    assert by_id["gone"]["timestamp"] == ""


def test_every_student_with_a_report_is_a_valid_file_of_their_own(tmp_path: Path) -> None:
    outcomes = dict(zip(STRANGE, Outcome, strict=False))
    reports = {
        student: report(UnitResult("sgd", "", (ExerciseResult("fit", (one(outcome, student),)),)))
        for student, outcome in outcomes.items()
    }
    with Gradebook(tmp_path / "class.db", new=True) as book:
        for student, made in reports.items():
            book.add(Row(student), Key(student, None, "course"), made, "2026-11-28", {})
        book.put(Row("missing", status="missing"), None)
        files = {
            to: zipfile.ZipFile(io.BytesIO(exported(book, to)[0]))
            for to in (Platform.GRADESCOPE, Platform.JUNIT)
        }
    for archive in files.values():
        names = [name.rpartition(".")[0].casefold() for name in archive.namelist()]
        assert len(set(names)) == len(reports)
    scores = []
    for name in files[Platform.GRADESCOPE].namelist():
        result = json.loads(files[Platform.GRADESCOPE].read(name))
        Draft202012Validator(schema("gradescope")).validate(result)
        scores.append(result.get("score"))
    ordered = [made.score for _, made in sorted(reports.items())]
    assert scores == ordered
    for name in files[Platform.JUNIT].namelist():
        assert against_schema(ET.fromstring(files[Platform.JUNIT].read(name))) == []


def test_a_mark_for_nobody_is_said_and_what_being_late_costs(tmp_path: Path) -> None:
    marks = tmp_path / "marks.csv"
    marks.write_text("student,score,due,late\n*,,2026-11-01,10%\nAnn Smith,5,,\n101,4,,\n")
    passed = report(UnitResult("sgd", "", (ExerciseResult("fit", (one(Outcome.PASSED),)),)))
    with Gradebook(tmp_path / "class.db", new=True) as book:
        book.put(Row("101", "Ann Smith"), None)
        late = Row("102", submitted_at="2026-11-02T12:00:00+00:00")
        book.add(late, Key("w", None, "c"), passed, "2026-11-28", {})
        data, said = exported(book, Platform.CSV, marks)
    assert said == (
        "1 in the marks, and not in the gradebook: ann smith",
        "1 late, with less than was measured: 102",
    )
    assert b"101,Ann Smith,4," in data


@pytest.mark.parametrize(
    ("to", "given", "said"),
    [
        (Platform.MOODLE, {}, "fills in what Moodle has exported"),
        (Platform.CSV, {"column": "Grade"}, "are for canvas and moodle"),
        (Platform.CANVAS, {"fill": 1, "column": "77", "feedback": "x"}, "Canvas takes no comments"),
        (Platform.JUNIT, {"marks": 1}, "--marks is not for junit"),
        (Platform.DOLOS, {"marks": 1}, "--marks is not for dolos"),
    ],
)
def test_what_would_be_passed_over_is_refused(
    to: Platform, given: dict[str, Any], said: str, tmp_path: Path
) -> None:
    files: dict[str, Any] = {n: tmp_path if value == 1 else value for n, value in given.items()}
    with (
        Gradebook(tmp_path / "class.db", new=True) as book,
        pytest.raises(UsageError, match=said),
    ):
        exported(book, to, **files)


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        (("export", "class.db", "--output", "class.db"), "class.db"),
        (("export", "class.db", "--marks", "marks.csv", "--output", "./marks.csv"), "marks.csv"),
        (("page", "class.db", "--output", "class.db"), "class.db"),
    ],
)
def test_nothing_is_written_over_what_it_is_made_of(
    arguments: tuple[str, ...], kept: str, tmp_path: Path
) -> None:
    Gradebook(tmp_path / "class.db", new=True).db.close()
    (tmp_path / "marks.csv").write_text("student,score\nann,1\n", encoding="utf-8")
    before = (tmp_path / kept).read_bytes()
    ran = command.grade(tmp_path, "class", *arguments)
    assert ran.returncode == 2
    assert "choose a file of its own" in ran.stderr
    assert (tmp_path / kept).read_bytes() == before


def test_a_full_disk_costs_nothing_that_was_known(tmp_path: Path) -> None:
    path = tmp_path / "class.db"
    with Gradebook(path, new=True) as book:
        book.put(Row("ann", status="missing"), None)
        pages = book.db.execute("PRAGMA page_count").fetchone()[0]
        book.db.execute(f"PRAGMA max_page_count={pages}")  # to SQLite, a disk that is full
        with pytest.raises(UsageError, match=r"cannot write .*class\.db: .*full"):
            book.put(Row("bob", note="x" * 1_000_000), None)
    with Gradebook(path) as book:
        assert next(book.rows()).student == "ann"
