"""The gradebooks of Canvas and Moodle: the file that was exported there, with scores filled in.

What their importers make of it was read in their source: Canvas' `gradebook_importer.rb`, Moodle's
`importgradeslib.php`. Both find rows by id; a name is never looked at.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from grader.errors import UsageError
from grader.gradebook.exports.cells import Sheet
from grader.gradebook.marks import Mark, number
from grader.gradebook.roster import by_id, plain

CANVAS_IDS = ("ID", "SIS User ID", "SIS Login ID")
UNASSIGNED = "N/A"  # what Canvas writes where an assignment is not for a student
_STRANGER, _UNKNOWN = "not in the file", "in the file, and not in the gradebook"
_UNSCORED = "no score, the cell is as it was"
_SEVERAL = "in several lines of the file, which are as they were"
_TWICE = "of one line of the file, which is as it was"
_UNASSIGNED = "not assigned in Canvas, which would drop the score"
_TITLE = re.compile(r"(.*)\s\((\d+)\)", re.DOTALL)
_DROPPED = re.compile(
    "Current (?:Score|Points|Grade)|Final (?:Score|Points|Grade)|Override (?:Score|Grade|Status)"
)  # anywhere in a title, and without a word about it


Filled = tuple[bytes, tuple[str, ...]]  # the new file, and what to know of it, in lines


def canvas(sheet: Sheet, marks: Iterable[Mark], column: str) -> Filled:
    """Fill in one assignment. Excused is EX; who has no score keeps the cell.

    Raises: UsageError if it is no gradebook of Canvas, or has no such assignment.
    """
    columns = sheet.columns
    split = columns[:2] == ["LastName", "FirstName"]
    if not (split or "Student" in columns[0]) or not {"ID", "Section"} <= set(columns):
        raise UsageError(f"{sheet.path} is no gradebook that Canvas has exported")
    if sheet.encoding == "cp1252" or sheet.delimiter == "\t":
        raise UsageError(_saved_anew(sheet, "Canvas"))
    wanted = _assignment(sheet, column, columns.index("Section") + 1)
    points = next((line for line in sheet.lines[1:] if "Points Possible" in line[0].text), None)
    most = _number(points[wanted].text) if points and wanted < len(points) else None
    ids = [sheet.column(name) for name in CANVAS_IDS if name in columns]
    lines = {
        n: [line[i].text for i in ids if i < len(line)]
        for n, line in enumerate(sheet.lines)
        if n and line is not points and wanted < len(line)
    }
    data, said = _filled(sheet, lines, marks, wanted, most, excused="EX", feedback=None)
    if split and sheet.text.startswith("\ufeff"):  # Canvas compares these two with the mark
        data = data.removeprefix("\ufeff".encode())
        said += ("the byte order mark is left out: Canvas would refuse the file",)
    return data, said


def moodle(sheet: Sheet, marks: Iterable[Mark], column: str, feedback: str | None) -> Filled:
    """Fill in an offline grading worksheet: the grade and, where there is some, the feedback.

    Raises: UsageError if it is none, or has no such columns.
    """
    identifier, *_ = sheet.columns
    grade = sheet.column(column)
    if grade == 0 or not all(line[0].text.strip()[-1:].isdigit() for line in sheet.lines[1:]):
        raise UsageError(
            f"{sheet.path} is no grading worksheet of Moodle: its first column, {identifier}, "
            "holds no participants"
        )
    if sheet.encoding == "cp1252" or sheet.delimiter != ",":
        raise UsageError(_saved_anew(sheet, "Moodle"))
    # Maximum Grade, in whatever language; in its place, an assignment without points has a scale.
    held = {line[grade + 1].text if grade + 1 < len(line) else "" for line in sheet.lines[1:]}
    most = _number(held.pop()) if len(held) == 1 else None
    if most is None:
        raise UsageError(
            f"{sheet.path} has no maximum grade beside {column}: it is no grading worksheet of "
            "Moodle, or the assignment is graded with a scale, which cannot be filled in"
        )
    lines = {
        n: [line[0].text.strip().rpartition(" ")[2]]
        for n, line in enumerate(sheet.lines)
        if n and len(line) > grade
    }
    told = None if feedback is None else sheet.column(feedback)
    return _filled(sheet, lines, marks, grade, most, excused=None, feedback=told)


def _saved_anew(sheet: Sheet, platform: str) -> str:
    what = "an encoding" if sheet.encoding == "cp1252" else "a separator"
    return (
        f"{sheet.path} has been saved by another program, with {what} that {platform} does not "
        "expect: export it again, and fill that in"
    )


def _assignment(sheet: Sheet, column: str, first: int) -> int:
    """By its whole title or by its number, `Title (12345)`; what has no number is none."""
    titled = {
        n: found
        for n, name in enumerate(sheet.columns)
        if n >= first and (found := _TITLE.fullmatch(name))
    }
    wanted = column.strip()
    named = [n for n, title in titled.items() if wanted in (title[0], title[1], title[2])]
    if len(named) != 1:
        have = ", ".join(title[0] for title in titled.values()) or "none"
        told = "several assignments are called" if named else "no assignment is called"
        raise UsageError(f"{sheet.path}: {told} {column}; there is {have}")
    title = sheet.columns[named[0]]
    if dropped := _DROPPED.search(title):
        raise UsageError(
            f"Canvas drops a column with {dropped[0]} in its title: rename {title} there"
        )
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
    """Each mark in the line of its student, where that is certain."""
    given = list(marks)
    of = max((mark.row.max_score or 0 for mark in given), default=0)  # the points of the course
    of_line, told = _by_line(lines, given)
    cells: dict[tuple[int, int], str] = {}
    scaled = False
    for line, mark in of_line.items():
        student, own = mark.row.student, mark.row.max_score or of
        if sheet.lines[line][column].text.strip() == UNASSIGNED:
            told.setdefault(_UNASSIGNED, []).append(student)
        elif mark.excused and excused:
            cells[line, column] = excused
        elif mark.score is None:
            told.setdefault(_UNSCORED, []).append(student)
        elif own and mark.score > own and excused is None:
            told.setdefault(f"above {own} points, which Moodle would pass over", []).append(student)
        else:
            score = mark.score
            if most and own and most != own:
                score, scaled = score * most / own, True
            cells[line, column] = number(score)
            if own and mark.score > own:
                told.setdefault(f"above {own} points", []).append(student)
            if feedback is not None and mark.note and feedback < len(sheet.lines[line]):
                # PHP takes a quote after a backslash for no end of a field.
                cells[line, feedback] = re.sub(r'\\(?="|\Z)', r"\\ ", safe_text(mark.note))
    said = [f"{len({line for line, _ in cells})} students filled in"]
    said += [f"scores were scaled from {of} to {number(most)} points"] if scaled and most else []
    for what, names in told.items():
        said += listed(what, names)
    return sheet.filled(cells), tuple(said)


def _by_line(
    lines: Mapping[int, Sequence[str]], marks: Iterable[Mark]
) -> tuple[dict[int, Mark], dict[str, list[str]]]:
    """The one mark of each line, and who has none: whatever is not certain is left as it is."""
    found = by_id(lines.items())
    told: dict[str, list[str]] = {}
    of_line: dict[int, list[Mark]] = {}
    for mark in marks:
        id_ = plain(mark.row.student)
        line = found.get(id_)
        if line is not None:
            of_line.setdefault(line, []).append(mark)
        else:
            what = _SEVERAL if id_ in found else _STRANGER
            told.setdefault(what, []).append(mark.row.student)
    for same in (each for each in of_line.values() if len(each) > 1):
        told.setdefault(_TWICE, []).extend(mark.row.student for mark in same)
    for n, ids in lines.items():
        if any(ids) and n not in of_line:
            told.setdefault(_UNKNOWN, []).append(next(filter(None, ids)))
    return {line: mark for line, (mark, *others) in of_line.items() if not others}, told


def safe_text(text: str) -> str:
    """No spreadsheet takes it for a formula."""
    return f"\t{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def listed(what: str, names: Sequence[str]) -> list[str]:
    """A line that counts and names them, or none for nobody."""
    if not names:
        return []
    shown = ", ".join(names[:10]) + (" …" if names[10:] else "")
    return [f"{len(names)} {what}: {shown}"]


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
