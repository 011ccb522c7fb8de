"""A gradebook as a table of our own, as nbgrader writes one, and as JSON."""

import csv
import io
import json
from collections.abc import Iterable
from decimal import Decimal

from grader.gradebook.exports.platforms import safe_text
from grader.gradebook.marks import Mark, number

COLUMNS = "student name mark score max_score status note marked submitted_at commit place".split()
NBGRADER = (
    "assignment duedate timestamp student_id last_name first_name email raw_score "
    "late_submission_penalty score max_score".split()
)


def as_csv(marks: Iterable[Mark]) -> str:
    """A row for each student; an empty mark is none: nobody gets a zero for a fault of ours.

    `score` is what was measured, `mark` what counts, and `marked` says why they differ.
    """
    return _table(COLUMNS, ([values[c] for c in COLUMNS] for values in map(_values, marks)))


def as_json(marks: Iterable[Mark]) -> str:
    """The same as a list of objects, in ASCII."""
    return json.dumps([_values(mark) for mark in marks], indent=1) + "\n"


def as_nbgrader(marks: Iterable[Mark], assignment: str) -> str:
    """The columns of `nbgrader export`; as there, who has no mark has 0.0, and nothing is quoted:
    a name with a comma would shift the columns, so names stay out."""
    rows = []
    for mark in marks:
        row, measured = mark.row, mark.row.score or 0
        score = "0.0" if mark.score is None else number(mark.score)
        lost = Decimal(measured) - (Decimal(measured) if mark.score is None else mark.score)
        penalty = number(max(lost, Decimal(0)))
        student = row.student.replace(",", " ").replace("\n", " ")
        when = row.submitted_at.partition("+")[0].replace("T", " ")
        most = "" if row.max_score is None else f"{row.max_score}"
        rows.append(
            (assignment, "", when, student, "", "", "", f"{measured}", penalty, score, most)
        )
    return "".join(",".join(row) + "\n" for row in [NBGRADER, *rows])


def _values(mark: Mark) -> dict[str, str | int | None]:
    row = mark.row
    return {
        "student": row.student,
        "name": row.name,
        "mark": None if mark.score is None else number(mark.score),
        "score": row.score,
        "max_score": row.max_score,
        "status": row.status,
        "note": row.note,
        "marked": mark.note,
        "submitted_at": row.submitted_at,
        "commit": row.commit,
        "place": row.place,
    }


def _table(columns: list[str], rows: Iterable[list[str | int | None]]) -> str:
    file = io.StringIO(newline="")
    table = csv.writer(file)
    table.writerow(columns)
    for first, *rest in rows:  # the id is never changed, since it is what rows are found by
        table.writerow([first, *(safe_text(v) if isinstance(v, str) else v for v in rest)])
    return file.getvalue()
