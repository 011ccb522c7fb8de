"""Runs the visible tests of a unit with the solution, and with every known wrong answer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.course.model import Course
from grader.errors import CourseError
from grader.judge.answer_key import Recorded, Solutions, solution_of
from grader.judge.diagnosis import Case, LiveBank
from grader.judge.drawing import draw
from grader.judge.item import Found, Judging
from grader.judge.pytest_run import Suite
from grader.judge.subject import Subject
from grader.judge.tape_file import (
    KitTapes,
    KnownAnswer,
    UnitTape,
    bytes_of_recorder,
    bytes_of_trace,
)
from grader.report import Outcome
from grader.suite.tape import Recorder, playing

SEED = 0  # of the inputs that every kit has; who grades for a mark takes another


@dataclass(frozen=True)
class _Recording(Solutions):
    """The key of a course while a kit is made of it: each test has a new tape."""

    tapes: dict[str, Recorder] = field(default_factory=dict)

    def tape(self, unit: str, test: str, device: str) -> Recorder:
        if test in self.tapes:
            raise CourseError(f"{test} runs more than once: a visible test may not have parameters")
        self.tapes[test] = Recorder()
        return self.tapes[test]


@dataclass(frozen=True)
class _Proving(Recorded):
    """The key of a kit, and the solutions in the learner's place."""

    course: Course

    def solution(self, unit: str) -> Subject:
        return Subject(solution_of(self.course.solutions_folder, unit, self.suites), "")


def record(course: Course, unit: str) -> UnitTape:
    """The tape of a unit.

    Raises: CourseError if a visible test fails with the solution, or asks for something that
    cannot be recorded.
    """
    bank = LiveBank(course)
    key = _Recording(course.solutions_folder, course.suites_folder, bank)
    judging = Judging(key, SEED, only_visible=True)
    found = Found()
    tests = Suite(course.suite(unit)).run(judging, found, course.select([unit])[unit])
    for test in tests.values():
        if test.outcome is not Outcome.PASSED:
            raise CourseError(
                f"{course.suite(unit)}: {test.name} does not pass with the solution: {test.message}"
            )
    return UnitTape(
        SEED,
        {name: _kept(course, unit, name, tape) for name, tape in key.tapes.items()},
        {name: _kept(course, unit, name, tape) for name, tape in _pictures(course, unit, key)},
        tuple(_known(course, unit, bank, found.cases)),
    )


def prove(course: Course, unit: str, folder: Path) -> None:
    """Run the visible tests as a kit has them in this folder, with the solution in the learner's
    place.

    Raises: CourseError if they are not those that were recorded, or one does not pass.
    """
    key = _Proving(folder, KitTapes(folder), course)
    suite, exercises = folder / course.suite(unit).name, course.select([unit])[unit]
    tests = Suite(suite).run(Judging(key, SEED), Found(), exercises).values()
    recorded = set(key.bank.unit(unit).tests)
    lost = recorded ^ {f"{test.exercise}.{test.name}" for test in tests}
    lost |= {f"{t.name}: {t.message}" for t in tests if t.outcome is not Outcome.PASSED}
    if lost:
        raise CourseError(
            f"{course.suite(unit)}: without its hidden part, this does not work: {min(lost)}. "
            "A kit keeps only what a visible test calls or names"
        )


def _pictures(course: Course, unit: str, key: Solutions) -> Iterator[tuple[str, Recorder]]:
    """What the reference says while each exercise is drawn."""
    for exercise in course.unit(unit).exercises:
        recorder = Recorder()
        with playing(recorder):
            student, reference = key.solution(unit), key.reference(unit, recorder)
            draw(key.suites, unit, exercise.name, student, reference)
        yield exercise.name, recorder


def _kept(course: Course, unit: str, name: str, recorder: Recorder) -> bytes:
    try:
        return bytes_of_recorder(recorder)
    except CourseError as error:
        raise CourseError(f"{course.suites_folder}: what {name} asks for {error}") from None


def _known(course: Course, unit: str, bank: LiveBank, cases: list[Case]) -> Iterator[KnownAnswer]:
    """What each wrong answer did in the visible tests of its exercise."""
    for exercise in course.unit(unit).exercises:
        own = [case for case in cases if case.exercise == exercise.name]
        for answer in bank.answers(unit, exercise.name) if own else ():
            traces = {case.name: bytes_of_trace(answer.trace(case)) for case in own}
            yield KnownAnswer(exercise.name, answer.correction, traces)
