"""scores.csv: complete at every moment, and safe to open."""

import csv
from pathlib import Path

import pytest

from grader.gradebook.exports import Row, written


def read(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_row_is_in_the_file_before_the_next_is_graded(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    rows = [Row("org/kata-ann", "ann", 5, 5, "passed"), Row("", "Bob", status="no user name")]
    for row in written(iter(rows), path):
        assert [line["student"] for line in read(path)][-1] == row.student
    ann, bob = read(path)
    assert (ann["score"], ann["max_score"], ann["status"]) == ("5", "5", "passed")
    assert (bob["score"], bob["max_score"]) == ("", "")  # no score is not a zero


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", 'a,"b"\nc', "ann"]
)
def test_no_spreadsheet_takes_a_cell_for_a_formula(text: str, tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    list(written([Row("org/kata-x", text, score=0)], path))
    (row,) = read(path)
    assert row["student"].removeprefix("'") == text
    assert row["student"][0] not in "=+-@\t\r"
    assert row["score"] == "0"
