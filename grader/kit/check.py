"""`grade kit --check`: searches a kit for what learners are not to have.

Looks at the names and the bytes of every file, into archives, compressed data and JSON, and if
the folder is a git repository at every object that it holds.
"""

import gzip
import io
import json
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from grader.course import Course
from grader.errors import UsageError
from grader.kit.secrets import Secret, secrets_of, single_spaced

GIT = ".git"
MAX_BYTES = 256 * 1024 * 1024
_DEEPEST = 4


def leaks(course: Course, folder: Path) -> list[str]:
    """A line for each file that holds something secret: where, what, and whence it comes.

    Raises: UsageError if there is no such folder or its history cannot be read.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}")
    secrets = secrets_of(course)
    private = _private_paths(course)
    found = []
    for where, data in _contents(folder):
        if PurePosixPath(where.removeprefix("history: ")).as_posix() in private:
            found.append(f"{where} is part of the course that learners do not get")
            continue
        if secret := _first(secrets, data):
            found.append(f"{where} holds a line of {secret.origin}: {secret.text}")
    return sorted(found)


def _private_paths(course: Course) -> set[str]:
    folders = (course.solutions_folder, course.suites_folder)
    paths = [path for folder in folders for path in folder.rglob("*.py")]
    return {path.relative_to(course.root).as_posix() for path in paths}


def _first(secrets: list[Secret], data: bytes) -> Secret | None:
    for text in _texts(data):
        flat = single_spaced(text)
        for secret in secrets:
            if secret.is_in(flat):
                return secret
    return None


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not path.is_symlink() and relative.parts[0] != GIT:
            yield relative.as_posix(), path.read_bytes()
        elif relative.parts[0] != GIT:
            yield relative.as_posix(), b""
    if (folder / GIT).exists():
        yield from _history(folder)


def _history(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every object of the repository, and every path that it ever had."""
    paths = _git(folder, "log", "--all", "--format=", "--name-only", "-z")
    for path in sorted({name.strip() for name in paths.decode("utf-8", "replace").split("\0")}):
        if path:
            yield f"history: {path}", b""
    objects = io.BytesIO(_git(folder, "cat-file", "--batch-all-objects", "--batch"))
    while header := objects.readline():
        name, kind, size = header.decode().split()
        data = objects.read(int(size))
        objects.read(1)
        yield f"history: {kind} {name[:12]}", data


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise UsageError(f"the history of {folder} cannot be searched: {error}") from None


def _texts(data: bytes, depth: int = 0) -> Iterator[str]:
    """Every text in the data: as it is, unpacked, and out of JSON."""
    text = data.decode("utf-8", "replace")
    yield text
    if depth == _DEEPEST:
        return
    if text[:1] in ("{", "["):
        try:
            yield "\n".join(_strings(json.loads(text)))
        except (ValueError, RecursionError):
            pass
    for part in _unpacked(data):
        yield from _texts(part, depth + 1)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield "".join(item for item in value if isinstance(item, str))
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(key)
            yield from _strings(item)


def _unpacked(data: bytes) -> Iterator[bytes]:
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                yield entry.filename.encode() + b"\n" + archive.read(entry)
    elif data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data)
    elif data[:1] == b"\x78":
        try:
            yield zlib.decompressobj().decompress(data, MAX_BYTES)
        except zlib.error:
            pass
