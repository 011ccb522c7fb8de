"""Archives of strangers: the files in them that may be work, written to a folder of ours.

Nothing else is ever written: no link, no device, no path that leaves the folder. What an archive
says of the sizes in it is not believed, and archives in archives count against the same bounds.
"""

import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import IO

MAX_FILE_BYTES = 17 << 20  # more than the grader reads of any file
MAX_ARCHIVE_BYTES = 256 << 20  # of one in another, which is held in memory
MAX_LEVELS = 3  # archives in archives
CHUNK = 1 << 20

ARCHIVE = re.compile(r"\.(?:zip|tar|tgz|tbz2?|txz|tar\.(?:gz|bz2|xz))\Z", re.IGNORECASE)
_WORK = re.compile(r"\.(?:py|ipynb)(?:\.(?:txt|json))?\Z", re.IGNORECASE)
_NO_ARCHIVE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, LZMAError, EOFError, OSError)
_KEPT = {"submission_metadata.yml"}  # tells whose work is whose


@dataclass
class Room:
    """How much may still be written; `notes` tell what was left out, and why."""

    bytes: int = 64 << 20
    files: int = 2000
    entries: int = 20_000
    notes: list[str] = field(default_factory=list)

    def left_out(self, what: str) -> None:
        if len(self.notes) < 20:
            self.notes.append(what)


class Full(Exception):
    """The bounds are reached: the rest of an archive is left where it is."""


def is_archive(name: str) -> bool:
    return ARCHIVE.search(name) is not None


def is_work(name: str) -> bool:
    """May a file of this name hold somebody's work? Editors and systems hide what is theirs."""
    return _WORK.search(name) is not None and not name.startswith((".", "__MACOSX"))


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
        for path, opened in _members(file, room):
            if is_archive(path.name):
                if level == MAX_LEVELS:
                    room.left_out(f"{path} is an archive in too many archives")
                    continue
                inner = io.BytesIO(_read(opened, min(room.bytes, MAX_ARCHIVE_BYTES), path, room))
                place = folder / path.with_name(ARCHIVE.sub("", path.name) or "archive")
                _unpack(inner, f"{path}", place, room, level + 1)
            else:
                _write(folder / path, _read(opened, room.bytes, path, room), room)
    except (*_NO_ARCHIVE, RuntimeError, ValueError) as error:
        why = "it needs a password" if "password" in f"{error}" else "it is damaged, or none"
        room.left_out(f"{name} cannot be read as an archive: {why}")


def _members(file: IO[bytes], room: Room) -> Iterator[tuple[PurePosixPath, IO[bytes]]]:
    """Each file of an archive that may be work, under a path that stays inside."""
    start = file.tell()
    zipped = zipfile.is_zipfile(file)
    file.seek(start)
    for name, is_file, opened in _zip(file) if zipped else _tar(file):
        room.entries -= 1
        if room.entries < 0:
            raise Full
        path = safe(name)
        wanted = is_archive(path.name) or is_work(path.name) or path.name in _KEPT
        if not wanted or "__MACOSX" in path.parts:
            continue
        if not is_file:
            room.left_out(f"{path} is a link or a device")
        elif path.is_absolute() or ".." in path.parts or not path.name.isprintable():
            room.left_out(f"{path} lies outside of the archive")
        else:
            with opened() as content:
                yield path, content


def safe(name: str) -> PurePosixPath:
    """As Windows writes paths, too."""
    path = PurePosixPath(re.sub(r"\A[A-Za-z]:", "/", name.replace("\\", "/")))
    return PurePosixPath(*(part for part in path.parts if part != "."))


def _zip(file: IO[bytes]) -> Iterator[tuple[str, bool, Callable[[], IO[bytes]]]]:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            kind = member.external_attr >> 28  # of Unix; 0 where another system made it
            if not member.is_dir():
                yield member.filename, kind in (0, 8), lambda m=member: archive.open(m)  # type: ignore[misc]


def _tar(file: IO[bytes]) -> Iterator[tuple[str, bool, Callable[[], IO[bytes]]]]:
    with tarfile.open(fileobj=file, mode="r:*") as archive:
        for member in archive:
            if not member.isdir():
                yield (
                    member.name,
                    member.isreg(),
                    lambda m=member: archive.extractfile(m) or io.BytesIO(),  # type: ignore[misc]
                )


def _read(file: IO[bytes], most: int, path: PurePosixPath, room: Room) -> bytes:
    """Its bytes; of a larger one than the grader reads, as many as show that."""
    bound = most if is_archive(path.name) else min(most, MAX_FILE_BYTES)
    data = bytearray()
    while len(data) <= bound and (chunk := file.read(CHUNK)):
        data += chunk
    if len(data) > bound and bound == most:
        raise Full
    return bytes(data[: bound + 1])


def _write(path: Path, data: bytes, room: Room) -> None:
    room.bytes -= len(data)
    room.files -= 1
    if room.bytes < 0 or room.files < 0:
        raise Full
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            room.left_out(f"{path.name} is there twice; the last one counts")
        path.write_bytes(data)
    except OSError as error:  # a file where a folder should be, or too long a name
        room.left_out(f"{path.name} cannot be unpacked: {error.strerror}")
