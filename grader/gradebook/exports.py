"""A gradebook as a table that other programs read."""

import csv
import io
from collections.abc import Iterable

from grader.gradebook.store import Row

COLUMNS = "student name score max_score status note submitted_at commit place".split()


def as_csv(rows: Iterable[Row]) -> str:
    """A row for each student; an empty score is none: nobody gets a zero for a fault of ours."""
    file = io.StringIO(newline="")
    table = csv.writer(file)
    table.writerow(COLUMNS)
    for row in rows:
        values = (getattr(row, column) for column in COLUMNS)
        # The id is never changed, since it is what rows are found by.
        table.writerow([row.student, *(cell(value) for value in list(values)[1:])])
    return file.getvalue()


def cell(value: object) -> object:
    """No spreadsheet takes it for a formula."""
    formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"\t{value}" if formula else value
