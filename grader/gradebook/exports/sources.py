"""A class for tools that compare work in earnest: JPlag and Dolos, each with what everybody was
given."""

import csv
import io
from collections.abc import Iterator, Sequence

from grader.errors import UsageError
from grader.gradebook.choices import Platform
from grader.gradebook.filenames import file_names
from grader.gradebook.store import Gradebook
from grader.work.magics import without_magics

SAID = {  # how the tool is run
    Platform.JPLAG: "unpack it, and there: java -jar jplag.jar -l python3 -bc base submissions",
    Platform.DOLOS: "unpack it, and in the folder of a unit: "
    "dolos run -f web -l python -i ../base/UNIT.py info.csv",
}


def members(book: Gradebook, to: Platform) -> Iterator[tuple[str, str]]:
    """The files of an archive, in folders as the tool takes them. Raises: UsageError."""
    stubs = book.stubs()
    if not stubs and next(book.works(), None) is None:
        raise UsageError(f"{book.path} holds no work")
    for unit, parts in stubs.items():
        yield f"base/{unit}.py", _module(parts)
    rows = {row.student: row for row in book.rows()}
    names = file_names(rows)
    listed: dict[str, list[list[str]]] = {}
    for student, work in book.works():
        row = rows[student]
        for unit, parts in book.sources(work).items():
            if not any(map(str.strip, parts)):
                continue
            if to is Platform.JPLAG:
                yield f"submissions/{names[student]}/{unit}.py", _module(parts)
                continue
            file = f"{names[student]}.py"
            listed.setdefault(unit, []).append([file, row.name or student])
            yield f"{unit}/{file}", _module(parts)
    for unit, lines in listed.items():
        text = io.StringIO(newline="")
        csv.writer(text).writerows([["filename", "full_name"], *lines])
        yield f"{unit}/info.csv", text.getvalue()


def _module(parts: Sequence[str]) -> str:
    """Cells one below the other, without what Python cannot read."""
    return "\n\n".join(map(without_magics, parts)) if parts[1:] else "".join(parts)
