"""`grade kit --check`: searches a kit for what learners are not to have.

Looks at the names and the bytes of every file, into archives, compressed data and JSON, and if
the folder is a git repository at every object that it holds. What cannot be searched is told as
well. `.venv` is passed over.
"""

import io
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from grader.course.model import Course
from grader.course.stubs import stubs_of
from grader.errors import UsageError
from grader.kit.secrets import Secret, secrets_of, single_spaced
from grader.kit.unpacking import MAX_BYTES, Unsearchable, texts

_GIT, _PASSED_OVER = ".git", ".venv"
_ELSEWHERE = ("modules", "lfs", "annex")  # where git keeps what is no object of this repository


def leaks(course: Course, folder: Path) -> list[str]:
    """A line for each file that holds something secret, or may: where, what, and whence it comes.

    Raises: UsageError if there is no such folder or its history cannot be read.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}")
    search = _Search(course)
    found = [problem for path in _paths(folder) if (problem := search.file(folder, path))]
    if (folder / _GIT).exists():
        found += [problem for problem in search.history(folder) if problem]
    return sorted(found)


class _Search:
    def __init__(self, course: Course) -> None:
        self.secrets = secrets_of(course)
        self.stubs = {
            stub.path.relative_to(course.root).as_posix(): stub.text.encode()
            for stub in stubs_of(course)
        }
        folders = course.solutions_folder, course.suites_folder
        private = (path for folder in folders for path in folder.rglob("*.py"))
        self.private = {path.relative_to(course.root).as_posix() for path in private}

    def file(self, folder: Path, path: Path) -> str | None:
        """What is wrong with one file of the kit."""
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            return f"{name} is a link: put a file in its place"
        if path.is_dir():
            if (path / _GIT).exists():
                return f"{name} is a repository of its own, and was not searched"
            return None if os.access(path, os.R_OK | os.X_OK) else f"{name} cannot be read"
        if path.suffix in (".pyc", ".pyo"):
            return f"{name} is compiled, and was not searched: delete it"
        try:
            with open(path, "rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            return f"{name} cannot be read: {error.strerror}"
        if len(data) > MAX_BYTES:
            return f"{name} holds more than {MAX_BYTES >> 20} MiB, and was not searched"
        if name in self.stubs and data.replace(b"\r\n", b"\n") != self.stubs[name]:
            return f"{name} differs from what grade sync makes: does it hold an answer?"
        return self.named(name, name) or self.data(name, data)

    def named(self, where: str, path: str) -> str | None:
        if path in self.private:
            return f"{where} is part of the course that learners do not get"
        return None

    def data(self, where: str, data: bytes) -> str | None:
        try:
            for text in texts(data):
                if secret := self._first(single_spaced(text)):
                    return f"{where} holds a line of {secret.origin}: {secret.text}"
        except Unsearchable as reason:
            return f"{where} {reason}, and was not searched"
        return None

    def _first(self, text: str) -> Secret | None:
        return next((secret for secret in self.secrets if secret.is_in(text)), None)

    def history(self, folder: Path) -> Iterator[str | None]:
        """Of every path that there ever was, and of every object."""
        kept = Path(_git(folder, "rev-parse", "--absolute-git-dir").decode().strip())
        for place in _ELSEWHERE:
            if (kept / place).exists():
                yield f"{_GIT}/{place} was not searched"
        paths = _git(folder, "log", "--all", "--format=", "--name-only", "-z").decode(
            "utf-8", "replace"
        )
        for path in sorted({name.strip() for name in paths.split("\0")} - {""}):
            yield self.named(f"history: {path}", path)
        objects = io.BytesIO(_git(folder, "cat-file", "--batch-all-objects", "--batch"))
        while header := objects.readline():
            name, kind, size = header.decode().split()
            data = objects.read(int(size))
            objects.read(1)
            yield self.data(f"history: {kind} {name[:12]}", data)


def _paths(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.relative_to(folder).parts[0] not in (_GIT, _PASSED_OVER):
            yield path


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        command = ["git", "-C", str(folder), *arguments]
        ran = subprocess.run(command, check=False, capture_output=True)
    except OSError as error:
        raise UsageError(f"the history of {folder} cannot be searched: {error.strerror}") from None
    if ran.returncode:
        said = ran.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise UsageError(f"the history of {folder} cannot be searched: {''.join(said)}")
    return ran.stdout
