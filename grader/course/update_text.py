"""What a learner reads of an update: one line for each thing that was or was not changed."""

import ast
import difflib
from collections.abc import Iterator

from grader.course.folder import Folder
from grader.course.merge import Fate
from grader.course.pieces import Piece, exercise_role
from grader.course.source import DEFINITIONS
from grader.course.unit_files import UnitFile, unit_of
from grader.course.update import Plan

_SHOWN = 12  # lines of a task that has changed
_WORDS = {
    Fate.ADDED: "added",
    Fate.REFRESHED: "refreshed",
    Fate.CARRIED: "carried over",
    Fate.GONE: "gone",
}
_LEFT = "left alone"
_AROUND = "the text around the exercises in"


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
            word = _WORDS.get(fate, "kept")
            yield _line(word, f"{name} in {file.path}: yours{before}; {say}")
            yield from changed
        case Fate.LEFT:
            yield _line("kept", f"{was} in {file.path}: yours; it is no exercise any more")
        case Fate.STAYED:
            yield _line("kept", f"{was} in {file.path}: yours; copy it to its new place, {name}")
        case Fate.GONE:
            yield _line(_WORDS[fate], f"{was}{place}")
        case _:
            word = _WORDS[Fate.REFRESHED if before else fate]
            yield _line(word, f"{name}{place}{before}")


def _file(file: UnitFile) -> Iterator[str]:
    unit = unit_of(file.path)
    if file.why:
        yield _line(_LEFT, f"{file.path}{file.why}")
    elif file.origin:
        yield _line(_WORDS[Fate.CARRIED], f"{file.path}, which was {file.origin}")
    elif file.after is None:
        yield _line(_WORDS[Fate.GONE], file.path)
    elif file.before is None:
        yield _line(_WORDS[Fate.ADDED], file.path)
    elif file.new is None:
        yield _line("kept", f"{file.path}: you have written in it; the unit is gone")
    elif file.merged:
        if Fate.REFRESHED in file.merged.around:
            yield _line(_WORDS[Fate.REFRESHED], f"{_AROUND} {unit}")
        if Fate.KEPT in file.merged.around:
            yield _line("kept", f"{_AROUND} {file.path}: you have changed it")


def _other(path: str, fate: Fate | str) -> str:
    if fate is Fate.KEPT:
        return _line("kept", f"{path}: you have changed it")
    return _line(_WORDS[fate], path) if isinstance(fate, Fate) else _line(_LEFT, f"{path}{fate}")


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
