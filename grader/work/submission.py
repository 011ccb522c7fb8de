"""A learner's folder or file, read once into the source of each unit. Nothing in it is trusted.

Only regular files inside the folder are opened, without following links out of it, and only up
to a bound. A file that cannot be used becomes the problem of its unit alone.
"""

import hashlib
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from grader.errors import UsageError
from grader.work import notebook
from grader.work.begun import names_of, written, written_in_cells
from grader.work.notebook import Cell, Unreadable, cells_of

ENDINGS = (".py", ".ipynb")  # a unit is a module or a notebook
MAX_BYTES = 1024 * 1024
MAX_NAMES = 1000


@dataclass(frozen=True)
class Source:
    """One unit and its path as the learner knows it: a text, or the code cells of a notebook.

    `problem` says why there is neither. Cells without a file are those that a kernel has run.
    """

    file: str
    text: str = ""
    problem: str | None = None
    cells: tuple[Cell, ...] | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        return (self.text,) if self.cells is None else tuple(cell.text for cell in self.cells)

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Each text, after the name that tracebacks give its file or cell."""
        if self.cells is None:
            return [(self.file, self.text)]
        return [(self.name_of(cell), cell.text) for cell in self.cells]

    def name_of(self, cell: Cell) -> str:
        """What tracebacks call a cell."""
        return f"{self.file}, cell {cell.number}" if self.file else f"Cell In[{cell.number}]"


@dataclass(frozen=True)
class Submission:
    """What was found of each unit; `missing` says so of every other one.

    `unread` says of a unit with a module and a notebook which of them counts, if both hold work.
    """

    path: Path
    sources: dict[str, Source]
    missing: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> int:
        """A number that depends on every byte of the work: the default seed."""
        digest = hashlib.blake2b(digest_size=4)
        for unit, source in sorted(self.sources.items()):
            for part in (unit, *source.parts):
                digest.update(f"{part}\0".encode("utf-8", "surrogatepass"))
        return int.from_bytes(digest.digest(), "big")


def read_submission(
    path: Path, units: Sequence[str], preferred: Mapping[str, str] = MappingProxyType({})
) -> Submission:
    """Read a folder (with or without `exercises/` in it) or a single file named after its unit.

    Where a unit has a module and a notebook, the module counts, unless the notebook has all that
    is written in it and more; or the one with the ending that is `preferred`.
    Raises: UsageError if there is nothing to grade.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    if stat.S_ISDIR(mode):
        return _read_folder(path, units, preferred)
    unit = path.stem
    if path.suffix not in ENDINGS or unit not in units:
        raise UsageError(f"{path} is not named after a unit: expected {_files(units)}")
    return Submission(path, {unit: _read(path.parent, path.name)})


def _read_folder(folder: Path, units: Sequence[str], preferred: Mapping[str, str]) -> Submission:
    for prefix in ("exercises/", ""):
        try:
            present = {unit: _present(folder, prefix, unit) for unit in units}
        except PermissionError as error:
            raise UsageError(f"cannot read {folder}: {error.strerror}") from None
        if any(present.values()):
            return _read_units(folder, prefix, present, preferred)
    raise UsageError(f"no unit in {folder}: expected {_files(units)}, there or in exercises/")


def _read_units(
    folder: Path, prefix: str, present: Mapping[str, list[str]], preferred: Mapping[str, str]
) -> Submission:
    """`present` names the files of each unit, if there are any."""
    shown = f"{folder.name}/" if not prefix and folder.name == "exercises" else prefix
    work = Submission(folder, {})
    for unit, names in present.items():
        if not names:
            work.missing[unit] = _missing(folder / prefix, shown, unit)
            continue
        wanted = [name for name in names if name.endswith(preferred.get(unit, ENDINGS))]
        read = [_read(folder, f"{prefix}{name}", shown) for name in wanted or names]
        work.sources[unit], remark = (read[0], None) if len(read) == 1 else _chosen(*read)
        if remark is not None:
            work.unread[unit] = remark
    return work


def _names(unit: str) -> list[str]:
    return [f"{unit}{ending}" for ending in ENDINGS]


def _chosen(module: Source, notebook: Source) -> tuple[Source, str | None]:
    """The one that counts, and a remark if the other holds work too.

    A cell that breaks off is no reason to pass over a module, but somebody may miss it.
    """
    names = names_of("\n".join([*module.parts, *notebook.parts]))
    in_module = written(module.text, names)
    in_notebook = written_in_cells(notebook.parts, names, readable=True)
    in_all_cells = written_in_cells(notebook.parts, names, readable=False)
    if not in_module and in_all_cells:
        return notebook, module.problem
    if in_notebook > in_module:
        return notebook, _remark(notebook, module, "and the notebook has all of it")
    if in_all_cells - in_module:
        return module, _remark(module, notebook, "and then the module counts")
    return module, notebook.problem


def _remark(graded: Source, other: Source, why: str) -> str:
    other_way = f"grade --submission {other.file} grades that one"
    return f"{graded.file} was graded: both files hold work, {why}; {other_way}"


def _missing(folder: Path, shown: str, unit: str) -> str:
    names = (path.name for path in islice(folder.iterdir(), MAX_NAMES))
    near = next((name for name in names if name.lower() in _names(unit)), None)
    return f"{shown}{unit}.py is missing" + (f" (there is {near})" if near else "")


def _present(folder: Path, prefix: str, unit: str) -> list[str]:
    """The files of a unit, module first. Raises: PermissionError."""
    return [name for name in _names(unit) if _is_there(folder / f"{prefix}{name}")]


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
        if name.endswith(".ipynb"):
            return Source(shown, cells=cells_of(_bytes(folder, name, notebook.MAX_BYTES)))
        data = _bytes(folder, name, MAX_BYTES)
        return Source(shown, data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problem = f"{shown}:{line}: not UTF-8 text; save the file with the encoding UTF-8"
    except Unreadable as error:
        problem = f"{shown}{error}"
    except _Unusable as error:
        problem = f"{shown} {error}"
    except OSError as error:
        problem = f"{shown} cannot be read: {error.strerror}"
    return Source(shown, problem=problem)


class _Unusable(Exception):
    pass


def _bytes(folder: Path, name: str, bound: int) -> bytes:
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
        data = file.read(bound + 1)
    if len(data) > bound:
        raise _Unusable(f"is larger than {bound // 1024} KiB")
    return data
