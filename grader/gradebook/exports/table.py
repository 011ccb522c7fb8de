"""A gradebook as a table of our own, as nbgrader writes one, and as JSON."""

import csv
import io
import json
import re
from collections.abc import Iterable
from decimal import Decimal

from grader.gradebook.exports.platforms import safe_text
from grader.gradebook.marks import Mark, moment, number

COLUMNS = "student name mark score max_score status note marked submitted_at commit place".split()
NBGRADER = (
    "assignment duedate timestamp student_id last_name first_name email raw_score "
    "late_submission_penalty score max_score".split()
)
_UNQUOTED = re.compile(r'[,"\x00-\x1f\x7f-\x9f\u2028\u2029]')


def as_csv(marks: Iterable[Mark]) -> str:
    """A row for each student; an empty mark is none: nobody gets a zero for a fault of ours.

    `score` is what was measured, `mark` what counts, and `marked` says why they differ.
    """
    file = io.StringIO(newline="")
    table = csv.DictWriter(file, COLUMNS)
    table.writeheader()
    for mark in marks:
        safe = {
            name: safe_text(value) if isinstance(value, str) else value
            for name, value in _values(mark).items()
        }
        # The id is never changed, since it is what rows are found by.
        table.writerow(safe | {"student": mark.row.student})
    return file.getvalue()


def as_json(marks: Iterable[Mark]) -> str:
    """The same as a list of objects, in ASCII."""
    return json.dumps([_values(mark) for mark in marks], indent=1) + "\n"


def as_nbgrader(marks: Iterable[Mark], assignment: str) -> str:
    """The columns of `nbgrader export`: the score is the raw one less the penalty, who has no mark
    has 0.0, and nothing is quoted, so that no cell may hold a comma; names stay out."""
    every = list(marks)
    most = max((mark.row.max_score or 0 for mark in every), default=0)
    rows = [NBGRADER]
    for mark in every:
        row, score = mark.row, Decimal(mark.text or 0)
        measured = score if mark.score is None or mark.by_hand else Decimal(row.score or 0)
        when = moment(row.submitted_at)
        rows.append([
            _UNQUOTED.sub(" ", assignment),
            "",
            f"{when:%Y-%m-%d %H:%M:%S}" if when else "",
            _UNQUOTED.sub(" ", row.student),
            *("", "", ""),
            *(f"{float(number(n))}" for n in (measured, measured - score, score, Decimal(most))),
        ])  # fmt: skip
    return "".join(",".join(row) + "\n" for row in rows)


def _values(mark: Mark) -> dict[str, str | int | None]:
    own = {"mark": mark.text or None, "marked": mark.note}
    return {name: own[name] if name in own else getattr(mark.row, name) for name in COLUMNS}
