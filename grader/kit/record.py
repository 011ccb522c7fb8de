"""Runs the visible tests of a unit with the solution, and with every known wrong answer."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.course.model import Course
from grader.errors import CourseError
from grader.judge.answer_key import answer_key_of
from grader.judge.diagnosis import Case, LiveBank
from grader.judge.drawing import draw
from grader.judge.plugin import Judging
from grader.judge.pytest_run import run_suites
from grader.judge.reference import solution_of
from grader.judge.subject import Subject
from grader.judge.tape_file import (
    KitTapes,
    KnownAnswer,
    UnitTape,
    bytes_of_recorder,
    bytes_of_trace,
)
from grader.report import Outcome
from grader.sandbox.wire import Unsendable
from grader.suite.tape import Recorder, playing

SEED = 0  # of the inputs that every kit has; who grades for a mark takes another


def record(course: Course, unit: str) -> UnitTape:
    """The tape of a unit.

    Raises: CourseError if a visible test fails with the solution, or asks for something that
    cannot be recorded.
    """
    tapes = _Recorders()
    judging = Judging(course.solutions_folder, SEED, tapes=tapes, recording=True)
    selection = {unit: _exercises(course, unit)}
    results = run_suites([course.suite(unit)], judging, selection, lambda total: None)
    for result in results:
        if result["outcome"] != Outcome.PASSED:
            raise CourseError(
                f"{course.suite(unit)}: {result['test']} does not pass with the solution: "
                f"{result['message']}"
            )
    return UnitTape(
        SEED,
        {name: _kept(course, unit, name, tape) for name, tape in tapes.tests.items()},
        {name: _kept(course, unit, name, tape) for name, tape in _pictures(course, unit)},
        tuple(_known(course, unit, judging.cases)),
    )


def prove(course: Course, unit: str, files: Mapping[str, bytes]) -> None:
    """Run the visible tests as a kit has them, with the solution in the learner's place.

    Raises: CourseError if they are not those that were recorded, or one does not pass.
    """
    with TemporaryDirectory(prefix="kit-") as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        tapes = KitTapes(Path(folder))
        judging = Judging(course.solutions_folder, SEED, tapes=tapes)
        suite = Path(folder) / course.suite(unit).name
        results = run_suites([suite], judging, {unit: _exercises(course, unit)}, lambda total: None)
        recorded = set(tapes.unit(unit).tests)
    lost = recorded ^ {f"{result['exercise']}.{result['test']}" for result in results}
    failed = (r for r in results if r["outcome"] != Outcome.PASSED)
    lost |= {f"{result['test']}: {result['message']}" for result in failed}
    if lost:
        raise CourseError(
            f"{course.suite(unit)}: cut down to what learners may see, this does not work: "
            f"{min(lost)}. A visible test needs what it calls or names, no more"
        )


def _exercises(course: Course, unit: str) -> frozenset[str]:
    return frozenset(exercise.name for exercise in course.unit(unit).exercises)


class _Recorders:
    """A new tape for each test."""

    def __init__(self) -> None:
        self.tests: dict[str, Recorder] = {}

    def tape(self, unit: str, name: str, device: str) -> Recorder:
        if name in self.tests:
            raise CourseError(f"{name} runs more than once: a visible test has no parameters")
        self.tests[name] = Recorder()
        return self.tests[name]


def _pictures(course: Course, unit: str) -> Iterator[tuple[str, Recorder]]:
    """What the reference says while each exercise is drawn."""
    key = answer_key_of(course)
    for exercise in course.unit(unit).exercises:
        recorder = Recorder()
        solution = Subject(solution_of(course.solutions_folder, unit, key.suites), "")
        with playing(recorder):
            draw(key.suites, unit, exercise.name, solution, key.reference(unit))
        yield exercise.name, recorder


def _kept(course: Course, unit: str, name: str, recorder: Recorder) -> bytes:
    try:
        return bytes_of_recorder(recorder)
    except Unsendable as error:
        raise CourseError(
            f"{course.suites_folder}: what {name} asks for cannot be recorded: {error}"
        ) from None


def _known(course: Course, unit: str, cases: list[Case]) -> Iterator[KnownAnswer]:
    """What each wrong answer did in the visible tests of its exercise."""
    bank = LiveBank(course)
    for exercise in course.unit(unit).exercises:
        own = [case for case in cases if case.exercise == exercise.name]
        for answer in bank.answers(unit, exercise.name) if own else ():
            traces = {case.name: bytes_of_trace(answer.trace(case)) for case in own}
            yield KnownAnswer(exercise.name, answer.correction, traces)
