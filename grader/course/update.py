"""What an update of a learner's folder would change, the update itself, and what is told of it: a
line for each thing that was or was not changed.

A plan follows from the mark of the folder, from the files in it, and from what the course would lay
out now. Nothing is written before all of it is known.
"""

import ast
import difflib
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.version import InvalidVersion, Version

from grader.course.folder import Folder, digest, write_folder
from grader.course.merge import Fate
from grader.course.pieces import Piece, exercise_role
from grader.course.source import DEFINITIONS
from grader.course.unit_files import Layout, There, UnitFile, names_in, unit_files, unit_of
from grader.course.writing import kept, replace_file
from grader.errors import UsageError
from grader.work.notebook import Unreadable

_SHOWN = 12  # lines of a task that has changed
_LEFT = "left alone"
_AROUND = "the text around the exercises in"


@dataclass(frozen=True)
class Change:
    """What a file is to hold; nothing if it is to go. If it `is_theirs`, not as it was laid out,
    what it held is kept beside it."""

    path: str
    before: bytes | None
    after: bytes | None
    is_theirs: bool


@dataclass(frozen=True)
class Plan:
    """All that an update does: the changes, and the mark of the folder after them. Of what a
    learner is told, the units' files, and the fate of each other file by its path, or why that is
    left alone."""

    changes: tuple[Change, ...]
    mark: Folder
    units: tuple[UnitFile, ...]
    others: Mapping[str, Fate | str]


def check(old: Folder, new: Folder) -> None:
    """Raises: UsageError if the folder is of another course, or of a later version."""
    if old.course != new.course and not old.exercises.keys() & new.exercises.keys():
        raise UsageError(f"this folder is of the course {old.course!r}, not of {new.course!r}")
    try:
        is_later = Version(old.version) > Version(new.version)
    except InvalidVersion:
        return
    if is_later:
        raise UsageError(
            f"this folder is of torchkata {old.version}, and {new.version} is installed: "
            "update what is installed"
        )


def read_there(root: Path, old: Folder, new: Layout) -> dict[str, bytes | Unreadable]:
    """The files of a folder that an update looks at. Links are not followed."""
    found: dict[str, bytes | Unreadable] = {}
    for path in dict.fromkeys([*new.files, *filter(unit_of, old.files)]):
        try:
            if (data := _held(root, path)) is not None:
                found[path] = data
        except Unreadable as error:
            found[path] = error
    return found


def _held(root: Path, path: str) -> bytes | None:
    """What a file holds; nothing if there is none. Raises: Unreadable."""
    file = root / path
    try:
        if file.resolve() != root.resolve() / path:
            raise Unreadable(" is a link, or lies behind one")
        if not stat.S_ISREG(file.lstat().st_mode):
            raise Unreadable(" is not a file")
        return file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Unreadable(f" cannot be read: {error.strerror}") from None
    except RuntimeError:  # before Python 3.13, for a link that leads back to itself
        raise Unreadable(" is a link to itself") from None


def plan_of(old: Folder, new: Layout, there: There) -> Plan:
    """What an update of the folder does."""
    units = unit_files(old, new, there)
    others = dict(_others(old, new, there))
    changes = [
        Change(file.path, file.before, file.after, _is_theirs(old, file.path, file.before))
        for file in units
        if file.before != file.after
    ]
    written = (Fate.ADDED, Fate.REFRESHED)
    for path in (path for path, fate in others.items() if fate in written):
        held = there.get(path)
        changes.append(
            Change(path, held if isinstance(held, bytes) else None, new.files[path], False)
        )
    changes.sort(key=lambda change: change.after is None)  # what has been moved is there twice
    return Plan(tuple(changes), _mark(old, new.mark, units), tuple(units), others)


def _is_theirs(old: Folder, path: str, held: bytes | None) -> bool:
    return bool(held and held.strip()) and digest(held or b"") != old.files.get(path)


def _others(old: Folder, new: Layout, there: There) -> Iterator[tuple[str, Fate | str]]:
    """The files that are no unit's. One that the learner has deleted is not laid out again."""
    for path, data in new.files.items():
        held = there.get(path)
        if unit_of(path) or held == data:
            continue
        if isinstance(held, Unreadable):
            yield path, str(held)
        elif held is None:
            if path not in old.files:
                yield path, Fate.ADDED
        elif digest(held) == old.files.get(path):
            yield path, Fate.REFRESHED
        elif digest(data) != old.files.get(path):
            yield path, Fate.KEPT


def _mark(old: Folder, mark: Folder, units: Iterable[UnitFile]) -> Folder:
    """The mark afterwards; of a file that is left alone it says what it said."""
    exercises, files = dict(mark.exercises), dict(mark.files)
    names, pieces = dict(mark.names), dict(mark.pieces)
    for file in (file for file in units if file.why):
        was = [*names_in(old, unit_of(file.path)).values()]
        now = [*names_in(mark, unit_of(file.path)).values()]
        files.pop(file.path, None)
        if file.path in old.files:
            files[file.path] = old.files[file.path]
        digests = [old.exercises[i] for i in was if old.exercises[i] != mark.exercises.get(i)]
        pieces[file.path] = (*old.pieces.get(file.path, ()), *digests)
        for identity in {*was, *now}:
            if identity in old.exercises:
                names[identity] = old.name_of(identity)
                exercises.setdefault(identity, old.exercises[identity])
            elif identity in exercises:  # as new the next time
                new_stub = exercises.pop(identity)
                for path in (p for p in mark.files if unit_of(p) == unit_of(file.path)):
                    pieces[path] = (*pieces.get(path, ()), new_stub)
    pieces = {path: tuple(dict.fromkeys(some)) for path, some in pieces.items()}
    names = {i: name for i, name in names.items() if i in exercises and name != i}
    return replace(mark, exercises=exercises, files=files, names=names, pieces=pieces)


def carry_out(root: Path, plan: Plan) -> list[Path]:
    """Make the changes, and return where the learner's files are kept as they were.

    The mark comes last: an update that was ended can be repeated. Raises: UsageError if a file
    cannot be written, or has changed since the plan was made.
    """
    copies = []
    try:
        for change in plan.changes:
            if _held(root, change.path) != change.before:
                raise UsageError(f"{change.path} has changed meanwhile: run the update again")
            file = root / change.path
            file.parent.mkdir(parents=True, exist_ok=True)
            if change.is_theirs:
                copies.append(kept(file))
            if change.after is None:
                file.unlink()
            else:
                replace_file(file, change.after)
        write_folder(root, plan.mark)
    except Unreadable as error:
        raise UsageError(f"a file{error}: run the update again") from None
    except OSError as error:
        raise UsageError(f"cannot write {error.filename or root}: {error.strerror}") from None
    return copies


# What is told


def told(plan: Plan, old: Folder) -> list[str]:
    """The lines; none if there is nothing to tell."""
    paragraphs = [
        *_exercises(plan, old),
        *((line,) for file in plan.units for line in _file(file)),
        *((_other(path, fate),) for path, fate in plan.others.items()),
    ]
    return [line for paragraph in dict.fromkeys(paragraphs) for line in paragraph]


def changes_work(plan: Plan) -> bool:
    """Is anything that the learner wrote changed, or in another file?"""
    return any(
        file.brought or (file.merged and Fate.CARRIED in file.merged.fates.values())
        for file in plan.units
    )


def _line(word: str, rest: str) -> str:
    return f"{word:<13} {rest}"


def _exercises(plan: Plan, old: Folder) -> Iterator[tuple[str, ...]]:
    """Each exercise, in its module and in its notebook: the same where these agree."""
    for identity in dict.fromkeys([*plan.mark.exercises, *old.exercises]):
        fates = [(file, fate) for file in plan.units if (fate := _fate(file, identity))]
        agree = len({fate for _, fate in fates}) == 1
        for file, fate in fates:
            place = "" if agree else f" in {file.path}"
            yield tuple(_exercise(file, identity, fate, place, plan.mark, old))


def _fate(file: UnitFile, identity: str) -> Fate | None:
    if identity in file.brought:
        return Fate.CARRIED
    return file.merged.fates.get(identity) if file.merged and not file.why else None


def _exercise(
    file: UnitFile, identity: str, fate: Fate, place: str, now: Folder, old: Folder
) -> Iterator[str]:
    name = now.name_of(identity)
    was = old.name_of(identity) if identity in old.exercises else name
    before = f", which was {was}" if was != name else ""
    match fate:
        case Fate.KEPT | Fate.CARRIED:
            changed = _changed(file, identity, name.partition(".")[2])
            say = "its task has changed:" if changed else "its task is the same"
            yield _line(fate, f"{name} in {file.path}: yours{before}; {say}")
            yield from changed
        case Fate.LEFT:
            yield _line("kept", f"{was} in {file.path}: yours; it is no exercise any more")
        case Fate.STAYED:
            yield _line("kept", f"{was} in {file.path}: yours; copy it to its new place, {name}")
        case Fate.GONE:
            yield _line(fate, f"{was}{place}")
        case _:
            word = Fate.REFRESHED if before else fate
            yield _line(word, f"{name}{place}{before}")


def _file(file: UnitFile) -> Iterator[str]:
    unit = unit_of(file.path)
    if file.why:
        yield _line(_LEFT, f"{file.path}{file.why}")
    elif file.origin:
        yield _line(Fate.CARRIED, f"{file.path}, which was {file.origin}")
    elif file.after is None:
        yield _line(Fate.GONE, file.path)
    elif file.before is None:
        yield _line(Fate.ADDED, file.path)
    elif file.new is None:
        yield _line("kept", f"{file.path}: you have written in it; the unit is gone")
    elif file.merged:
        if Fate.REFRESHED in file.merged.around:
            yield _line(Fate.REFRESHED, f"{_AROUND} {unit}")
        if Fate.KEPT in file.merged.around:
            yield _line("kept", f"{_AROUND} {file.path}: you have changed it")


def _other(path: str, fate: Fate | str) -> str:
    if fate is Fate.KEPT:
        return _line("kept", f"{path}: you have changed it")
    return _line(fate, path) if isinstance(fate, Fate) else _line(_LEFT, f"{path}{fate}")


def _changed(file: UnitFile, identity: str, name: str) -> list[str]:
    """What of the task reads otherwise now."""
    written = {**(file.merged.yours if file.merged else {}), **file.brought}
    yours = written.get(identity)
    pieces = file.new.pieces if file.new else ()
    new = next((p for p in pieces if p.role == exercise_role(identity)), None)
    if new is None or yours is None:
        return []
    every = difflib.unified_diff(_task(yours, name), _task(new, name), n=0, lineterm="")
    lines = [f"    {line}" for line in every if not line.startswith(("---", "+++", "@@"))]
    return lines if len(lines) <= _SHOWN else [*lines[:_SHOWN], "    ..."]


def _task(piece: Piece, name: str) -> list[str]:
    """What an exercise takes, and its docstring."""
    try:
        for node in piece.module.body if piece.module else ():
            if isinstance(node, DEFINITIONS) and node.name == name:
                takes = "" if isinstance(node, ast.ClassDef) else f"({ast.unparse(node.args)})"
                return [f"{name}{takes}", *(ast.get_docstring(node) or "").split("\n")]
    except (ValueError, RecursionError):  # of what a default may be
        pass
    return []
