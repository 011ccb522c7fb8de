"""A Canvas in miniature: the gradebook that it exports, and what its importer makes of a file.

After `gradebook_exporter.rb` and `gradebook_importer.rb`, whose rules each comment names.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

READ_ONLY = "(read only)"
TOTALS = ("Current Score", "Unposted Current Score", "Final Score", "Unposted Final Score")
DROPPED = re.compile(
    "(?:Current|Final|Override) (?:Score|Grade)|(?:Current|Final) Points|Override S"
)
_NUMBER = re.compile(r"-?[0-9.,]+%?")


class Refused(Exception):
    """The importer takes nothing of the file."""


@dataclass(frozen=True)
class Person:
    id: int
    name: str  # as it is sorted
    sis: str = ""
    login: str = ""
    assigned: bool = True


@dataclass(frozen=True)
class Canvas:
    """One course: its people, its published assignments with their points, the scores so far."""

    people: tuple[Person, ...]
    assignments: Mapping[int, tuple[str, str]]
    scores: Mapping[tuple[int, int], str] = field(default_factory=dict)
    names_split: bool = False  # LastName, FirstName
    hidden: bool = False  # a row that says which assignments are not posted yet
    notes: bool = False  # a column of the teacher's own
    delimiter: str = ","
    bom: bool = False

    @property
    def _info(self) -> list[str]:
        names = ["LastName", "FirstName"] if self.names_split else ["Student"]
        return [*names, "ID", "SIS User ID", "SIS Login ID", "Section"]

    def exported(self) -> bytes:
        own = ["Notes"] * self.notes
        titles = [f"{title} ({id_})" for id_, (title, _) in self.assignments.items()]
        blank = [""] * (len(self._info) - 1 + len(own))
        rows = [[*self._info, *own, *titles, *TOTALS]]
        if self.hidden:
            rows.append(["", *blank, *["Manual Posting"] * len(titles), *[""] * len(TOTALS)])
        points = [points.replace(".", "," if self.delimiter == ";" else ".")
                  for _, points in self.assignments.values()]  # fmt: skip
        rows.append(["    Points Possible", *blank, *points, *[READ_ONLY] * len(TOTALS)])
        for one in self.people:
            last, _, first = one.name.partition(", ")
            names = [last, first] if self.names_split else [one.name]
            ids = [f"{one.id}", one.sis, one.login, "Section 1"]
            held = [
                self.scores.get((one.id, id_), "") if one.assigned else "N/A"
                for id_ in self.assignments
            ]
            rows.append([*names, *ids, *own, *held, *["50.00"] * len(TOTALS)])
        file = io.StringIO(newline="")
        csv.writer(file, delimiter=self.delimiter, lineterminator="\n").writerows(rows)
        return ("\ufeff" * self.bom + file.getvalue()).encode()

    def imported(self, data: bytes) -> tuple["Canvas", list[str]]:
        """What it is afterwards, and what else has come of it: anything new, anything dropped.

        Raises: Refused.
        """
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise Refused("invalid byte sequence") from None
        rows = [[_rewritten(cell) for cell in row] for row in _rows(text, _delimiter(text))]
        header, *rest = rows
        first = self._first_assignment(header)
        columns, said = self._columns(header, first)
        points = dict(self.assignments)
        scores = dict(self.scores)
        read_only: set[int] = set()
        for row in rest:
            if "Points Possible" in (row[0] or ""):
                read_only = {n for n in columns if "read only" in (row[n] or "")}
                for n, id_ in columns.items():
                    points[id_] = points[id_][0], row[n] or points[id_][1]
            elif not all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", c or "") for c in row):
                said += self._take(row, columns, read_only, scores)
        points = {id_: (title, _decimals(most)) for id_, (title, most) in points.items()}
        kept = {key: score for key, score in scores.items() if score not in ("", "-")}
        return replace(self, assignments=points, scores=kept), said

    def _first_assignment(self, header: Sequence[str | None]) -> int:
        names = [name or "" for name in header]
        split = len(names) > 4 and "LastName" in names[0] and "FirstName" in names[1]
        if not split and not (len(names) > 3 and "Student" in names[0] and "ID" in names[1]):
            raise Refused("Invalid header row")
        # Here the names are compared as they stand, the mark at the beginning included.
        count = 4 if names[:2] == ["LastName", "FirstName"] else 3
        if "SIS Login ID" in names[count - 1]:
            count += 1
        elif "SIS User ID" in names[count - 1] and "SIS Login ID" in names[count]:
            count += 2
        own = ["Notes"] if self.notes and "Notes" in names else []
        if "Section" not in names[count - 1]:
            raise Refused("Invalid header row")
        return count + len(own)

    def _columns(
        self, header: Sequence[str | None], first: int
    ) -> tuple[dict[int, int], list[str]]:
        columns, said = {}, []
        for name in header[first:]:
            if DROPPED.search(name or ""):
                said += [] if name in TOTALS else [f"dropped: {name}"]
                continue
            titled = re.fullmatch(r"(.*)\s\((\d+)\)", name or "", re.DOTALL)
            by_title = [id_ for id_, (title, _) in self.assignments.items() if title == name]
            if titled and int(titled[2]) in self.assignments:
                columns[header.index(name)] = int(titled[2])
            elif by_title:
                columns[header.index(name)] = by_title[0]
            else:
                said.append(f"new assignment: {name}")
        return columns, said

    def _take(
        self,
        row: Sequence[str | None],
        columns: Mapping[int, int],
        read_only: set[int],
        scores: dict[tuple[int, int], str],
    ) -> list[str]:
        one = self._person(row)
        if one is None:
            return [f"new student: {row[0]}"]
        said = []
        for n, id_ in columns.items():
            cell = ((row[n] if n < len(row) else "") or "").strip()
            if not one.assigned:
                said += [f"dropped: a score of {one.id}"] if cell not in ("", "N/A") else []
            elif n in read_only:
                said += [f"read only: {id_}"]
            elif cell.upper() == "EX":
                scores[one.id, id_] = "EX"
            elif not _same(cell, scores.get((one.id, id_), "")):
                scores[one.id, id_] = cell
        return said

    def _person(self, row: Sequence[str | None]) -> Person | None:
        at = 2 if self.names_split else 1
        id_, sis, login = [(cell or "") for cell in row[at : at + 3]]
        digits = re.match(r"\d+", id_)
        ways = (
            [one for one in self.people if digits and one.id == int(digits[0])],
            [one for one in self.people if sis and one.sis == sis],
            [one for one in self.people if login and one.login == login],
            [one for one in self.people if one.name == row[0]],
        )
        return next((found[0] for found in ways if found), None)


def _rewritten(cell: str | None) -> str | None:
    """Any cell that seems a number: the last separator is taken for the decimal sign."""
    if cell is None or not _NUMBER.fullmatch(cell):
        return cell
    *whole, last = re.split("[,.]", cell)
    return f"{''.join(whole)}.{last}" if whole else last


def _same(new: str, old: str) -> bool:
    if new in ("", "-") and old in ("", "-"):
        return True
    return bool(new and old and _decimals(new) == _decimals(old))


def _decimals(text: str) -> str:
    try:
        return f"{float(text):.2f}"
    except ValueError:
        return text


def _delimiter(text: str) -> str:
    """Guessed from the first three physical lines, each by itself."""
    counts = {}
    for sign in ";,":
        try:
            sizes = {len(next(_rows(line, sign), [])) for line in text.splitlines(True)[:3]}
        except Refused:
            sizes = set()
        counts[sign] = sizes.pop() if len(sizes) == 1 else 0
    return ";" if counts[";"] > counts[","] else ","


def _rows(text: str, delimiter: str) -> Iterator[list[str | None]]:
    """As Ruby reads CSV: nothing but a delimiter or the end of a line after a quoted field."""
    end = next(iter(re.findall(r"\r\n|\n|\r", text)), "\n")
    cell = re.compile(rf'(?:"((?:[^"]|"")*)"|([^"\r\n{delimiter}]*))({delimiter}|{end}|\Z)')
    at, row = 0, []
    while at < len(text):
        found = cell.match(text, at)
        if found is None:
            raise Refused(f"malformed at {text[at : at + 20]!r}")
        said = found[2] or None if found[1] is None else found[1].replace('""', '"')
        row.append(said)
        at = found.end()
        if found[3] != delimiter:
            if any(row):  # skip_lines, and lines without anything
                yield row
            row = []
