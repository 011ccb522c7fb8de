"""`grade watch`: what is saved is graded at once, in processes that stay warm.

One exercise at a time: the one that was written in last. After a success the next one is shown
only when the learner asks for it, since they would take its failure for their own.
"""

import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from grader.cli.keyboard import keyboard
from grader.cli.output import exit_code, grade_command, printable, show_failures, terminal_size
from grader.course.model import Course, Selection
from grader.course.names import Name
from grader.course.progress import remember
from grader.course.stubs import work_on
from grader.formats import gcc
from grader.formats.parts.failures import title_of
from grader.judge.options import Options
from grader.judge.session import Session
from grader.report import ExerciseResult, Outcome, Report
from grader.work.places import places
from grader.work.submission import ENDINGS, Submission

SETTLE_MILLISECONDS = 30  # an editor may write a file in several steps
CHECK_MILLISECONDS = 200  # how often to look for saves that nobody told of


class Onlooker:
    """Who else is told, each time after the terminal; this one does not care."""

    def grading(self, units: Sequence[str]) -> None:
        """These were saved, and their verdict is under way."""

    def see(self, watcher: "Watcher", units: Sequence[str] = ()) -> None:
        """What is so now; if something was saved and graded, these units."""


def watch_exercises(
    course: Course, selection: Selection, options: Options, onlooker: Onlooker
) -> int:
    """Grade the unit that was saved, as long as there is something left to do.

    Returns the exit code: 0 when everything selected is finished. Ctrl-C ends it.
    """
    with Session(course, options, own_work=True) as session, keyboard() as pressed:
        watcher = Watcher(course, selection, session, show_failures)
        print("Starting PyTorch …", flush=True)
        watcher.begin()
        if watcher.focus is not None:  # or else there is nothing to follow
            onlooker.see(watcher)
        seen = saves(course.exercises_folder)
        while watcher.focus is not None and (saved := next(seen, None)) is not None:
            if units := [u for u in selection if u in saved or watcher.is_stale(u)]:
                onlooker.grading(units)
                watcher.saved(units)
                if pressed is not None:
                    pressed()  # those from before do not count
                onlooker.see(watcher, units)
            if watcher.rests and (pressed is None or pressed()):
                watcher.go_on()
                onlooker.see(watcher)
        return exit_code(watcher.reports.values())


def watch_problems(course: Course, selection: Selection, options: Options) -> int:
    """Grade what is saved until Ctrl-C, and tell an editor what is wrong in all units, between a
    line that begins with `Grading` and one that begins with `Score`."""
    with Session(course, options, own_work=True) as session:
        watcher = Watcher(course, selection, session, gcc.render)
        seen = saves(course.exercises_folder)
        units = list(selection)
        while True:
            print(f"Grading {', '.join(units)} …", flush=True)
            for unit in units:
                watcher.grade(unit)
            print(printable(gcc.render(_as_one(watcher.reports))), end="", flush=True)
            units = next(
                stale
                for saved in seen
                if (stale := [u for u in selection if u in saved or watcher.is_stale(u)])
            )


class Watcher:
    """The latest report of every unit, and the exercise in focus.

    The focus stays until its exercise is finished, or the learner writes in another one; when it
    is finished, the watch `rests` until it is told to go on to the next one.
    """

    def __init__(
        self,
        course: Course,
        selection: Selection,
        session: Session,
        show: Callable[[Report], str],
    ) -> None:
        self.course, self.selection, self.session, self.show = course, selection, session, show
        self.reports: dict[str, Report] = {}
        self.graded: dict[str, list[int]] = {}
        self.code: dict[str, dict[str, list[str]]] = {}  # of each exercise, by unit
        self.files: dict[str, str] = {}
        self.work: dict[str, Submission] = {}  # that each unit was last graded in
        self.beside: list[Path] = []  # what counts as well, under names that are no unit's
        self.focus: Name | None = None
        self.rests = False

    def begin(self) -> None:
        """Grade everything once, and show the first exercise that is not finished."""
        for unit in self.selection:
            self.grade(unit)
        self.go_on()

    def go_on(self) -> None:
        """Turn to the first exercise that is not finished."""
        self.focus, self.rests = self._unfinished(), False
        if self.focus is None and self.selection == self.course.everything:
            print("Everything is finished. Well done!")
        elif self.focus is None:
            print(f"What you named is finished. Well done! To go on: {grade_command()} watch")
        else:
            self._show(self.focus)
        sys.stdout.flush()

    def saved(self, units: list[str]) -> None:
        """Grade what was saved, and show what it means for the exercise in focus."""
        assert self.focus is not None
        print(f"\nGrading {', '.join(units)} …", flush=True)
        before = {unit: self.code[unit] for unit in units}
        started = time.perf_counter()
        for unit in units:
            self.grade(unit)
        milliseconds = (time.perf_counter() - started) * 1000
        graded = [(unit, self.reports[unit]) for unit in units]
        scores = ", ".join(f"{unit} {report.score}/{report.max_score}" for unit, report in graded)
        print(f"{scores}, graded in {milliseconds:.0f} ms")
        changed = [name for unit in units for name in self._changed(unit, before[unit])]
        if self.focus not in changed:
            self.focus = next((name for name in changed if not self._is_done(name)), self.focus)
        self._tell_of_others(units, changed)
        self.rests = self._is_done(self.focus)
        if not self.rests:
            self._show(self.focus)
        elif self._unfinished() is None:
            self.go_on()
        else:
            if any(test.printed for test in self.report_of(self.focus).tests):
                print("\n" + self.show(self.report_of(self.focus)))
            all_units = [unit for report in self.reports.values() for unit in report.units]
            done = [e.status is Outcome.PASSED for unit in all_units for e in unit.exercises]
            print(f"{self.focus} is finished: {sum(done)} of {len(done)} exercises done.")
            print("Press any key for the next one …")
        sys.stdout.flush()

    def _changed(self, unit: str, before: dict[str, list[str]]) -> list[Name]:
        """The exercises that the learner has written in since."""
        (result,) = self.reports[unit].units
        if result.message is not None:
            return []
        now = self.code[unit]
        names = [each.name for each in result.exercises]
        return [Name(unit, name) for name in names if now[name] and now[name] != before[name]]

    def _tell_of_others(self, units: list[str], changed: list[Name]) -> None:
        """What became of what was saved, other than of the exercise in focus."""
        assert self.focus is not None
        for unit in units:
            report = self.reports[unit]
            if report.units[0].message is not None and unit != self.focus.unit:
                print("\n" + self.show(report), end="")
        width, _ = terminal_size()
        for name in changed:
            if name != self.focus:
                (exercise,) = self.report_of(name).units[0].exercises
                said = f"{name} {exercise.score}/{exercise.max_score}: {standing(exercise)}"
                print(textwrap.fill(said, width))

    def is_stale(self, unit: str) -> bool:
        """Was it saved since it was read? Nobody tells of a save before the watch began."""
        return self.graded[unit] != self._saved_at(unit)

    def _saved_at(self, unit: str) -> list[int]:
        own = [self.course.stub(unit), self.course.notebook(unit)]
        return [_time_of(file) for file in (*own, *self.beside)]

    def grade(self, unit: str) -> None:
        """Read the unit as it is saved, and judge it."""
        self.graded[unit] = self._saved_at(unit)
        submission = work_on(self.course)
        if (beside := self._beside(submission)) != self.beside:
            self.beside, times = beside, [_time_of(file) for file in beside]
            self.graded = {unit: [*seen[:2], *times] for unit, seen in self.graded.items()}
        source = submission.sources.get(unit)
        self.work[unit] = submission
        self.files[unit] = source.file if source else f"exercises/{unit}.py"
        text = "\n".join(source.parts) if source else ""
        self.code[unit] = {
            name: [text[start:end] for start, end in places(text, name)]
            for name in self.selection[unit]
        }
        self.reports[unit] = report = self.session.grade(submission, {unit: self.selection[unit]})
        remember(self.course, report.earned, report.finished)

    def _beside(self, submission: Submission) -> list[Path]:
        """The modules that units import, and files under other names that were read instead."""
        folder, units = self.course.exercises_folder, self.course.everything
        modules = [s.file for name, s in submission.sources.items() if name not in units]
        moved = [file for file, _ in submission.moved.values()]
        return sorted(folder.parent / file for file in (*modules, *moved))

    def _unfinished(self) -> Name | None:
        for unit in self.selection:
            for exercise in self.reports[unit].units[0].exercises:
                if exercise.status is not Outcome.PASSED:
                    return Name(unit, exercise.name)
        return None

    def report_of(self, focus: Name) -> Report:
        """On this exercise alone."""
        report = self.reports[focus.unit]
        (unit,) = report.units
        only = tuple(exercise for exercise in unit.exercises if exercise.name == focus.exercise)
        return replace(report, units=(replace(unit, exercises=only),))

    def _is_done(self, name: Name) -> bool:
        return self.report_of(name).status is Outcome.PASSED

    def _show(self, focus: Name) -> None:
        """The exercise in focus alone: everything else would only distract."""
        report = self.report_of(focus)
        title = self.course.unit(focus.unit).exercise(focus.exercise).title
        if report.status is Outcome.NOT_STARTED:
            print(f"\nNow: {focus}, {title}")
        else:
            print("\n" + self.show(report), end="")
        print(f"\nWaiting for you to save {self.files[focus.unit]} (Ctrl-C to stop).")
        if report.units[0].message is None:
            print(f"Stuck? {grade_command()} hint {focus}")


def _as_one(reports: dict[str, Report]) -> Report:
    first, *_ = reports.values()
    return replace(
        first,
        units=tuple(unit for report in reports.values() for unit in report.units),
        rehearsals=tuple(test for report in reports.values() for test in report.rehearsals),
    )


def standing(exercise: ExerciseResult) -> str:
    """How it stands, on one line: the law that does not hold, where one does not."""
    if exercise.status is Outcome.PASSED:
        return "finished"
    missed = [test for test in exercise.tests if test.outcome is not Outcome.PASSED]
    return title_of(missed[0])


def _time_of(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def saves(folder: Path) -> Iterator[set[str]]:
    """The units of the files that were saved, each time something was and once in a while."""
    from watchfiles import watch

    for changes in watch(
        folder,
        debounce=SETTLE_MILLISECONDS * 4,
        step=SETTLE_MILLISECONDS,
        rust_timeout=CHECK_MILLISECONDS,
        yield_on_timeout=True,
    ):
        yield {path.stem for path in (Path(name) for _, name in changes) if path.suffix in ENDINGS}
