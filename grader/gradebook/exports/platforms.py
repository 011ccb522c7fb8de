"""The gradebooks of Canvas and Moodle: the file that was exported there, with scores filled in.

What their importers make of it was read in their source: Canvas' `gradebook_importer.rb`, Moodle's
`importgradeslib.php`. Both find rows by id; a name is never looked at.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from grader.errors import UsageError
from grader.gradebook.exports.cells import Sheet
from grader.gradebook.marks import Mark, number
from grader.gradebook.roster import plain

CANVAS_IDS = ("ID", "SIS User ID", "SIS Login ID")
_DROPPED = re.compile(
    "(?:current|final|override|unposted current|unposted final) (?:score|grade|points|status)"
)  # from a title, without a word about it


@dataclass(frozen=True)
class Filled:
    """The new file, and what to know of it, in lines."""

    data: bytes
    said: tuple[str, ...]


def canvas(sheet: Sheet, marks: Iterable[Mark], column: str) -> Filled:
    """Fill in one assignment. Excused is EX; who has no score keeps the cell.

    Raises: UsageError if it is no gradebook of Canvas, or has no such assignment.
    """
    columns = sheet.columns
    if "student" not in columns[0].casefold() or "ID" not in columns:
        raise UsageError(f"{sheet.path} is no gradebook that Canvas has exported")
    wanted = _assignment(sheet, column)
    ids = [sheet.column(name) for name in CANVAS_IDS if name in columns]
    points = next(
        (line for line in sheet.lines[1:] if "points possible" in line[0].text.casefold()), None
    )
    most = _number(points[wanted].text) if points and wanted < len(points) else None
    lines = {
        n: [line[i].text for i in ids if i < len(line)]
        for n, line in enumerate(sheet.lines)
        if n and line is not points and wanted < len(line)
    }
    return _filled(sheet, lines, marks, wanted, most, excused="EX", feedback=None)


def moodle(sheet: Sheet, marks: Iterable[Mark], column: str, feedback: str | None) -> Filled:
    """Fill in an offline grading worksheet: the grade and, where there is some, the feedback.

    Raises: UsageError if it is none, or has no such columns.
    """
    identifier = sheet.columns[0].removeprefix("\ufeff")
    grade = sheet.column(column)
    most_at = grade + 1  # Maximum Grade, in whatever language
    if grade == 0 or not sheet.lines[1][0].text.strip()[-1:].isdigit():
        raise UsageError(
            f"{sheet.path} is no grading worksheet of Moodle: its first column, {identifier}, "
            "holds no participants"
        )
    lines = {
        n: [_last_number(line[0].text)]
        for n, line in enumerate(sheet.lines)
        if n and len(line) > grade
    }
    first = sheet.lines[1]
    most = _number(first[most_at].text) if most_at < len(first) else None
    told = None if feedback is None else sheet.column(feedback)
    return _filled(sheet, lines, marks, grade, most, excused=None, feedback=told)


def _assignment(sheet: Sheet, column: str) -> int:
    """By its whole title or by its number, `Title (12345)`."""
    named = [
        n
        for n, name in enumerate(sheet.columns)
        if name == column or name.endswith(f"({column})") or name.rpartition(" (")[0] == column
    ]
    if len(named) != 1:
        have = ", ".join(name for name in sheet.columns if name.endswith(")")) or "none"
        told = "several assignments are called" if named else "no assignment is called"
        raise UsageError(f"{sheet.path}: {told} {column}; there is {have}")
    title = sheet.columns[named[0]].casefold()
    if _DROPPED.search(title):
        raise UsageError(f"Canvas drops a column whose title holds such words: {title}")
    return named[0]


def _filled(
    sheet: Sheet,
    lines: Mapping[int, Sequence[str]],
    marks: Iterable[Mark],
    column: int,
    most: Decimal | None,
    *,
    excused: str | None,
    feedback: int | None,
) -> Filled:
    by_id: dict[str, int] = {}
    for n, ids in lines.items():
        for id_ in filter(None, map(plain, ids)):
            by_id.setdefault(id_, n)
    cells: dict[tuple[int, int], str] = {}
    strangers: list[str] = []
    without: list[str] = []
    done: set[int] = set()
    scaled = False
    for mark in marks:
        line = by_id.get(plain(mark.row.student))
        if line is None:
            strangers.append(mark.row.student)
            continue
        done.add(line)
        if mark.score is None:
            if excused and mark.note.startswith("excused"):
                cells[line, column] = excused
            else:
                without.append(mark.row.student)
            continue
        score = mark.score
        measured = not mark.by_hand
        if most and measured and mark.row.max_score and most != mark.row.max_score:
            score, scaled = score * most / mark.row.max_score, True
        cells[line, column] = number(score)
        if feedback is not None and mark.note and feedback < len(sheet.lines[line]):
            cells[line, feedback] = safe_text(mark.note)
    said = [f"{len(cells)} cells filled in"]
    said += [f"scores were scaled to {number(most)} points"] if scaled and most else []
    said += _listed("no score, the cell is as it was", without)
    said += _listed("not in the file", strangers)
    said += _listed("in the file, and not in the gradebook", [
        next(iter(lines[n]), "?") for n in lines if n not in done
    ])  # fmt: skip
    return Filled(sheet.filled(cells), tuple(said))


def safe_text(text: str) -> str:
    """No spreadsheet takes it for a formula."""
    return f"\t{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _listed(what: str, names: Sequence[str]) -> list[str]:
    if not names:
        return []
    shown = ", ".join(names[:10]) + (" …" if names[10:] else "")
    return [f"{len(names)} {what}: {shown}"]


def _last_number(text: str) -> str:
    return text.strip().rpartition(" ")[2]


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
