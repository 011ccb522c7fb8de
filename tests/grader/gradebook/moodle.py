"""A Moodle in miniature: the grading worksheet of an assignment, and what comes of uploading one.

After `mod/assign/gradingtable.php` and `mod/assign/feedback/offline/`, whose rules each comment
names.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

WHEN = "%A, %d %B %Y, %I:%M %p"


class Refused(Exception):
    """The importer takes nothing of the file."""


@dataclass(frozen=True)
class Participant:
    id: int
    name: str
    email: str = ""
    grade: str = ""
    feedback: str = ""
    graded_at: datetime | None = None
    locked: bool = False


@dataclass(frozen=True)
class Moodle:
    people: tuple[Participant, ...]
    most: float = 100
    scale: str = ""  # instead of points
    blind: bool = False
    bom: bool = False

    def exported(self) -> bytes:
        identity = [] if self.blind else ["Full name", "Email address"]
        most = ["Scale"] if self.scale else ["Maximum Grade"]
        header = ["Identifier", *identity, "Status", "Grade", *most, "Grade can be changed",
                  "Last modified (submission)", "Last modified (grade)",
                  "Feedback comments"]  # fmt: skip
        rows = [header]
        for one in self.people:
            shown = [] if self.blind else [one.name, one.email]
            when = one.graded_at.strftime(WHEN) if one.graded_at else "-"
            rows.append([f"Participant {one.id}", *shown, "Submitted for grading", one.grade,
                         self.scale or f"{self.most:.2f}", "No" if one.locked else "Yes",
                         "Friday, 1 May 2026, 10:00 AM", when, one.feedback])  # fmt: skip
        file = io.StringIO(newline="")
        csv.writer(file, lineterminator="\n").writerows(rows)
        return ("\ufeff" * self.bom + file.getvalue()).encode()

    def imported(self, data: bytes, *, any_age: bool = False) -> "Moodle":
        """What it is afterwards; `any_age` is the box that takes older worksheets.

        Raises: Refused.
        """
        text = data.decode("utf-8", "ignore").removeprefix("\ufeff")
        header, *rows = _rows(text.replace("\r\n", "\n").replace("\r", "\n"))
        if any(len(row) != len(header) for row in rows):
            raise Refused("csvweirdcolumns")
        wanted = ("Identifier", "Grade", "Last modified (grade)")
        if not set(wanted) <= set(header):
            raise Refused("invalidgradeimport")
        id_, grade, modified = map(header.index, wanted)
        told = header.index("Feedback comments") if "Feedback comments" in header else 0
        people = {one.id: one for one in self.people}
        for row in rows:
            number = row[id_][len("Participant ") :]
            one = people.get(int(number)) if number.isdigit() else None
            if one is None:
                continue
            stale = one.graded_at is not None and one.graded_at.timestamp() > _time(row[modified])
            if stale and not any_age:
                continue
            if self._counts(row[grade], one):
                one = replace(one, grade=row[grade])
            if told:  # in first place it is passed over; anywhere else, an empty one erases
                one = replace(one, feedback=row[told])
            people[one.id] = one
        return replace(self, people=tuple(people.values()))

    def _counts(self, cell: str, one: Participant) -> bool:
        """Whatever is empty, locked or out of range is skipped without a word."""
        if self.scale:
            return cell in self.scale.split(", ")
        given = _float(cell)
        if given is None or given == _float(one.grade) or one.locked:
            return False
        return 0 <= given <= self.most


def _float(text: str) -> float | None:
    """As PHP casts text, in a language whose decimal sign is a point."""
    if not text.strip():
        return None
    found = re.match(r"\s*[-+]?\d+(?:\.\d*)?", text)
    return float(found[0]) if found else 0.0


def _time(text: str) -> float:
    """A minute is allowed for the seconds that are not shown; what cannot be read is 1970."""
    try:
        return datetime.strptime(text, WHEN).replace(tzinfo=UTC).timestamp() + 60
    except ValueError:
        return 60.0


def _rows(text: str) -> Iterator[list[str]]:
    """As PHP's fgetcsv: commas, and a quote after a backslash does not close a field."""
    cell = re.compile(r'"((?:\\"|[^"]|"")*+)"([^,\n]*)(,|\n|\Z)|([^,\n]*)(,|\n|\Z)')
    at, row = 0, []
    while at < len(text):
        found = cell.match(text, at)
        if found is None:  # the rest of the file is one field
            raise Refused("csvweirdcolumns")
        quoted = found[1] is not None
        row.append(found[1].replace('""', '"') + found[2] if quoted else found[4])
        at = found.end()
        if (found[3] if quoted else found[5]) != ",":
            if row != [""]:
                yield row
            row = []
