"""Tables that teachers have: CSV in whatever dialect and encoding a program has written it."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError

MAX_BYTES = 64 << 20
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class Table:
    """Its lines by column. `said` tells how it was read, where that was a guess; `long` are the
    numbers, from 0, of lines with more cells than columns.
    """

    columns: tuple[str, ...]
    lines: tuple[dict[str, str], ...]
    said: str = ""
    long: tuple[int, ...] = ()


def read_bytes(path: Path) -> bytes:
    """Raises: UsageError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path} is larger than {MAX_BYTES >> 20} MiB")
    return data


def encoding_of(data: bytes) -> str:
    """By its first bytes; text that is no UTF-8 is taken for that of Western Windows."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def read_table(path: Path) -> Table:
    """Raises: UsageError if it is no table, or has no lines."""
    data = read_bytes(path)
    encoding = encoding_of(data)
    text = data.decode(encoding, "replace")
    delimiter = delimiter_of(text)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
        columns = tuple((name or "").strip() for name in reader.fieldnames or ())
        reader.fieldnames = list(columns)
        read = [*reader]
    except csv.Error as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    lines = tuple(
        {name: (line.get(name) or "").strip() for name in columns if name} for line in read
    )
    long = tuple(number for number, line in enumerate(read) if any(line.get(None) or ()))
    if not columns:
        raise UsageError(f"{path} is empty")
    told = [f"as {encoding}"] * (encoding == "cp1252") + [f"by {delimiter!r}"] * (delimiter != ",")
    return Table(columns, lines, f"{path} was read {' '.join(told)}" if told else "", long)


def delimiter_of(text: str) -> str:
    """The one of comma, semicolon and tab that the first line has most of, outside of quotes."""
    bare = "".join(text.split("\n", 1)[0].split('"')[::2])
    return max(",;\t", key=lambda sign: (bare.count(sign), sign == ","))
