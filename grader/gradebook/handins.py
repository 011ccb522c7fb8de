"""What a class has handed in: whose is what, in folders as teachers have them.

The rule: an entry of the folder is one student's, and everything in it is that student's work.
Where a platform puts the student into the names of files, or into a list beside them, that counts.
Whatever is found and not understood is a hand-in with a problem, so that it becomes a row.
"""

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from unicodedata import normalize

import yaml

from grader.errors import UsageError
from grader.gradebook.unpack import (
    CLOSED,
    MAX_FILE_BYTES,
    Room,
    folder_of,
    is_archive,
    is_closed,
    is_work,
    unpack,
)
from grader.gradebook.whose import SAKAI_FOLDER, Whose, is_moodles, whose_file, whose_folder
from grader.work.elsewhere import is_place, unit_of

WHOLE_CLASS = Room(
    bytes=16 << 30, files=2_000_000, entries=5_000_000, unpacked=1 << 40, of_class=True
)
LEVELS = 5  # of a student's folder, in which archives and files are looked for
SUBMITTED = "submitted"  # nbgrader: submitted/STUDENT/ASSIGNMENT/
METADATA = "submission_metadata.yml"
MAX_METADATA = 64 << 20

_IGNORED = re.compile(r"\..*|__MACOSX|Thumbs\.db|desktop\.ini", re.IGNORECASE)
# A roster, a worksheet or an index, which platforms and teachers put beside the work.
_LISTS = re.compile(r".*\.(?:csv|tsv|xlsx?|ods)|index\.html?|readme(?:\..*)?", re.IGNORECASE)
_VERSION = re.compile(r"Version (\d+)")  # of Teams
_OF_NBGRADER = {SUBMITTED, "source", "release", "autograded", "feedback"}
MAX_TOLD = 5  # names of what lies there instead of work


class NotHandedIn(Exception):
    """There is nothing of this student; the message says what was looked for."""


@dataclass(frozen=True)
class Handin:
    """What one student has handed in. `parts` are files and folders, each with the name that it
    has in the student's own folder, or "" for that folder itself.

    `student` is the id by which a roster knows them. A `problem` says why nothing can be graded,
    a `note` what else a teacher should know.
    """

    student: str
    place: str
    parts: tuple[tuple[Path, str], ...] = ()
    name: str = ""
    submitted_at: str = ""
    problem: str = ""
    note: str = ""
    attempt: str = ""


@dataclass(frozen=True)
class LaidOut:
    """A folder with a student's work, as `read_submission` takes it, and what was left out.

    `instead` tells what there is, for the case that no work is found; a time goes with a commit.
    """

    folder: Path
    left_out: tuple[str, ...] = ()
    commit: str = ""
    submitted_at: str = ""
    instead: tuple[str, ...] = ()


def is_single(path: Path, units: Sequence[str]) -> bool:
    """Is this the work of one student rather than that of a class?"""
    if path.is_file():
        return unit_of(path.name, units) is not None
    names = [entry.name for entry in _entries(path)]
    plain = {f"{unit}{ending}" for unit in units for ending in (".py", ".ipynb")}
    return "exercises" in names or not plain.isdisjoint(names)


@contextmanager
def class_folder(path: Path) -> Iterator[tuple[Path, list[str]]]:
    """The folder itself, or what an archive of a class holds, unpacked until this ends; and what
    was left out. Raises: UsageError."""
    if path.is_dir():
        yield path, []
        return
    if not path.is_file():
        raise UsageError(f"there is no {path}: class run takes a folder, or an archive of one")
    if not is_archive(path.name):
        raise UsageError(f"{path} is neither a folder of submissions nor an archive of one")
    with TemporaryDirectory(prefix="class-", ignore_cleanup_errors=True) as folder:
        room = replace(WHOLE_CLASS, notes=[], passed_over=[])
        unpack(path, Path(folder), room)
        names = (name for *_, files in os.walk(folder) for name in files)
        if not any(is_work(name) or is_archive(name) for name in names):
            said = "; ".join(room.notes) or "no .py or .ipynb is in it"
            raise UsageError(f"{path} holds no work: {said}")
        yield _only_folder(Path(folder)), room.notes


def _only_folder(folder: Path) -> Path:
    """Past folders that hold nothing but one folder, and no more than three of them."""
    for _ in range(3):
        entries = [
            e for e in _entries(folder) if e.is_dir() or is_archive(e.name) or is_work(e.name)
        ]
        if len(entries) != 1 or not entries[0].is_dir() or is_moodles(entries[0].name):
            break
        inner = entries[0]
        if any(is_work(entry.name) for entry in _entries(inner)) or inner.name == "exercises":
            break
        folder = inner
    return folder


def hand_ins(folder: Path) -> list[Handin]:
    """The hand-ins of a class, in the order of their students. Raises: UsageError."""
    entries = _entries(folder)
    folders = {entry.name for entry in entries if entry.is_dir()}
    if SUBMITTED in folders:
        if others := sorted(folders - _OF_NBGRADER):
            raise UsageError(
                f"{folder / SUBMITTED} lies beside {others[0]}: grade that folder if it is "
                "nbgrader's, and give it another name if it is a student's"
            )
        entries = _entries(folder / SUBMITTED)
    if (folder / METADATA).is_file():
        found = list(_of_gradescope(folder / METADATA, entries))
    else:
        found = [_of_entry(e) for e in entries if not (_LISTS.fullmatch(e.name) and e.is_file())]
    if not found:
        raise UsageError(f"{folder} is empty: class run takes a folder with an entry per student")
    return sorted(
        joined(found), key=lambda handin: (not handin.student, handin.student, handin.place)
    )


def inner_class(folder: Path, units: Sequence[str]) -> Path | None:
    """The folder or archive within, if it is all that there is and may be no student's work: an
    export that was unpacked keeps the folder that was around it."""
    entries = _entries(folder)
    if len(entries) == 1 and is_archive(entries[0].name):
        return entries[0]
    inner = _only_folder(folder)
    if inner == folder or len(_entries(inner)) < 2 or is_single(inner, units):
        return None
    return inner


def _entries(folder: Path) -> list[Path]:
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise UsageError(f"cannot read {folder}: {error.strerror}") from None
    return [folder / name for name in names if not _IGNORED.fullmatch(name)]


def _of_entry(entry: Path) -> Handin:
    name = normalize("NFC", entry.name)
    if entry.is_symlink():
        return Handin("", name, problem="a link is not followed")
    if entry.is_dir():
        whose = whose_folder(name, [inner.name for inner in _entries(entry)])
        if whose is None:
            return Handin(name, name, ((entry, ""),), submitted_at=_changed(entry))
        return _hand_in(whose, entry)
    if whose := whose_file(name):
        return _hand_in(whose, entry)
    if is_archive(name):
        student = folder_of(name)
        return Handin(student, student, ((entry, name),), submitted_at=_changed(entry))
    if is_closed(name):
        return Handin(entry.stem, entry.stem, problem=f"{name} {CLOSED}")
    problem = "a file among the students' folders: whose it is cannot be told from its name"
    return Handin("", name, problem=f"{problem}; put it into a folder named after its student")


def _hand_in(whose: Whose, entry: Path) -> Handin:
    inner = entry / SAKAI_FOLDER
    parts = ((inner if inner.is_dir() else entry, whose.file),)
    when = whose.submitted_at or _changed(entry)
    return Handin(whose.id, whose.place, parts, whose.name, when, attempt=whose.attempt)


def _of_gradescope(metadata: Path, entries: Sequence[Path]) -> Iterator[Handin]:
    """The export's own list says who has handed in which folder."""
    try:
        if metadata.stat().st_size > MAX_METADATA:
            raise UsageError(f"{metadata} is too large to be read")
        listed = yaml.load(metadata.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, yaml.YAMLError, RecursionError) as error:
        raise UsageError(f"{metadata} cannot be read: {type(error).__name__}") from None
    folders = {entry.name: entry for entry in entries if entry.is_dir() and not entry.is_symlink()}
    for name, told in (listed if isinstance(listed, dict) else {}).items():
        told = told if isinstance(told, dict) else {}
        entry, who = folders.pop(f"{name}", None), told.get(":submitters") or [{}]
        parts = ((entry, ""),) if entry else ()
        problem = "" if entry else "the export lists it, and it is not there"
        for one in who if isinstance(who, list) else [{}]:
            one = one if isinstance(one, dict) else {}
            student = one.get(":sid") or one.get(":email") or name
            at = f"{told.get(':created_at', '')}"
            shown = f"{one.get(':name') or ''}"
            yield Handin(f"{student}", f"{name}", parts, shown, at, problem=problem)
    for name, entry in folders.items():
        yield Handin(name, name, ((entry, ""),), problem="the export does not list it")


def joined(found: Sequence[Handin]) -> list[Handin]:
    """One hand-in for each student: of several files, all those of the last attempt; a note is
    never lost. What lies in different places may be of two students: neither is taken for it."""
    students: dict[str, Handin] = {}
    others = []
    for handin in found:
        known = students.get(handin.student)
        if not handin.student:
            others.append(handin)
        elif known is None:
            students[handin.student] = handin
        elif known.place != handin.place:
            unclear = f"{known.place} and {handin.place} may be two students"
            students[handin.student] = replace(known, problem=unclear)
        elif known.attempt != handin.attempt:
            last = max(known, handin, key=lambda each: each.attempt)
            note, problem = "the last of several attempts", known.problem or last.problem
            students[handin.student] = replace(last, note=note, problem=problem)
        else:
            students[handin.student] = replace(
                known,
                parts=known.parts + handin.parts,
                submitted_at=max(known.submitted_at, handin.submitted_at),
                problem=known.problem or handin.problem,
            )
    return [*students.values(), *others]


def _changed(entry: Path) -> str:
    """The newest change of a file in it, as far as the first levels tell; in a clone, the files
    are as old as the clone, which says nothing."""
    if (entry / ".git").exists():
        return ""
    places = _walk(entry) if entry.is_dir() else [(entry.parent, [entry.name])]
    newest = 0.0
    for folder, files in places:
        for file in files:
            try:
                newest = max(newest, os.lstat(folder / file).st_mtime)
            except OSError:
                continue
    try:
        return datetime.fromtimestamp(newest, UTC).isoformat(timespec="seconds") if newest else ""
    except (ValueError, OverflowError, OSError):  # of a year that has no name
        return ""


@contextmanager
def laid_out(handin: Handin) -> Iterator[LaidOut]:
    """One folder of the parts, until this ends; a folder without archives is taken as it is."""
    (path, name), *more = handin.parts
    room = Room()
    if not more and not name:
        path = _last_version(path, room)
        names = _names(path)
        if not any(map(is_archive, names)):
            yield LaidOut(path, (*room.notes, *_closed(names)), instead=_told(names))
            return
    with TemporaryDirectory(prefix="handin-", ignore_cleanup_errors=True) as folder:
        for part, file in ((path, name), *more):
            if part.is_dir():
                _copy(part, Path(folder) / file, room)
            else:
                _put(part, Path(folder) / file, room)
        names = [*_names(Path(folder)), *room.passed_over]
        home = _last_version(_only_folder(Path(folder)), room)
        yield LaidOut(home, (*room.notes, *_closed(names)), instead=_told(names))


def _last_version(folder: Path, room: Room) -> Path:
    """Teams keeps what was handed in before beside it: HOMEWORK/Version 1/, Version 2/ …"""
    entries = _entries(_only_folder(folder))
    found = [(int(n[1]), each) for each in entries if (n := _VERSION.fullmatch(each.name))]
    if len(found) < 2 or len(found) < len(entries):
        return folder
    last = max(found)[1]
    room.left_out(f"{last.name} is graded, the last of {len(found)}")
    return last


def _names(folder: Path) -> list[str]:
    """Of its files, or else of the folders in which no work is looked for."""
    names = [name for _, files in _walk(folder) for name in files]
    return names or [f"{entry.name}/" for entry in _entries(folder)]


def _closed(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{name} {CLOSED}" for name in names if is_closed(name))[:MAX_TOLD]


def _told(names: Sequence[str]) -> tuple[str, ...]:
    """What lies there, for those who miss the work."""
    shown = [name for name in names if not _IGNORED.fullmatch(name)]
    if not shown:
        return ("the folder is empty",)
    more = f" and {len(shown) - MAX_TOLD} more" if shown[MAX_TOLD:] else ""
    return (f"there is {', '.join(shown[:MAX_TOLD])}{more}",)


def _walk(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """Its folders without links, and the names in each, to a depth and up to a bound."""
    for n, (place, inner, files) in enumerate(os.walk(folder)):
        here = Path(place)
        depth = len(here.relative_to(folder).parts)
        kept = [] if depth >= LEVELS else sorted(inner)[:100]
        inner[:] = [name for name in kept if is_place(name) and not _IGNORED.fullmatch(name)]
        if n >= 500:
            return
        yield here, sorted(files)[:1000]


def _copy(folder: Path, target: Path, room: Room) -> None:
    for here, files in _walk(folder):
        for name in files:
            if is_archive(name) or is_work(name):
                _put(here / name, target / here.relative_to(folder) / name, room)
            else:
                room.pass_over(name)


def _put(file: Path, target: Path, room: Room) -> None:
    """A file as it is, an archive as a folder of its own."""
    if file.is_symlink() or not file.is_file():
        room.left_out(f"{file.name} is a link or a device")
    elif is_archive(file.name):
        unpack(file, target.with_name(folder_of(target.name)), room)
    elif (size := file.stat().st_size) > min(room.bytes, MAX_FILE_BYTES):
        room.left_out(f"{file.name} is too large, or one too many")
    else:
        room.bytes -= size
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
