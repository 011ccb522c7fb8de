"""From what a worker tells of the learner's files to our own values; only lines that were sent
are believed."""

import builtins
import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from grader.errors import Frame, Raised
from grader.sandbox.limits import FRAMES, LEFT_OUT, MESSAGE_CHARACTERS
from grader.sandbox.observe import Observation
from grader.sandbox.wire import ProtocolError

LINE_CHARACTERS = 200  # of a line of the learner's that is shown
MAX_MORE = 1_000_000
MAX_RUNNING = 200
_RUNNING = re.compile(r'^  File "([^"\n]{1,500})", line (\d{1,7}) in (\S{1,80})', re.MULTILINE)

# A unit as it is sent: its file, and its text or (file, text) of each cell of a notebook.
Text = tuple[str, str | Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class LeftOut:
    """What a notebook would have defined, and where if that is known; `error` is why not.

    Without an error the line was not run, since it calls something.
    """

    names: tuple[str, ...]
    place: Frame | None
    error: Raised | None


@dataclass(frozen=True)
class Loaded:
    """Where each function and class is defined, and what was left out.

    `more` counts what has failed beside `left_out`, which holds only so many.
    """

    places: dict[str, Frame]
    left_out: tuple[LeftOut, ...] = ()
    more: int = 0


class SentFiles:
    """The learner's files as they were sent, cells as files of their own."""

    def __init__(self, sources: Mapping[str, Text]) -> None:
        self.texts: dict[str, str] = {}
        self.starts: dict[str, array[int]] = {}
        self.cells: set[str] = set()
        for file, source in sources.values():
            parts = [(file, source)] if isinstance(source, str) else source
            self.texts |= dict(parts)
            if not isinstance(source, str):
                self.cells |= {cell for cell, _ in parts}

    def loaded(self, places: list[Any], left_out: list[Any], more: int) -> Loaded:
        found = ((str(name), self._place(file, line)) for name, file, line in places)
        return Loaded(
            {name: place for name, place in found if place is not None},
            tuple(self._left_out(*left) for left in left_out[:LEFT_OUT]),
            max(0, min(more, MAX_MORE)),
        )

    def raised(self, exception: list[Any]) -> Raised:
        kind, bases, message, frames, detail = exception
        base = next((getattr(builtins, b) for b in bases if b in _RAISABLE), Exception)
        error = _raised_class(base)(str(message)[:MESSAGE_CHARACTERS])
        error.kind = str(kind)[:80]
        error.frames = tuple(
            self._frame(file, line, str(function)[:80])
            for file, line, function in frames[:FRAMES]
            if self._has(file, line)
        )
        if error.frames:
            error.source = self.texts[error.frames[-1].file]
        if detail is not None:
            error.syntax = self._syntax(detail)
        return error

    def running(self, stack: str) -> tuple[Frame, ...]:
        """The learner's lines in what a worker, or whoever answers for it, says that it runs."""
        found = ((file, int(line), name) for file, line, name in _RUNNING.findall(stack))
        frames = [self._frame(*where) for where in found if self._has(*where[:2])]
        return tuple(reversed(frames[:MAX_RUNNING]))

    def _left_out(self, names: list[Any], file: str, line: int, exception: Any) -> LeftOut:
        error = None if exception is None else self.raised(exception)
        known = tuple(name for name in names if type(name) is str)
        return LeftOut(known, self._place(file, line), error)

    def _place(self, file: str, line: int) -> Frame | None:
        if file not in self.texts or type(line) is not int:
            raise ProtocolError("no such line was sent")
        return self._frame(file, line) if self._has(file, line) else None

    def _has(self, file: str, line: int) -> bool:
        return file in self.texts and type(line) is int and 1 <= line < len(self._starts(file))

    def _starts(self, file: str) -> "array[int]":
        """Where each line begins, and one after the last. As texts of their own, the lines of all
        files, for each worker, would take gigabytes."""
        if file not in self.starts:
            text = self.texts[file]
            ends = (found.end() for found in re.finditer("\n", text))
            self.starts[file] = array("I", chain([0], ends, [len(text) + 1]))
        return self.starts[file]

    def _line(self, file: str, line: int) -> str:
        start, end = self._starts(file)[line - 1 : line + 1]
        return self.texts[file][start : end - 1]

    def _frame(self, file: str, line: int, function: str = "") -> Frame:
        text = self._line(file, line)
        if len(text) > LINE_CHARACTERS:
            text = text.strip()[:LINE_CHARACTERS]
        return Frame(file, line, function, text, in_cell=file in self.cells)

    def _syntax(self, detail: list[Any]) -> str | None:
        """The line that Python could not read, with a caret under the spot."""
        message, file, line, column = detail
        if not self._has(file, line):
            return None
        text, before = _around(self._line(file, line), column if type(column) is int else 1)
        said = str(message)[:MESSAGE_CHARACTERS]
        return f"{self._frame(file, line).place}: {said}\n    {text}\n    {' ' * before}^"


def _around(line: str, column: int) -> tuple[str, int]:
    """What to show of a line, and how much of that stands before the column."""
    position = max(0, min(column - 1, len(line)))
    start = max(0, min(position - LINE_CHARACTERS // 2, len(line) - LINE_CHARACTERS))
    shown = line[start : start + LINE_CHARACTERS].replace("\t", " ")
    first, last = "… " if start else "", " …" if start + len(shown) < len(line) else ""
    return f"{first}{shown}{last}", len(first) + position - start


_RAISABLE = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type)
    and issubclass(value, Exception)
    and name not in ("UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError")
    and not issubclass(value, BaseExceptionGroup)
)
_classes: dict[type[Exception], type[Raised]] = {}


def _raised_class(base: type[Exception]) -> type[Raised]:
    """`Raised` that is also a `base`, so that `pytest.raises(ValueError)` sees a ValueError."""
    if base not in _classes:
        bases = (Raised,) if base is Exception else (Raised, base)
        own = {"__str__": lambda error: str(error.args[0]) if error.args else ""}
        _classes[base] = type(f"Raised{base.__name__}", bases, own)
    return _classes[base]


def observation(value: Any, seen: list[Any]) -> Observation:
    operations, steps, seconds, modules = seen
    if not all(type(k) is str and type(v) is int for k, v in operations.items()):
        raise ProtocolError("the operators are not counts")
    if type(modules) is not list or not all(type(name) is str for name in modules):
        raise ProtocolError("the modules are not names")
    return Observation(value, operations, int(steps), float(seconds), frozenset(modules))
