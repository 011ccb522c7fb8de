"""Archives of strangers: the files in them that may be work, written to a folder of ours.

Nothing else is ever written: no link, no device, no path that leaves the folder. What an archive
says of the sizes in it is not believed, and archives in archives count against the same bounds.
"""

import bz2
import gzip
import io
import lzma
import os
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

MAX_FILE_BYTES = 17 << 20  # more than the grader reads of any file
MAX_ARCHIVE_BYTES = 256 << 20  # of one in another, which is held in memory
KEPT_LEVELS = 5  # of folders, in which names are kept
MAX_FOLDERS = 50  # around a file: to make and to delete very many, one in another, can fail
MAX_LEVELS = 3  # archives in archives
CHUNK = 1 << 20
# The other ways of a zip unpack a piece whole, and a few bytes to any size.
_KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_PACKED: dict[bytes, Callable[[IO[bytes]], object]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ": lzma.LZMAFile,
}

ARCHIVE = re.compile(r"\.(?:zip|tar|tgz|tbz2?|txz|tar\.(?:gz|bz2|xz))\Z", re.IGNORECASE)
_WORK = re.compile(r"\.(?:py|ipynb)(?:\.(?:txt|json))?\Z", re.IGNORECASE)
_CLOSED = re.compile(r"\.(?:rar|7z|lzh|cab|dmg)\Z", re.IGNORECASE)
CLOSED = "is an archive that is not opened here; a zip is"
_KEPT = {"submission_metadata.yml"}  # tells whose work is whose


@dataclass
class Room:
    """How much may still be written, and unpacked on the way to it; `notes` tell what was left out,
    and why, and `passed_over` names the first files that cannot be work. In one `of_class`, their
    names are kept as well, as empty files, since somebody may have handed in nothing else; and an
    archive stays closed, since it is one student's, whose bounds, names and times are nobody
    else's."""

    bytes: int = 64 << 20
    files: int = 2000
    entries: int = 20_000
    unpacked: int = 1 << 30
    of_class: bool = False
    notes: list[str] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)

    def enter(self) -> None:
        """One entry more of an archive, a folder as well. Raises: Full."""
        self.entries -= 1
        if self.entries < 0:
            raise Full

    def left_out(self, what: str) -> None:
        if len(self.notes) < 20:
            self.notes.append(what)

    def pass_over(self, name: str) -> None:
        if len(self.passed_over) < 20:
            self.passed_over.append(name)


class Full(Exception):
    """The bounds are reached: the rest of an archive is left where it is."""


def is_archive(name: str) -> bool:
    return ARCHIVE.search(name) is not None


def is_closed(name: str) -> bool:
    """An archive of a kind that we do not open."""
    return _CLOSED.search(name) is not None


def is_work(name: str) -> bool:
    """May a file of this name hold somebody's work? Editors and systems hide what is theirs."""
    return _WORK.search(name) is not None and not name.startswith((".", "__MACOSX"))


def folder_of(archive: str) -> str:
    """What to call the folder that an archive becomes: no dots that lead out of where it is."""
    name = ARCHIVE.sub("", archive)
    return name if name.strip(".") else "unpacked"


def unpack(archive: Path, folder: Path, room: Room) -> None:
    """Write what may be work, from `archive` and the archives in it, into `folder`.

    What cannot be read is a note of the room; nothing is raised for it.
    """
    try:
        with archive.open("rb") as file:
            _unpack(file, archive.name, folder, room, 1)
    except Full:
        room.left_out(f"{archive.name} holds more than is read of one hand-in; the rest is left")
    except OSError as error:
        room.left_out(f"{archive.name} cannot be read: {error.strerror}")


def _unpack(file: IO[bytes], name: str, folder: Path, room: Room, level: int) -> None:
    try:
        for path, when, opened in _members(file, room):
            if opened is None:
                _write(folder / path, b"", when, room)
            elif is_archive(path.name) and not room.of_class:
                if level == MAX_LEVELS:
                    room.left_out(f"{path} is an archive in too many archives")
                    continue
                inner = _read(opened, room.bytes, path)
                room.bytes -= len(inner)
                place = folder / path.with_name(folder_of(path.name))
                _unpack(io.BytesIO(inner), f"{path}", place, room, level + 1)
            else:
                _write(folder / path, _read(opened, room.bytes, path), when, room)
    except Full:
        raise
    except Exception as error:  # of bytes of strangers these libraries raise nearly everything
        why = "it needs a password" if "password" in f"{error}" else "it is damaged, or none"
        room.left_out(f"{name} cannot be read as an archive: {why}")


def _members(
    file: IO[bytes], room: Room
) -> Iterator[tuple[PurePosixPath, float, IO[bytes] | None]]:
    """Each file of an archive that may be work, under a path that stays inside, with its time; and
    without content those whose names alone are kept."""
    start = file.tell()
    zipped = zipfile.is_zipfile(file)
    file.seek(start)
    for name, is_file, when, opened in _zip(file, room) if zipped else _tar(file, room):
        path = safe(name)
        wanted = is_archive(path.name) or is_work(path.name) or path.name in _KEPT
        if "__MACOSX" in path.parts:
            continue
        outside = path.is_absolute() or ".." in path.parts or not path.name.isprintable()
        if not wanted:
            room.pass_over(path.name)
            if room.of_class and not outside and _is_told(path):
                yield path, when, None
        elif not is_file:
            room.left_out(f"{path} is a link or a device")
        elif outside:
            room.left_out(f"{path} lies outside of the archive")
        elif len(path.parts) > MAX_FOLDERS:
            room.left_out(f"{path.name} lies too deep")
        else:
            with opened() as content:
                yield path, when, content


def _is_told(path: PurePosixPath) -> bool:
    """Of what systems hide, that it is a clone says something."""
    hidden = any(part.startswith(".") for part in path.parts)
    return len(path.parts) <= KEPT_LEVELS and (not hidden or path.parts[-2:] == (".git", "HEAD"))


def safe(name: str) -> PurePosixPath:
    """As Windows writes paths, too."""
    path = PurePosixPath(re.sub(r"\A[A-Za-z]:", "/", name.replace("\\", "/")))
    return PurePosixPath(*(part for part in path.parts if part != "."))


Member = tuple[str, bool, float, Callable[[], IO[bytes]]]


def _zip(file: IO[bytes], room: Room) -> Iterator[Member]:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            room.enter()
            kind = member.external_attr >> 28  # of Unix; 0 where another system made it
            if member.compress_type not in _KINDS:
                room.left_out(f"{member.filename} is packed in a way that is not opened here")
            elif not member.is_dir():
                yield (
                    member.filename,
                    kind in (0, 8),
                    _time(member.date_time),
                    lambda m=member: archive.open(m),  # type: ignore[misc]
                )


def _time(said: tuple[int, ...]) -> float:
    """In this machine's zone, since a zip names none; 0 for no time, or for 1980, which stands
    for none."""
    try:
        return max(0.0, datetime(*said).timestamp()) if said[0] > 1980 else 0.0  # type: ignore[arg-type]
    except (ValueError, OverflowError, OSError):
        return 0.0


def _tar(file: IO[bytes], room: Room) -> Iterator[Member]:
    start = file.tell()
    begins = file.read(6)
    file.seek(start)
    opened = next((open_ for magic, open_ in _PACKED.items() if begins.startswith(magic)), None)
    stream = _Stream(opened(file) if opened else file, room)
    with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r:") as archive:
        for member in archive:
            room.enter()
            if not member.isdir():
                yield (
                    member.name,
                    member.isreg(),
                    float(member.mtime),
                    lambda m=member: archive.extractfile(m) or io.BytesIO(),  # type: ignore[misc]
                )


class _Stream:
    """A tar as it is unpacked, in pieces. It says itself how much of it is to be passed over or
    read at once: no more is than there is room for."""

    def __init__(self, file: Any, room: Room) -> None:
        self.file, self.room, self.far = file, room, file.tell()

    def read(self, size: int) -> bytes:
        if not 0 <= size <= 2 * CHUNK:
            raise ValueError("a header of that size is none")
        self._go_to(self.file.tell() + size)
        data: bytes = self.file.read(size)
        return data

    def seek(self, place: int) -> None:
        self._go_to(place)
        self.file.seek(place)

    def tell(self) -> int:
        place: int = self.file.tell()
        return place

    def _go_to(self, place: int) -> None:
        self.room.unpacked -= max(0, place - self.far)
        self.far = max(self.far, place)
        if self.room.unpacked < 0:
            raise Full


def _read(file: IO[bytes], most: int, path: PurePosixPath) -> bytes:
    """Its bytes; of a larger one than the grader reads, as many as show that."""
    bound = min(most, MAX_ARCHIVE_BYTES if is_archive(path.name) else MAX_FILE_BYTES)
    data = bytearray()
    while len(data) <= bound and (chunk := file.read(CHUNK)):
        data += chunk
    if len(data) > bound and bound == most:
        raise Full
    return bytes(data[: bound + 1])


def _write(path: Path, data: bytes, when: float, room: Room) -> None:
    room.bytes -= len(data)
    room.files -= 1
    if room.bytes < 0 or room.files < 0:
        raise Full
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            room.left_out(f"{path.name} is there twice; the last one counts")
        path.write_bytes(data)
        with suppress(OverflowError, ValueError):  # a time may be any number, and none
            os.utime(path, (when, when))
    except OSError as error:  # a file where a folder should be, or too long a name
        room.left_out(f"{path.name} cannot be unpacked: {error.strerror}")
