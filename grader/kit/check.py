"""`grade kit --check`: searches a kit for what learners are not to have.

A kit is known to the byte. So each file in it, and each object of its git repository, must be one
that `grade kit` makes, or plain text, whose lines are searched. `.venv` is passed over.
"""

import io
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from grader.course.model import Course, read_course
from grader.errors import CourseError, UsageError
from grader.judge.options import OnProgress, ignore
from grader.kit.make import kit_files
from grader.kit.secrets import secrets_of, single_spaced

MAX_BYTES = 64 * 1024 * 1024
_GIT, _VENV = ".git", ".venv"
_ELSEWHERE = ("modules", "lfs", "annex")  # where git keeps what is no object of this repository
_FOLDER, _FILES = b"40000", (b"100644", b"100755")  # other modes are links and submodules
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # but for ends of lines and for colours
_REFUSED = b"\0"  # what there is no need to look into


def leaks(course: Course, folder: Path, on_unit: OnProgress = ignore) -> list[str]:
    """A line for each file that holds something secret, or may: where, what, and whence it comes.

    Raises: UsageError if there is no such folder or its history cannot be read; CourseError if no
    kit can be made of the course.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}")
    kit, secrets = kit_files(course, on_unit), secrets_of(course)
    folders = course.solutions_folder, course.suites_folder, course.accepted_folder
    private = {folder.name for folder in folders}

    def problem(where: str, data: bytes) -> str | None:
        stub = kit.get(where) if where.startswith(f"{course.exercises_folder.name}/") else None
        if stub is not None and data.replace(b"\r\n", b"\n") != stub:
            return f"{where} differs from what grade sync makes: does it hold an answer?"
        if private & {*where.split("/")[:-1]}:
            return f"{where} is part of the course that learners do not get"
        text = _text(data)
        if text is None and data not in kit.values():
            return f"{where} is not something a kit holds: neither plain text nor made by grade kit"
        for spelling in map(single_spaced, (where, *_spellings(text or ""))):
            if secret := next((secret for secret in secrets if secret.is_in(spelling)), None):
                return f"{where} holds a line of {secret.origin}: {secret.text}"
        return None

    held = [*_files(folder), *_objects(folder)]
    return sorted(found for where, data in held if (found := problem(where, data)))


def part_in(folder: Path, course: Course) -> Course:
    """The part of the course that a kit was made of, as its course.toml has it."""
    try:
        units = [unit.name for unit in read_course(folder).units]
    except CourseError:
        return course
    return course.only([unit for unit in units if unit in course.everything])


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file by its path, with its bytes."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if name.parts[0] not in (_GIT, _VENV):
            closed = not os.access(path, os.R_OK) or os.path.getsize(path) > MAX_BYTES
            odd = closed or path.is_symlink() or (path / _GIT).exists()
            if odd or not path.is_dir():
                yield name.as_posix(), path.read_bytes() if path.is_file() and not odd else _REFUSED


def _objects(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every object that git has, whether or not a branch leads to it; of folders, the names."""
    if not (folder / _GIT).exists():
        return
    kept = Path(os.fsdecode(_git(folder, "rev-parse", "--absolute-git-dir").removesuffix(b"\n")))
    yield from ((f"{_GIT}/{place}", _REFUSED) for place in _ELSEWHERE if (kept / place).exists())
    objects = io.BytesIO(_git(folder, "cat-file", "--batch-all-objects", "--batch"))
    while header := objects.readline():
        name, kind, size = header.decode().split()
        where, data = f"history: {kind} {name[:12]}", objects.read(int(size) + 1)[:-1]
        if kind != "tree":
            yield where, data
            continue
        for mode, entry in re.findall(rb"(\d+) ([^\0]+)\0[\s\S]{%d}" % (len(name) // 2), data):
            path = f"{where}/{entry.decode('utf-8', 'replace')}" + "/" * (mode == _FOLDER)
            yield path, b"" if mode in (_FOLDER, *_FILES) else _REFUSED


def _git(folder: Path, *arguments: str) -> bytes:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "--no-replace-objects", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, env=ours).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise UsageError(f"the history of {folder} cannot be searched: {error}") from None


def _text(data: bytes) -> str | None:
    """Plain text; None for anything else."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text


def _spellings(text: str) -> Iterator[str]:
    """The text; of JSON also without escapes, and then with the strings of lists put together."""
    yield text
    try:
        plain = json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return
    yield (plain := plain.replace(r"\n", "\n").replace(r"\t", "\t").replace(r"\"", '"'))
    yield plain.replace('", "', "")
