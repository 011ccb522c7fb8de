"""A learner's folder or file, read once into source text per unit. Nothing in it is trusted.

Only regular files inside the folder are opened, without following links out of it, and only up
to a bound. A file that cannot be used becomes the problem of its unit alone.
"""

import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from grader.errors import UsageError

MAX_BYTES = 1024 * 1024
MAX_NAMES = 1000


@dataclass(frozen=True)
class Source:
    """The text of one unit and its path as the learner knows it; `problem` if there is no text."""

    file: str
    text: str = ""
    problem: str | None = None


@dataclass(frozen=True)
class Submission:
    """What was found of each unit; `missing` says so of every other one."""

    path: Path
    sources: dict[str, Source]
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> int:
        """A number that depends on every byte of the work: the default seed."""
        digest = hashlib.blake2b(digest_size=4)
        for unit, source in sorted(self.sources.items()):
            digest.update(f"{unit}\0{source.text}\0".encode("utf-8", "surrogatepass"))
        return int.from_bytes(digest.digest(), "big")


def read_submission(path: Path, units: Sequence[str]) -> Submission:
    """Read a folder (with or without `exercises/` in it) or a single file named after its unit.

    Raises: UsageError if there is nothing to grade.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    if stat.S_ISDIR(mode):
        return _read_folder(path, units)
    unit = path.stem
    if path.suffix != ".py" or unit not in units:
        raise UsageError(f"{path} is not named after a unit: expected {_files(units)}")
    return Submission(path, {unit: _read(path.parent, path.name)})


def _read_folder(folder: Path, units: Sequence[str]) -> Submission:
    for prefix in ("exercises/", ""):
        try:
            found = [unit for unit in units if _is_there(folder / f"{prefix}{unit}.py")]
        except PermissionError as error:
            raise UsageError(f"cannot read {folder}: {error.strerror}") from None
        if found:
            shown = f"{folder.name}/" if not prefix and folder.name == "exercises" else prefix
            sources = {unit: _read(folder, f"{prefix}{unit}.py", shown) for unit in found}
            missing = {
                unit: _missing(folder / prefix, shown, unit) for unit in units if unit not in found
            }
            return Submission(folder, sources, missing)
    raise UsageError(f"no unit in {folder}: expected {_files(units)}, there or in exercises/")


def _missing(folder: Path, shown: str, unit: str) -> str:
    names = (path.name for path in islice(folder.iterdir(), MAX_NAMES))
    near = next((name for name in names if name.lower() == f"{unit}.py"), None)
    return f"{shown}{unit}.py is missing" + (f" (there is {near})" if near else "")


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except PermissionError:
        raise
    except OSError:
        return False
    return True


def _files(units: Sequence[str]) -> str:
    names = [f"{unit}.py" for unit in units]
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _read(folder: Path, name: str, prefix: str = "") -> Source:
    shown = f"{prefix}{Path(name).name}"
    try:
        data = _bytes(folder, name)
        return Source(shown, data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problem = f"{shown}:{line}: not UTF-8 text; save the file with the encoding UTF-8"
    except _Unusable as error:
        problem = f"{shown} {error}"
    except OSError as error:
        problem = f"{shown} cannot be read: {error.strerror}"
    return Source(shown, problem=problem)


class _Unusable(Exception):
    pass


def _bytes(folder: Path, name: str) -> bytes:
    try:
        real = (folder / name).resolve()
    except RuntimeError:  # before Python 3.13, for a link that leads back to itself
        raise _Unusable("is a link to itself") from None
    if not real.is_relative_to(folder.resolve()):
        raise _Unusable("is a link to a file outside the submission")
    # Not blocking: opening a FIFO would otherwise wait for somebody to write to it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    if not stat.S_ISREG(real.lstat().st_mode):
        raise _Unusable("is not a regular file")
    descriptor = os.open(real, flags | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _Unusable("is not a regular file")
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _Unusable(f"is larger than {MAX_BYTES // 1024} KiB")
    return data
