"""The story of one run: start a sandbox, read the work, judge it, report.

Torch is imported by the judge while the first worker's process imports it too; so this module
imports nothing of `suite` before that process has been started.
"""

import dataclasses
import gc
import platform
import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, closing, nullcontext
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Self

import grader
from grader.course.model import Course, Selection, data_folders
from grader.course.stubs import given_by
from grader.errors import CourseError, GraderFault, UsageError
from grader.judge import hindrances
from grader.judge.bounds import (
    JUDGE_BYTES,
    JUDGE_SECONDS,
    give_back_large_blocks,
    no_more_memory_than,
)
from grader.judge.options import Device, OnProgress, Options, Sandbox, ignore, running_on
from grader.judge.rooms import Room, opened_rooms
from grader.report import ExerciseResult, Outcome, Report, TestResult, UnitResult
from grader.sandbox.processes import Processes, start_processes
from grader.work.submission import Submission

if TYPE_CHECKING:
    from grader.judge.answer_key import AnswerKey
    from grader.judge.diagnosis import Bank, Case
    from grader.judge.item import Judging
    from grader.judge.pytest_run import Suite
    from grader.judge.side_by_side import Part


@dataclass(frozen=True)
class OneRun:
    """What all judges of one run are given, and the units, each for the first who is free."""

    submission: Submission
    selection: Selection
    judging: "Judging"
    turns: Iterable[str]

    @property
    def exercises(self) -> int:
        return sum(map(len, self.selection.values()))


class Session:
    """Grades submissions of one course, one after the other, with processes that stay warm."""

    def __init__(self, course: Course, options: Options, *, own_work: bool) -> None:
        self.course, self.options = course, options
        self.devices = _devices(options.device)
        self.notes: tuple[str, ...] = ()
        self.key: AnswerKey | None = None
        self.suites: dict[tuple[tuple[str, ...], bool, Path], Suite] = {}
        self.is_warm = False
        confined = self._confined(own_work)
        self.processes: Processes = start_processes(
            options.limits, confined=confined, gpu=self._shares
        )
        self.given = given_by(course)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.processes.close()

    def hang_up(self) -> None:
        """All is graded: what was started begins to end, while somebody reads the report."""
        self.processes.hang_up()

    def warm_up(self) -> None:
        """Wait until torch has been imported here and in the zygote, so that the next run does not
        have to. Raises: GraderFault."""
        _import_judge()
        self.processes.end(self.processes.start().ready(), tell=False)

    def _confined(self, own_work: bool) -> bool:
        """Whether to confine. Somebody else's work is not run unconfined unless that is asked."""
        if self.options.sandbox is Sandbox.OFF:
            return False
        reason = hindrances.of_confinement(self.course.root)
        if reason and self.options.sandbox is Sandbox.AUTO and own_work:
            self.notes = (f"not sandboxed: {reason}",)
            return False
        if reason:
            raise UsageError(
                f"this work cannot be sandboxed: {reason}. "
                "Grade it on another machine, or, if you trust it, use --sandbox off."
            )
        return True

    def grade(
        self,
        submission: Submission,
        selection: Selection,
        on_progress: OnProgress = ignore,
        *,
        seed: int | None = None,
    ) -> Report:
        """Judge the selected exercises of one submission, with inputs drawn from `seed`.

        Without a seed they follow from the work itself.
        Raises: GraderFault if the judging itself breaks; the submission never ends the run.
        """
        units = list(selection)
        _check_files(self.course, units)
        with ExitStack() as opened:
            rooms = self._rooms(submission, units, opened)
            _import_judge()
            from grader.judge.learner import in_few_words

            judging = self._judging(submission, units, seed)
            parts = self._judged(submission, selection, judging, rooms, on_progress)
        self.is_warm = True
        by_name = {unit.name: unit for part in parts for unit in part.units}
        graded = tuple(by_name[name] for name in units)
        left_out = {unit: left for part in parts for unit, left in part.left_out.items()}
        remarks = submission.remarks(units)
        remarks += in_few_words(left_out[unit] for unit in units if unit in left_out)
        unexplained = dict.fromkeys(chain(*(part.notes for part in parts)))
        rehearsals = chain(*(part.rehearsals for part in parts))
        return Report(
            units=graded,
            seed=judging.seed,
            device=self.options.device.value,
            versions=_versions(),
            notes=(*self.notes, *remarks, *unexplained, *self._unrehearsed(), *self._kits(graded)),
            rehearsals=tuple(sorted(rehearsals, key=lambda test: units.index(test.unit))),
        )

    def _judging(self, submission: Submission, units: list[str], seed: int | None) -> "Judging":
        from grader.judge.answer_key import answer_key_of
        from grader.judge.item import Judging

        self.key = self.key or answer_key_of(self.course)
        return Judging(
            self.key,
            self.key.seed(units[0], submission.digest if seed is None else seed),
            self.devices,
            self.rehearses and hindrances.of_rehearsals() is None,
            test_seconds=self.options.limits.unit_seconds + JUDGE_SECONDS,
            errors=self.course.errors,
        )

    def _rooms(self, submission: Submission, units: list[str], opened: ExitStack) -> list[Room]:
        judges, limits = self._judges(units), self.options.limits
        if judges > 1:  # they need each other's cores: none waits busily for its worker
            limits = dataclasses.replace(limits, spin_seconds=0.0)
        known = [u for u in units if u in submission.sources and not submission.sources[u].problem]
        # One for each unit, and one for the rehearsals of each judge.
        workers = 0 if self._shares else len(known) + judges * self.rehearses
        readable = data_folders(self.course.suites_folder, units)
        return opened_rooms(self.processes, limits, judges, workers, readable, opened)

    @property
    def _shares(self) -> bool:
        """Whether one worker serves all units."""
        return self.devices != ("cpu",)

    def _judges(self, units: list[str]) -> int:
        """How many may work side by side: on a GPU they would be in each other's way, and only
        Linux forks a judge safely."""
        alone = self._shares or sys.platform != "linux"
        return 1 if alone else min(self.options.judges, len(units))

    def _judged(
        self,
        submission: Submission,
        selection: Selection,
        judging: "Judging",
        rooms: list[Room],
        on_progress: OnProgress,
    ) -> "list[Part]":
        """What came of the units, by the judges that took them."""
        from grader.judge.item import Found
        from grader.judge.side_by_side import Turns, side_by_side

        if len(rooms) == 1:
            work = OneRun(submission, selection, judging, list(selection))
            return [self._part(work, rooms[0], on_progress)]
        if self.is_warm:  # what a fork collects is lost with it; the first run is in a hurry
            for unit in selection:
                self._suite(unit, judging).collected(judging, Found())
        # How long tests take is known afterwards; a long suite takes longer than many tests do.
        sizes = {unit: self.course.suite(unit).stat().st_size for unit in selection}
        with closing(Turns(sorted(selection, key=lambda unit: -sizes[unit]))) as turns:
            work = OneRun(submission, selection, judging, turns)
            parts = [partial(self._part, work, room) for room in rooms]
            return side_by_side(parts, on_progress, work.exercises)

    def _part(self, work: OneRun, room: Room, on_progress: OnProgress) -> "Part":
        """Judge units, one after the other, until there is none left."""
        from grader.judge.item import Found
        from grader.judge.learner import Students
        from grader.judge.side_by_side import Part
        from grader.judge.workers import Workers

        sources, suites = work.submission.sources, self.course.suites_folder
        workers = Workers(room, sources, shared=self._shares)
        students = Students(workers, sources, suites, self.given)
        judging, found = dataclasses.replace(work.judging, students=students), Found()
        results: dict[str, TestResult] = {}
        taken: Selection = {}
        done = count(1)
        memory = nullcontext() if self._shares else no_more_memory_than(JUDGE_BYTES)
        with closing(workers), memory, running_on(room.cores):
            for unit in work.turns:
                taken[unit] = work.selection[unit]
                results |= self._suite(unit, judging).run(
                    judging, found, taken[unit], lambda: on_progress(next(done), work.exercises)
                )
            # What is rehearsed comes last: it waits for the rest of its exercise, and needs a
            # worker of its own.
            rehearsals = [
                self._suite(unit, judging).rehearse(judging, found, taken[unit]) for unit in taken
            ]
        results, unexplained = _explained(results, work.judging.key.bank, found.cases)
        graded = self._units(results.values(), taken, students.messages)
        if self.options.pictures:
            from grader.judge.drawing import with_pictures

            graded = with_pictures(graded, room.processes, room.limits, sources, work.judging.key)
        return Part(graded, students.left_out(), tuple(unexplained), tuple(chain(*rehearsals)))

    def drawn(self, report: Report, submission: Submission) -> Report:
        """A report that `grade` gave of this work, with pictures of what failed."""
        from grader.judge.drawing import with_pictures

        assert self.key is not None
        limits, sources = self.options.limits, submission.sources
        units = with_pictures(report.units, self.processes, limits, sources, self.key)
        return dataclasses.replace(report, units=units)

    def _suite(self, unit: str, judging: "Judging") -> "Suite":
        """The suite of a unit with a test for each device, collected the first time it is run."""
        from grader.judge.pytest_run import Suite

        path = self.course.suite(unit)
        this = judging.devices, judging.rehearses, path
        if this not in self.suites or self.suites[this].is_broken:
            self.suites[this] = Suite(path)
        return self.suites[this]

    @property
    def rehearses(self) -> bool:
        """Whether it is asked to; an old torch cannot."""
        devices = Device.CPU, Device.REHEARSAL, Device.ALL
        return self.options.rehearses and self.options.device in devices

    def _unrehearsed(self) -> list[str]:
        reason = hindrances.of_rehearsals() if self.rehearses else None
        return [f"not rehearsed: {reason}"] if reason else []

    def _kits(self, graded: tuple[UnitResult, ...]) -> list[str]:
        """What to know of a score that the visible tests alone have given."""
        complete = len(graded) == len(self.course.units)
        passed = all(unit.status is Outcome.PASSED for unit in graded)
        if not self.course.is_kit or not (complete or passed):
            return []
        here = sum(unit.max_score for unit in graded)
        whole = sum(self.course.unit(unit.name).points for unit in graded)
        return [f"the tests here give {here} of {whole} points; your teacher has the others"]

    def _units(
        self, results: Iterable[TestResult], selection: Selection, messages: Mapping[str, str]
    ) -> tuple[UnitResult, ...]:
        tests: dict[tuple[str, str], dict[str, TestResult]] = {}
        for result in results:
            group = tests.setdefault((result.unit, result.exercise), {})
            group[result.name] = _worse(group.get(result.name), result)
        units = []
        for name in selection:
            unit = self.course.unit(name)
            exercises = tuple(
                ExerciseResult(e.name, tuple(tests.get((name, e.name), {}).values()))
                for e in unit.exercises
                if e.name in selection[name]
            )
            if self.course.is_kit:
                exercises = tuple(exercise for exercise in exercises if exercise.tests)
            elif untested := [e.name for e in exercises if not e.tests]:
                raise GraderFault(f"the suite of {name} has no test for {', '.join(untested)}")
            units.append(UnitResult(name, unit.title, exercises, messages.get(name)))
        return tuple(units)


def _explained(
    results: dict[str, TestResult], bank: "Bank", cases: list["Case"]
) -> tuple[dict[str, TestResult], list[str]]:
    """With what the known wrong answers explain; a note if they could not be compared."""
    from grader.judge.diagnosis import explanations

    try:
        said = explanations(bank, cases)
    except Exception as error:  # the author's words are missing; the score is not in doubt
        return results, [f"wrong answers could not be compared: {type(error).__name__}: {error}"]
    return results | {
        node: dataclasses.replace(results[node], likely=likely) for node, likely in said.items()
    }, []


def _worse(first: TestResult | None, second: TestResult) -> TestResult:
    """Of one test on two devices, the one that was not passed: points need every device."""
    if first is None or first.outcome is Outcome.PASSED:
        return second
    return dataclasses.replace(first, seconds=first.seconds + second.seconds)


@cache
def _import_judge() -> None:
    """Import torch and all that judges, once; without collections that takes a tenth less."""
    gc.disable()
    try:
        import torch
    except (ImportError, OSError) as error:  # of a library that it needs
        said = " ".join(f"{error}".split())
        raise UsageError(
            f"PyTorch does not work here ({said}): `torchkata doctor` says what to do"
        ) from None

    import grader.judge.pytest_run  # noqa: F401

    torch.set_num_threads(1)  # the suites' tensors are small, and the worker needs a core
    gc.freeze()
    gc.enable()
    give_back_large_blocks()


def _check_files(course: Course, units: list[str]) -> None:
    for unit in units:
        needed = [course.suite(unit)] + [course.solution(unit)] * (not course.is_kit)
        for path in needed:
            if not path.is_file():
                raise CourseError(f"{path} is missing: unit {unit} cannot be graded")


def _devices(device: Device) -> tuple[str, ...]:
    """Their plain names: what suites and learners get to see is no enum."""
    if device is Device.REHEARSAL:
        return (Device.CPU.value,)
    if device is not Device.ALL:
        return (device.value,)
    import torch

    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return ("cpu", *(name for name, is_here in here.items() if is_here))


def _versions() -> dict[str, str]:
    import torch

    return {
        "torchkata": grader.__version__,
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "system": f"{platform.system()} {platform.machine()}",
    }
