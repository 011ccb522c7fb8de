"""What an audit grades: one text with one seed, and what came of it."""

import doctest
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from types import ModuleType

from grader.course.model import Course
from grader.errors import GraderError
from grader.judge.options import Device
from grader.judge.session import Session
from grader.report import Outcome, TestResult
from grader.work.submission import Source, Submission


@dataclass(frozen=True)
class Job:
    """A text that stands in for `unit`, judged by the tests of `exercises`.

    `attempt` tells apart what is graded again with nothing changed; with `examples` it is not the
    suite that judges, but the examples in the docstrings of the text itself.
    """

    unit: str
    exercises: frozenset[str]
    text: str
    seed: int
    device: Device = Device.CPU
    attempt: int = 1
    examples: bool = False


@dataclass(frozen=True)
class Graded:
    """What became of a job; `fault` says why it could not be judged, and there are no tests."""

    tests: tuple[TestResult, ...] = ()
    rehearsals: tuple[TestResult, ...] = ()
    message: str | None = None
    fault: str | None = None

    @property
    def lost(self) -> tuple[TestResult, ...]:
        return tuple(test for test in self.tests if test.outcome is not Outcome.PASSED)


def seed_of(text: str) -> int:
    """A number that depends on the text alone, as the seed of a learner's run does."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")


def graded(session: Session, job: Job) -> Graded:
    """Judge one job; what breaks the grader is told in the result."""
    if job.examples:
        return Graded(_examples(job))
    submission, selection = _submission(session.course, job), {job.unit: job.exercises}
    try:
        report = session.grade(submission, selection, seed=job.seed)
    except GraderError as error:
        return Graded(fault=str(error))
    for test in report.tests:
        if test.outcome is Outcome.GRADER_FAULT:
            return Graded(fault=test.message or test.title)
    return Graded(report.tests, report.rehearsals, report.units[0].message)


def _examples(job: Job) -> tuple[TestResult, ...]:
    """The examples of each exercise as one test."""
    return tuple(
        TestResult(
            unit=job.unit,
            exercise=exercise,
            name="examples",
            title="The examples in the docstring hold.",
            outcome=Outcome.FAILED if problem else Outcome.PASSED,
            max_points=0,
            message=problem,
        )
        for exercise, problem in examples_of(job.unit, job.text, job.exercises).items()
    )


def examples_of(unit: str, text: str, exercises: Collection[str]) -> dict[str, str | None]:
    """What is wrong with the example of each exercise; None if there is one and it holds."""
    module = ModuleType(unit)
    try:
        exec(compile(text, f"{unit}.py", "exec", dont_inherit=True), module.__dict__)
    except Exception as error:  # whatever the author's code raises while it loads
        return dict.fromkeys(exercises, f"{unit}.py does not load: {error}")
    return {name: _problem(module, name) for name in sorted(exercises)}


def _problem(module: ModuleType, exercise: str) -> str | None:
    thing = getattr(module, exercise, None)
    if thing is None:
        return "the solution does not define it"
    if not (getattr(thing, "__doc__", None) or "").strip():
        return "it has no docstring"
    found = doctest.DocTestFinder().find(thing, exercise, module, module.__dict__)
    if not any(test.examples for test in found):
        return "its docstring has no example"
    report: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    for test in found:
        runner.run(test, out=report.append)
    said = "".join(report)
    return " ".join(said.partition("Failed example:")[2].split()) or said.strip() or None


def _submission(course: Course, job: Job) -> Submission:
    """The text among the solutions of the other units, which it may import."""
    texts = {unit.name: solution_of(course, unit.name) for unit in course.units}
    texts[job.unit] = job.text
    sources = {unit: Source(f"exercises/{unit}.py", text) for unit, text in texts.items()}
    return Submission(course.exercises_folder, sources)


def solution_of(course: Course, unit: str) -> str:
    return course.solution(unit).read_text("utf-8")
