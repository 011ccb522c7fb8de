"""The gradebook as a table: complete, and safe to open."""

import csv
import io

import pytest

from grader.gradebook.exports.table import as_csv
from grader.gradebook.marks import marks_of
from grader.gradebook.store import Row


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
