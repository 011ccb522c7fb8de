"""A class as a table: scores.csv, one row for each student."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One line of scores.csv. An empty score is none: nobody gets a zero for a fault of ours."""

    repository: str
    student: str
    score: int | None = None
    max_score: int | None = None
    status: str = ""
    commit: str = ""
    graded_at: str = ""
    feedback: str = ""


def written(rows: Iterable[Row], path: Path) -> Iterator[Row]:
    """Pass each row on as soon as it is in the file: what is graded stays, should the run end."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(field.name for field in fields(Row))
        for row in rows:
            table.writerow(map(_cell, asdict(row).values()))
            file.flush()
            yield row


def _cell(value: object) -> object:
    """No spreadsheet takes it for a formula."""
    formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if formula else value
