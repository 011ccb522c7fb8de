"""A CSV of a platform with some cells filled in, and all others as they are, byte for byte."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.gradebook.tables import delimiter_of, encoding_of, read_bytes


@dataclass(frozen=True)
class Cell:
    """Its text, and where it stands in the file."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Sheet:
    """The lines of a file; what stands between the cells is kept as it is."""

    path: Path
    text: str
    encoding: str
    delimiter: str
    lines: tuple[tuple[Cell, ...], ...]

    @property
    def columns(self) -> list[str]:
        return [cell.text.strip() for cell in self.lines[0]]

    def column(self, name: str) -> int:
        """Raises: UsageError, with the columns that there are."""
        wanted = name.strip().casefold()
        found = [n for n, column in enumerate(self.columns) if column.casefold() == wanted]
        if len(found) != 1:
            told = "is there twice" if found else f"is not there, only {', '.join(self.columns)}"
            raise UsageError(f"{self.path}: the column {name} {told}")
        return found[0]

    def filled(self, cells: Mapping[tuple[int, int], str]) -> bytes:
        """With these texts in place, by line and column; in quotes only where it has to be."""
        parts, at = [], 0
        for (line, column), text in sorted(cells.items()):
            cell = self.lines[line][column]
            if re.search(rf'["\r\n{re.escape(self.delimiter)}]', text) or text != text.strip():
                text = '"' + text.replace('"', '""') + '"'
            parts += [self.text[at : cell.start], text]
            at = cell.end
        whole = "".join([*parts, self.text[at:]])
        return whole.encode(self.encoding.removesuffix("-sig"), "surrogateescape")


def read_sheet(path: Path) -> Sheet:
    """Raises: UsageError if it has no lines."""
    data = read_bytes(path)
    encoding = encoding_of(data)
    if encoding == "utf-16":
        raise UsageError(f"{path} is UTF-16, which the platform does not read: export it again")
    # Not utf-8-sig: the mark at the beginning is a part of the file.
    text = data.decode(encoding.removesuffix("-sig"), "surrogateescape")
    delimiter = delimiter_of(text)
    lines = tuple(_lines(text, delimiter))
    if len(lines) < 2:
        raise UsageError(f"{path} has no lines to fill in")
    return Sheet(path, text, encoding, delimiter, lines)


def _lines(text: str, delimiter: str) -> Iterator[tuple[Cell, ...]]:
    ends = re.compile(rf"\r\n|\r|\n|{re.escape(delimiter)}|\Z")
    at, line = text.startswith("\ufeff") * 1, []
    while True:
        start = at
        if text[at : at + 1] == '"':
            closed = re.compile(r'(?:[^"]|"")*').match(text, at + 1)
            assert closed is not None
            said, at = closed[0].replace('""', '"'), min(closed.end() + 1, len(text))
        else:
            said = ""
        end = ends.search(text, at)
        assert end is not None
        line.append(Cell(said + text[at : end.start()], start, end.start()))
        at = end.end()
        if end[0] != delimiter:
            if len(line) > 1 or line[0].text:
                yield tuple(line)
            line = []
        if not end[0]:
            return
