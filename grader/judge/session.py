"""The story of one run: start a sandbox, read the work, judge it, report.

Torch is imported by the judge while the first worker's process imports it too; so this module
imports nothing of `suite` before that process has been started.
"""

import dataclasses
import gc
import platform
import sys
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import grader
from grader.course.model import Course, Selection
from grader.course.stubs import given_by
from grader.errors import CourseError, GraderFault, UsageError
from grader.formats.parts.text import one_line
from grader.judge.bounds import (
    JUDGE_BYTES,
    JUDGE_SECONDS,
    give_back_large_blocks,
    no_more_memory_than,
)
from grader.judge.options import Device, OnProgress, Options, Sandbox, ignore
from grader.report import (
    ExerciseResult,
    Outcome,
    Report,
    TestResult,
    UnitResult,
)
from grader.sandbox import jail
from grader.sandbox.processes import Processes, start_processes
from grader.work.submission import Submission

if TYPE_CHECKING:
    from grader.judge.answer_key import AnswerKey
    from grader.judge.diagnosis import Bank, Case


class Session:
    """Grades submissions of one course, one after the other, with processes that stay warm."""

    def __init__(self, course: Course, options: Options, *, own_work: bool) -> None:
        self.course, self.options = course, options
        self.devices = _devices(options.device)
        self.notes: tuple[str, ...] = ()
        self.key: AnswerKey | None = None
        confined = self._confined(own_work)
        gpu = self.devices != ("cpu",)
        self.processes: Processes = start_processes(options.limits, confined=confined, gpu=gpu)
        self.given = given_by(course)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.processes.close()

    def _confined(self, own_work: bool) -> bool:
        """Whether to confine. Somebody else's work is not run unconfined unless that is asked."""
        if self.options.sandbox is Sandbox.OFF:
            return False
        reason = jail.unavailable() or jail.exposed(self.course.root)
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
        units, limits = list(selection), self.options.limits
        suites = _suites(self.course, units)
        _import_judge()
        from grader.judge.answer_key import answer_key_of
        from grader.judge.learner import Students
        from grader.judge.plugin import Judging
        from grader.judge.pytest_run import run_suites
        from grader.judge.workers import Workers
        from grader.sandbox import rehearsal

        self.key = self.key or answer_key_of(self.course)
        seed = self.key.seed(units[0], submission.digest if seed is None else seed)
        shared = self.devices != ("cpu",)
        suites_folder = self.course.suites_folder
        workers = Workers(
            self.processes, limits, submission.sources, units, suites_folder, shared=shared
        )
        students = Students(workers, submission.sources, suites_folder, self.given)
        seconds = limits.unit_seconds + JUDGE_SECONDS
        judging = Judging(
            self.key,
            seed,
            self.devices,
            self.rehearses and rehearsal.is_possible(),
            students,
            test_seconds=seconds,
            errors=self.course.errors,
        )
        try:
            with nullcontext() if shared else no_more_memory_than(JUDGE_BYTES):
                run = run_suites(suites, judging, selection, on_progress)
        finally:
            workers.close()
        remarks = submission.remarks(units) + students.remarks()
        results, unexplained = _explained(run.results, self.key.bank, run.cases)
        graded = self._units(results.values(), selection, students.messages)
        if self.options.pictures:
            from grader.judge.drawing import with_pictures

            graded = with_pictures(graded, self.processes, limits, submission.sources, self.key)
        return Report(
            units=graded,
            seed=seed,
            device=self.options.device.value,
            versions=_versions(),
            notes=(*self.notes, *remarks, *unexplained, *self._unrehearsed(), *self._kits(graded)),
            rehearsals=run.rehearsals,
        )

    @property
    def rehearses(self) -> bool:
        """Whether it is asked to; an old torch cannot."""
        return self.options.device in (Device.CPU, Device.REHEARSAL, Device.ALL)

    def _unrehearsed(self) -> list[str]:
        from grader.sandbox import rehearsal

        if not self.rehearses or rehearsal.is_possible():
            return []
        return [f"not rehearsed: torch {_versions()['torch']} has no way to, 2.10 and later have"]

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


def _import_judge() -> None:
    """Import torch and all that judges, once; without collections that takes a tenth less."""
    if "grader.judge.pytest_run" in sys.modules:
        return
    gc.disable()
    try:
        import torch
    except (ImportError, OSError) as error:  # of a library that it needs
        raise UsageError(
            f"PyTorch does not work here ({one_line(str(error))}): `torchkata doctor` says what to "
            "do"
        ) from None

    import grader.judge.pytest_run  # noqa: F401

    torch.set_num_threads(1)  # the suites' tensors are small, and the worker needs a core
    gc.freeze()
    gc.enable()
    give_back_large_blocks()


def _suites(course: Course, units: list[str]) -> list[Path]:
    for unit in units:
        needed = [course.suite(unit)] + [course.solution(unit)] * (not course.is_kit)
        for path in needed:
            if not path.is_file():
                raise CourseError(f"{path} is missing: unit {unit} cannot be graded")
    return [course.suite(unit) for unit in units]


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


def exit_code(reports: Iterable[Report]) -> int:
    """0 full marks, 1 not yet, 3 a fault of the grader.

    What would fail on a GPU is "not yet" to whoever has asked for the rehearsal device.
    """
    reports = list(reports)
    statuses = {report.status for report in reports}
    if Outcome.GRADER_FAULT in statuses:
        return 3
    asked = (r for r in reports if r.device == Device.REHEARSAL)
    would_fail = any(t.outcome is Outcome.FAILED for r in asked for t in r.rehearsals)
    return 0 if statuses <= {Outcome.PASSED} and not would_fail else 1
