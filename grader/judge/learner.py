"""The learner's work as the suites call it: a worker per unit, replaced when it breaks."""

import os
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from torch import Tensor

from grader.course.model import data_file
from grader.errors import Died, Frame, Malformed, SubmissionFault, TimedOut
from grader.judge.behaviour import (
    Behaviour,
    behaviour_of,
    check_argument,
    check_left,
    is_large,
    raised,
    returned,
)
from grader.judge.left_out import explained, is_a_loss, remark
from grader.judge.loading import load_problem
from grader.judge.subject import Call, Handle
from grader.judge.verdict import Blocked, NotStarted
from grader.judge.workers import Workers
from grader.report import TO_MEND, Location, Replay
from grader.sandbox.answers import LeftOut, Loaded
from grader.sandbox.client import WorkerClient
from grader.sandbox.exchange import Answer, Reply, Sent
from grader.sandbox.processes import describe_exit
from grader.suite.compare.describe import describe, describe_call, plain
from grader.suite.compare.replay import Unwritable, written_call
from grader.work.given import NOTHING, Given
from grader.work.submission import Source

MAX_REMARKS = 3
_OPERATORS = {
    "__getitem__": "{0}[{1}]",
    "__next__": "next({0})",
    "__contains__": "{1} in {0}",
}
IMPORTS = r"(?m)^[ \t]*+(?:import|from)\b[^\n]{{0,200}}?\b{}\b"


class Enough(BaseException):
    """The test has seen as many calls of the exercise as it was to see. No suite may catch it."""


@dataclass(frozen=True)
class Called:
    """One call of a test, kept so that a failure can show it: as it went out, and its value."""

    call: Call
    sent: Sent
    value: object
    suites: Path

    def gave(self, value: object) -> bool:
        """Is `value` what was returned, or one of several things that were?"""
        parts = self.value if isinstance(self.value, (list, tuple)) else ()
        return self.value is value or any(part is value for part in parts)

    def __str__(self) -> str:
        """As text, with the paths of data as they are from the suites."""
        args, kwargs = self.sent.arguments()
        folder = f"{self.suites.resolve()}{os.sep}"
        args = [a.removeprefix(folder) if isinstance(a, str) else a for a in args]
        if self.call.name in _OPERATORS and isinstance(self.call.owner, Handle):
            owner = f"{plain(self.call.owner.kind)}(…)"
            return _OPERATORS[self.call.name].format(owner, *map(describe, args))
        return describe_call(self.call.shown_name, tuple(args), kwargs)

    def replay(self) -> Replay:
        if self.call.owner:
            return Replay(problem="the test calls a method of an object that it has made")
        args, kwargs = self.sent.arguments()
        try:
            return Replay(written_call(self.call.name, tuple(args), kwargs))
        except Unwritable as why:
            return Replay(problem=str(why))


class UnitRunner:
    """Runs one unit of a submission. What breaks a worker is one test's outcome: the next test
    gets a new worker. One that `rehearses` has the work on the rehearsal device."""

    def __init__(
        self, workers: Workers, unit: str, suites: Path, *, rehearses: bool = False
    ) -> None:
        self.workers, self.unit, self.suites = workers, unit, suites
        self.rehearses = rehearses
        self.most: tuple[str, int] | None = None  # an exercise, and calls of it in one test
        self.loaded = Loaded({})
        self.explained: set[LeftOut] = set()
        self.brought: set[str] = set()
        self.calls: list[Called] = []
        self.seen: list[Behaviour | Reply] = []
        self.moved: tuple[Any, ...] = ()
        self.printed: list[str] = []
        self.until = time.monotonic() + workers.limits.unit_seconds
        self.loaded_in: WorkerClient | None = None
        self._load()

    def run(self, call: Call) -> Answer:
        if self.most is not None:
            exercise, calls = self.most
            if sum(done.call.is_of(exercise) for done in self.calls) >= calls:
                raise Enough
        worker, target = self._worker(), self._target(call.owner)
        answer: Answer | None = None
        try:
            answer = self._guarded(
                lambda _: worker.call(
                    target,
                    call.name,
                    call.args,
                    call.kwargs,
                    observe=call.observed,
                    in_place=call.in_place,
                )
            )
        except SubmissionFault as fault:
            self.explained |= explained(fault, self.loaded.left_out)
            self.seen.append(raised(fault))
            raise
        finally:
            if call.name != "__len__":  # list(handle) asks for that as well
                self._remember(Called(call, worker.sent, answer and answer.value, self.suites))
        assert answer.reply is not None
        self.seen.append(answer.reply)
        self.moved = answer.moved
        for before, now in answer.changed:
            moved = any(before is other for other in answer.moved)
            check_argument(call, before, now, moved=moved)
        check_left(answer.left)
        if call.observed and answer.seen is None:
            raise Malformed("the answer could not be read: nothing was observed")
        return answer

    def _remember(self, called: Called) -> None:
        """For a report, with at most one value that is large: a test may ask for thousands."""
        if is_large(called.value):
            self.calls = [replace(c, value=None) if is_large(c.value) else c for c in self.calls]
        self.calls.append(called)

    def attribute(self, owner: str | Handle, name: str) -> Any:
        self._worker()
        target = self._target(owner)
        value = self._guarded(lambda worker: worker.get(target, name))
        self.seen.append(returned(value))
        return value

    def parameter(self, value: Tensor) -> int:
        self._worker()
        made: int = self._guarded(lambda worker: worker.parameter(value))
        return made

    def assign(self, owner: Handle, name: str, value: Tensor | None) -> None:
        self._guarded(lambda worker: worker.assign(owner.identity, name, value))

    def _target(self, owner: str | Handle) -> str | int:
        return owner.identity if isinstance(owner, Handle) else owner or self.unit

    def iterate(self, owner: Handle) -> list[Any]:
        items: list[Any] = self._guarded(lambda worker: worker.iterate(owner.identity))
        self.seen.append(returned(items))
        return items

    def bring(self, file: str) -> str:
        worker = self._worker()
        if file not in self.brought:
            source = (self.suites / f"{file}.py").read_text(encoding="utf-8")
            self._guarded(lambda _: worker.bring(file, source))
            self.brought.add(file)
        return file

    def data(self, name: str) -> str:
        return data_file(self.suites, self.unit, name)

    # What a report wants to know

    def called(self, value: object, exercise: str) -> Called | None:
        """The call that gave `value`, or the last one: of the exercise, if it was called."""
        given = (c for c in reversed(self.calls) if c.gave(value)) if value is not None else ()
        called = next(iter(given), None)
        own = [c for c in self.calls if c.call.is_of(exercise)]
        own = own or [c for c in self.calls if c.call.of_work] or self.calls
        if own and (called is None or not called.call.of_work):
            called = own[-1]  # what a rig tells is of no use to learners
        return called

    def behaviours(self) -> tuple[Behaviour, ...]:
        """What this test has seen of the work, call by call."""
        return tuple(one if isinstance(one, Behaviour) else behaviour_of(one) for one in self.seen)

    def take_printed(self) -> str | None:
        if self.loaded_in is not None and (more := self.loaded_in.take_printed()):
            self.printed.append(more)
        text, self.printed = "".join(self.printed), []
        return text or None

    def finish_test(self) -> None:
        self.calls.clear()
        self.seen.clear()
        self.moved = ()
        if self.loaded_in is not None:
            self.loaded_in.forget()

    # Worker and load

    def _worker(self) -> WorkerClient:
        if self.loaded_in is None:
            self._load()
        assert self.loaded_in is not None
        return self.loaded_in

    def _load(self) -> None:
        sources = {
            unit: (source.file, source.text if source.cells is None else source.texts)
            for unit, source in self.workers.sources.items()
        }
        worker = self.workers.worker(self.unit, rehearses=self.rehearses)
        worker.make_handle = partial(Handle, self)
        self.loaded_in = worker
        self.brought.clear()
        try:
            self.loaded = self._guarded(lambda worker: worker.load(self.unit, sources))
        except SubmissionFault as fault:
            fault.printed = self.take_printed()
            raise

    def remarks(self) -> list[str]:
        """What was left out of a notebook, other than what a test has told of already.

        `loaded.more` are not among them.
        """
        rest = [left for left in self.loaded.left_out if left not in self.explained]
        return [remark(left) for left in rest if is_a_loss(left)]

    def _guarded(self, ask: Any) -> Any:
        """Ask the worker; end it if it broke, and say how."""
        worker = self.loaded_in
        assert worker is not None
        if time.monotonic() > self.until:
            raise TimedOut(
                f"this unit has used up its {self.workers.limits.unit_seconds:g} seconds"
            )
        try:
            return ask(worker)
        except SubmissionFault as fault:
            if worker.fault is None:  # the worker is well: this is an answer
                raise
            if printed := worker.take_printed():
                self.printed.append(printed)
            code = self.workers.close()
            self.loaded_in = None
            if type(fault) is Died and code is not None:
                raise Died(f"the process that ran your code ended: {describe_exit(code)}") from None
            raise


@dataclass(frozen=True)
class LeftOutOf:
    """What was left out of a unit: some of it in words, and how many more lines or cells."""

    remarks: list[str]
    more: int


def in_few_words(units: Iterable[LeftOutOf]) -> list[str]:
    """What was left out of these units, one after the other."""
    units = [*units]
    found = [remark for unit in units for remark in unit.remarks]
    more = len(found) - MAX_REMARKS + sum(unit.more for unit in units)
    return found[:MAX_REMARKS] + ([f"left out: {more} more lines or cells"] if more > 0 else [])


class Students:
    """The runners of all units of one submission."""

    def __init__(
        self,
        workers: Workers,
        sources: Mapping[str, Source],
        suites: Path,
        given: Mapping[str, Given] = MappingProxyType({}),
    ) -> None:
        self.workers, self.sources, self.suites, self.given = workers, sources, suites, given
        self.runners: dict[str, UnitRunner] = {}
        self.rehearsals: dict[str, UnitRunner] = {}
        self.messages: dict[str, str] = {}
        self.cells = {
            source.name_of(cell): (source.file, cell.number)
            for source in sources.values()
            for cell in source.cells or ()
            if not cell.name
        }

    def texts(self, unit: str) -> dict[str, str]:
        """The files and cells of all units; those of `unit` come last."""
        ordered = sorted(self.sources, key=lambda name: name == unit)
        return {file: text for name in ordered for file, text in self.sources[name].texts}

    def modules(self, unit: str) -> dict[str, str]:
        """The modules that loading `unit` runs as they stand, and it last, if it is one."""
        own = self.sources.get(unit, Source(""))
        imported = [
            other
            for name, other in self.sources.items()
            if name != unit and re.search(IMPORTS.format(name), own.text)
        ]
        return {s.file: s.text for s in (*imported, own) if s.cells is None}

    def location(self, frame: Frame) -> Location:
        file, cell = self.cells.get(frame.file, (frame.file, None))
        return Location(file, frame.line, cell)

    def check_begun(self, unit: str, exercise: str) -> None:
        """Raises: NotStarted if there is a program to mend, still as it was given."""
        if self.given.get(unit, NOTHING).is_untouched(exercise, self.sources[unit].parts):
            raise NotStarted(f"{exercise} {TO_MEND}")

    def left_out(self) -> dict[str, LeftOutOf]:
        """What was left out of each unit; whoever ran a cell has seen what was wrong with it, and
        only a file's cells are told of."""
        return {
            unit: LeftOutOf(runner.remarks(), runner.loaded.more)
            for unit, runner in self.runners.items()
            if self.sources[unit].file
        }

    def runner(self, unit: str) -> UnitRunner:
        """The runner of a unit. Raises: NotStarted, Blocked."""
        if unit not in self.sources:
            raise NotStarted(f"there is no {unit}.py in the submission")
        if unit not in self.runners and unit not in self.messages:
            problem = self.sources[unit].problem
            if problem is None:
                try:
                    self.runners[unit] = UnitRunner(self.workers, unit, self.suites)
                except SubmissionFault as fault:
                    file = self.sources[unit].file or "what you ran"
                    unusable = {name: s.problem for name, s in self.sources.items() if s.problem}
                    problem = load_problem(file, fault, unusable)
            if problem is not None:
                self.messages[unit] = problem
        if unit in self.messages:
            raise Blocked("not run: the file could not be loaded")
        return self.runners[unit]

    def rehearsing(self, unit: str) -> UnitRunner:
        """The runner of a unit on the rehearsal device. Raises: SubmissionFault."""
        if unit not in self.rehearsals:
            self.rehearsals[unit] = UnitRunner(self.workers, unit, self.suites, rehearses=True)
        return self.rehearsals[unit]
