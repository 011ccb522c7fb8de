"""A learner's folder or file, read once into the source of each unit. Nothing in it is trusted.

A file that cannot be used becomes the problem of its unit alone.
"""

import hashlib
import stat
import sys
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from grader.errors import UsageError
from grader.work.begun import imported, mentioned, names_of, written
from grader.work.elsewhere import files_of_units, inner_folders, unit_of
from grader.work.given import NOTHING, Given
from grader.work.magics import is_closed, without_magics
from grader.work.notebook import Cell, Unreadable
from grader.work.reading import MAX_BYTES, read

ENDINGS = (".py", ".ipynb")  # a unit is a module or a notebook
MAX_OTHERS = 5  # files of a unit that are looked at beside its own
MAX_OTHER_CHARACTERS = 2 * MAX_BYTES  # of those of all units
MAX_INNER = 3  # folders that are read where the outer one holds no work
MAX_MODULES = 20  # of a learner's own, beside the units
MAX_IMPORTED = 500


@dataclass(frozen=True)
class Source:
    """One unit and its path as the learner knows it: a text, or the code cells of a notebook.

    `problem` says why there is neither. Cells without a file are those that a kernel has run.
    `given` are the programs to mend that it began with.
    """

    file: str
    text: str = ""
    problem: str | None = None
    cells: tuple[Cell, ...] | None = None
    given: Given = NOTHING

    @property
    def parts(self) -> tuple[str, ...]:
        return (self.text,) if self.cells is None else tuple(cell.text for cell in self.cells)

    @property
    def is_empty(self) -> bool:
        """Does a file hold nothing at all, not even what it was laid out with?"""
        return bool(self.file) and not self.problem and not any(map(str.strip, self.parts))

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Each text, after the name that tracebacks give its file or cell."""
        if self.cells is None:
            return [(self.file, self.text)]
        return [(self.name_of(cell), cell.text) for cell in self.cells]

    def name_of(self, cell: Cell) -> str:
        """What tracebacks call a cell."""
        if cell.name:
            return cell.name
        return f"{self.file}, cell {cell.number}" if self.file else f"Cell In[{cell.number}]"

    def written(self, names: Collection[str], *, readable: bool = False) -> frozenset[str]:
        """The functions that are written or mended in it; if `readable`, in cells that do not
        break off in a string or bracket."""
        texts: Iterable[str] = self.parts
        if self.cells is not None:
            texts = (t for t in map(without_magics, self.parts) if not readable or is_closed(t))
        found = frozenset[str]().union(*(written(text, names) for text in texts))
        return frozenset(function for function in found if not self.given.has(function))


@dataclass(frozen=True)
class Submission:
    """What was found of each unit, and of each module of the learner's own that one imports.

    `missing` names the file that a unit should be in; `unread` says which of the files that hold
    work on a unit counts. `moved` names the file that counts where it is not the unit's own, and
    says why; `beside` is a file that holds work which the graded one lacks.
    """

    path: Path
    sources: dict[str, Source]
    missing: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    moved: dict[str, tuple[str, str]] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    inside: str = ""

    @property
    def digest(self) -> int:
        """A number that depends on every byte of the work: the default seed."""
        works = sorted(self.sources.items())
        parts = (f"{part}\0" for unit, source in works for part in (unit, *source.parts))
        data = "".join(parts).encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(data, digest_size=4).digest(), "big")

    @property
    def holds_any(self) -> bool:
        """Is anything written, or not to be read?"""
        return any(source.problem or source.written(()) for source in self.sources.values())

    def remarks(self, units: Collection[str]) -> list[str]:
        """What whoever wrote these units should know of their files: each thing once."""
        missing = [file for unit, file in self.missing.items() if unit in units]
        moved = [both for unit, both in self.moved.items() if unit in units]
        beside = [unit for unit in self.beside if unit in units]
        said = [f"the work lies in {self.inside}"] if self.inside else []
        if missing:
            said.append(f"{_listed(missing)} {'are' if missing[1:] else 'is'} missing")
        if empty := [s.file for unit, s in self.sources.items() if unit in units and s.is_empty]:
            said.append(f"{_listed(empty)} {'are' if empty[1:] else 'is'} empty")
        if moved[1:]:
            files = _listed([file for file, _ in moved])
            said.append(f"{files} were graded: the files of these units hold no work, or less")
        said += [f"{file} was graded: {why}" for file, why in moved if not moved[1:]]
        if beside:
            graded = "the files that were graded" if beside[1:] else self.sources[beside[0]].file
            held = f"{_listed([self.beside[unit] for unit in beside])} hold{'s' * (not beside[1:])}"
            said.append(f"{held} work that {graded} does not have")
        return [*said, *(text for unit, text in self.unread.items() if unit in units)]


def read_submission(
    path: Path,
    units: Sequence[str],
    preferred: Mapping[str, str] = MappingProxyType({}),
    given: Mapping[str, Given] = MappingProxyType({}),
) -> Submission:
    """Read a folder, with or without `exercises/` in it, or a single file named after its unit.

    Where a unit has several files, its module counts, unless another one has all that is written
    in it and more; or the one with the ending that is `preferred`. The programs to mend that are
    `given` in a unit count as written once they have been changed.
    Raises: UsageError if there is nothing to grade.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    if stat.S_ISDIR(mode):
        return _read_folder(path, units, preferred, given)
    unit = path.stem if path.stem in units and path.suffix in ENDINGS else unit_of(path.name, units)
    if path.suffix.lower() == ".zip":
        raise UsageError(f"{path} is an archive: unpack it, and grade the folder")
    if unit is None:
        raise UsageError(f"{path} is not named after a unit: expected {_files(units)}")
    return Submission(path, {unit: _read(path.parent, path.name, path.name)})


def _read_folder(
    folder: Path, units: Sequence[str], preferred: Mapping[str, str], given: Mapping[str, Given]
) -> Submission:
    try:
        outer = _Home.of(folder, "", units, given)
        work = outer.read(preferred) if outer and outer.is_proper else None
        if work and (preferred or work.holds_any):
            return work
        inner: list[_Home] = []
        for base in inner_folders(folder):
            known = tuple(home.base for home in inner)
            if not base.startswith(known) and (home := _Home.of(folder, base, units, given)):
                inner.append(home)
    except PermissionError as error:
        raise UsageError(f"cannot read {folder}: {error.strerror}") from None
    if work:  # these are untouched: the only work may lie further in
        begun = [found for home in inner[:MAX_INNER] if (found := home.read(preferred)).holds_any]
        if len(begun) == 1:
            return begun[0]
        for unit, source in work.sources.items():
            held = [more.sources[unit] for more in begun if unit in more.sources]
            if held := [one for one in held if one.written(())]:
                work.sources[unit] = _undecided(source.file, f"{source.file} holds no work", held)
        return work
    if len(inner) > 1:
        names = _listed([home.base for home in inner[:MAX_OTHERS]])
        raise UsageError(f"{names} in {folder} all hold units: grade one of these folders")
    if inner:
        return inner[0].beside(outer).read(preferred)
    if outer is None:
        raise UsageError(f"no unit in {folder}: expected {_files(units)}, there or in exercises/")
    return outer.read(preferred)


@dataclass(frozen=True)
class _Home:
    """Where the units lie: the folder itself or one within it (`base`), or `exercises/` in that.

    `others` are the files beside them that seem to be of a unit, by their names. It is proper if a
    unit lies there under its own name.
    """

    folder: Path
    base: str
    prefix: str
    units: Sequence[str]
    others: dict[str, list[str]]
    is_proper: bool
    given: Mapping[str, Given]

    @classmethod
    def of(
        cls, folder: Path, base: str, units: Sequence[str], given: Mapping[str, Given]
    ) -> "_Home | None":
        """None if there is no file of any unit. Raises: PermissionError."""
        prefixes = [f"{base}exercises/", base]
        others: dict[str, list[str]] = {}
        for prefix in prefixes:
            if prefix == base or not (folder / prefix).is_symlink():
                for unit, names in files_of_units(folder / prefix, units).items():
                    others.setdefault(unit, []).extend(f"{prefix}{name}" for name in names)
        for prefix in prefixes:
            if any(_present(folder, prefix, unit) for unit in units):
                return cls(folder, base, prefix, units, others, True, given)
        return cls(folder, base, base, units, others, False, given) if others else None

    def beside(self, outer: "_Home | None") -> "_Home":
        """With the files around it, which may be work on the same units."""
        around = outer.others if outer else {}
        others = {u: [*self.others.get(u, []), *around.get(u, [])] for u in self.units}
        return replace(self, others=others)

    def read(self, preferred: Mapping[str, str]) -> Submission:
        work, room = Submission(self.folder, {}, inside=self.base), MAX_OTHER_CHARACTERS
        for unit in self.units:
            names = _present(self.folder, self.prefix, unit)
            wanted = [name for name in names if name.endswith(preferred.get(unit, ENDINGS))]
            own = [self._source(name, unit) for name in wanted or names]
            if len(own) == 2:
                own[0], remark = _chosen(*own)
                if remark is not None:
                    work.unread[unit] = remark
            others = [] if unit in preferred else self._others(unit, names, room)
            room -= sum(len(part) for other in others for part in other.parts)
            self._settle(work, unit, own[0] if own else None, others)
        self._add_modules(work)
        return work

    def _others(self, unit: str, own: Collection[str], room: int) -> list[Source]:
        names = [name for name in self.others.get(unit, []) if name not in own]
        read = []
        for name in names[:MAX_OTHERS]:
            if room > 0:
                read.append(self._source(name, unit))
                room -= sum(map(len, read[-1].parts))
        return read

    def _settle(
        self, work: Submission, unit: str, own: Source | None, others: list[Source]
    ) -> None:
        """Take the one that its author means, if that is certain, or else say what there is."""
        names = names_of("\n".join(part for source in others for part in source.parts))
        done = own.written(names) if own and others else frozenset()
        asked = mentioned(own.parts) if own else frozenset()
        held = {other.file: other.written(names) for other in others}
        more = [
            other
            for other in others
            if held[other.file] - done and (not asked or asked & mentioned(held[other.file]))
        ]
        every = done.union(*(held[other.file] for other in more))
        best = [other for other in more if other.written(names, readable=True) >= every]
        file = own.file if own else self._shown(f"{self.prefix}{unit}.py")
        lacks = f"{file} holds {'less' if done else 'no work'}" if own else f"{file} is missing"
        if best and (own is None or own.problem is None):
            work.sources[unit] = best[0]
            work.moved[unit] = best[0].file, lacks
            work.unread.pop(unit, None)
        elif more and not done:
            problem = own.problem if own and own.problem else lacks
            work.sources[unit] = _undecided(file, problem, more)
        elif own or others:
            work.sources[unit] = graded = own or others[0]
            open_ = asked - mentioned(done or held.get(graded.file, ()))
            if lacking := [other.file for other in more if mentioned(held[other.file]) & open_]:
                work.beside[unit] = lacking[0]
        else:
            work.missing[unit] = file

    def _add_modules(self, work: Submission) -> None:
        """The modules that a unit imports by name, and that lie beside it; and what they import."""
        waiting = deque(name for source in work.sources.values() for name in _imported(source))
        looked_at, characters = set(self.units) | sys.stdlib_module_names, 0
        while waiting and len(looked_at) < MAX_IMPORTED + len(sys.stdlib_module_names):
            name = waiting.popleft()
            if name in looked_at:
                continue
            looked_at.add(name)
            for prefix in dict.fromkeys((self.prefix, self.base)):
                path = f"{prefix}{name}.py"
                if not _is_there(self.folder / path):
                    continue
                module = self._source(path)
                characters += sum(map(len, module.parts))
                if len(work.sources.keys() - set(self.units)) >= MAX_MODULES:
                    return
                if characters > MAX_BYTES:
                    problem = f"your own modules hold more than {MAX_BYTES // 1024} KiB"
                    module = Source(module.file, problem=f"{module.file}: {problem}")
                work.sources[name] = module
                waiting += _imported(module)
                break

    def _source(self, name: str, unit: str = "") -> Source:
        source = _read(self.folder, name, self._shown(name))
        return replace(source, given=self.given.get(unit, NOTHING))

    def _shown(self, name: str) -> str:
        named = not self.prefix and self.folder.name == "exercises"
        return f"exercises/{name}" if named else name


def _undecided(file: str, problem: str, others: Sequence[Source]) -> Source:
    """One that is not graded, since others may be meant."""
    held = f"{_listed([other.file for other in others])} hold{'s' * (not others[1:])} work"
    return Source(file, problem=f"{problem}, but {held}: save the one that counts as {file}")


def _imported(source: Source) -> Iterator[str]:
    return (name for part in source.parts for name in imported(part))


def _chosen(module: Source, notebook: Source) -> tuple[Source, str | None]:
    """The one that counts, and a remark if the other holds work too.

    A cell that breaks off is no reason to pass over a module, but somebody may miss it.
    """
    names = names_of("\n".join([*module.parts, *notebook.parts]))
    in_module = module.written(names)
    in_notebook = notebook.written(names, readable=True)
    in_all_cells = notebook.written(names)
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


def _present(folder: Path, prefix: str, unit: str) -> list[str]:
    """The files of a unit, module first. Raises: PermissionError."""
    names = [f"{prefix}{unit}{ending}" for ending in ENDINGS]
    return [name for name in names if _is_there(folder / name)]


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except PermissionError:
        raise
    except (OSError, ValueError):
        return False
    return True


def _files(units: Sequence[str]) -> str:
    return f"{_listed([f'{unit}.py' for unit in units], 'or')} (or .ipynb)"


def _listed(names: Sequence[str], word: str = "and") -> str:
    return f" {word} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _read(folder: Path, name: str, shown: str) -> Source:
    try:
        content = read(folder, name)
    except Unreadable as error:
        return Source(shown, problem=f"{shown}{error}")
    except OSError as error:
        return Source(shown, problem=f"{shown} cannot be read: {error.strerror}")
    if isinstance(content, str):
        return Source(shown, content)
    return Source(shown, cells=content)
