"""Every export: from a gradebook, and what a teacher has decided, to the bytes of a file."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.formats import gradescope, junit
from grader.gradebook.choices import Platform
from grader.gradebook.exports import platforms, sources, table
from grader.gradebook.exports.cells import read_sheet
from grader.gradebook.exports.platforms import listed
from grader.gradebook.marks import EVERYONE, Mark, marks_of, read_marks
from grader.gradebook.roster import plain
from grader.gradebook.store import Gradebook

_RENDER = {Platform.JUNIT: (junit.render, "xml"), Platform.GRADESCOPE: (gradescope.render, "json")}


def exported(
    book: Gradebook,
    to: Platform,
    marks: Path | None = None,
    fill: Path | None = None,
    column: str | None = None,
    feedback: str | None = None,
) -> tuple[bytes, Sequence[str]]:
    """The file, and what to know of it. Raises: UsageError."""
    filled_in = to in (Platform.CANVAS, Platform.MOODLE)
    if filled_in and (fill is None or column is None):
        raise UsageError(
            f"--to {to} fills in what {to.value.capitalize()} has exported: "
            "give that file with --fill, and the column with --column"
        )
    if not filled_in and (fill or column or feedback):
        raise UsageError("--fill, --column and --feedback-column are for canvas and moodle")
    if feedback is not None and to is Platform.CANVAS:
        raise UsageError("--feedback-column is for moodle: Canvas takes no comments from a file")
    if marks is not None and (to in _RENDER or to in sources.SAID):
        raise UsageError(f"--marks is not for {to}: it gets what was measured, or handed in")
    rules = {} if marks is None else read_marks(marks)
    given = list(marks_of(book.rows(), rules))
    nobody = sorted(rules.keys() - {EVERYONE} - {plain(mark.row.student) for mark in given})
    said: Sequence[str] = ()
    if fill is not None and column is not None:
        sheet = read_sheet(fill)
        if to is Platform.CANVAS:
            data, said = platforms.canvas(sheet, given, column)
        else:
            data, said = platforms.moodle(sheet, given, column, feedback)
    elif to in sources.SAID:
        data, said = _zipped(sources.members(book, to)), (sources.SAID[to],)
    elif to in _RENDER:
        data = _zipped(_reports(book, given, to))
    else:
        if to is Platform.NBGRADER:
            text = table.as_nbgrader(given, book.path.stem)
        else:
            text = table.as_json(given) if to is Platform.JSON else table.as_csv(given)
        data = text.encode("utf-8", "backslashreplace")
    told = listed("in the marks, and not in the gradebook", nobody)
    told += listed("late, with less than was measured", [m.row.student for m in given if m.is_less])
    return data, (*told, *said)


def _reports(book: Gradebook, marks: Sequence[Mark], to: Platform) -> Iterator[tuple[str, str]]:
    """The report of every student who has one."""
    render, ending = _RENDER[to]
    for n, mark in enumerate(marks, start=1):
        if mark.row.result is not None:
            safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in mark.row.student)[:80]
            yield f"{n:05}-{safe}.{ending}", render(book.report(mark.row.result))


def _zipped(members: Iterable[tuple[str, str]]) -> bytes:
    """The same members, the same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in members:
            data = text.encode("utf-8", "replace")
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()
