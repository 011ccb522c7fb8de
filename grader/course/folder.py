"""The mark of a learner's folder: what `torchkata start` laid out in it, so that whatever differs
is known to be the learner's."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from grader.course.writing import replace_file
from grader.errors import UsageError
from grader.work.places import places

FILE = ".torchkata-folder.json"
SCHEMA = 1


@dataclass(frozen=True)
class Folder:
    """A learner's folder as it was laid out, by `version` of the course with this title.

    `exercises` has the digest of each exercise's block by its id, `files` that of each file by its
    path in the folder. `names` are those of exercises whose name then was not their id. `pieces`
    has the digests of what else the units' files consist of, statements and cells, by path.
    """

    course: str
    version: str
    exercises: Mapping[str, str]
    files: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=dict)
    pieces: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def name_of(self, identity: str) -> str:
        """What the exercise was called, as `UNIT.EXERCISE`."""
        return self.names.get(identity, identity)


def digest(text: str | bytes) -> str:
    """The same for every way to end a line, since git and editors change these."""
    data = text.encode() if isinstance(text, str) else text
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def block_in(text: str, exercise: str) -> str | None:
    """The exercise with its decorators and the comments directly above; None if it is not there."""
    found = next(places(text, exercise), None)
    if found is None:
        return None
    start, end = found
    lines = text[:start].split("\n")[:-1]
    while lines and lines[-1].startswith("#"):
        start -= len(lines.pop()) + 1
    return text[start:end]


def read_folder(root: Path) -> Folder:
    """What was laid out in a folder. Raises: UsageError if its mark is broken."""
    path = root / FILE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["schema"] != SCHEMA:
            raise UsageError(f"{path} is of a newer torchkata: update what is installed")
        json.dumps(data, ensure_ascii=False).encode()  # halves of characters cannot be written
        files = _texts(data["files"])
        if strange := [name for name in files if not _is_inside(name)]:
            raise ValueError(f"{strange[0]!r} is no file of this folder")
        names = _texts(data.get("names", {}))
        pieces = {name: tuple(map(str, some)) for name, some in data.get("pieces", {}).items()}
        exercises = _texts(data["exercises"])
        return Folder(str(data["course"]), str(data["version"]), exercises, files, names, pieces)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{path} is damaged ({type(error).__name__}: {error}): "
            "lay out a new folder with `torchkata start`, and copy your exercises/ into it"
        ) from None


def write_folder(root: Path, folder: Folder) -> None:
    """Put the mark into a folder. Raises: OSError."""
    replace_file(root / FILE, folder_text(folder).encode())


def folder_text(folder: Folder) -> str:
    """The mark as it is written."""
    data = {"schema": SCHEMA, **asdict(folder)}
    said = {key: value for key, value in data.items() if value or key not in ("names", "pieces")}
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def _texts(data: Any) -> dict[str, str]:
    if not all(isinstance(part, str) for item in data.items() for part in item):
        raise TypeError("what should be text is not")
    return dict(data)


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not (path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name)
