"""What an audit grades: one text with one seed, and what came of it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from grader.audit.examples import examples_of
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


def _submission(course: Course, job: Job) -> Submission:
    """The text among the solutions of the other units, which it may import."""
    texts = {unit.name: solution_of(course, unit.name) for unit in course.units}
    texts[job.unit] = job.text
    sources = {unit: Source(f"exercises/{unit}.py", text) for unit, text in texts.items()}
    return Submission(course.exercises_folder, sources)


def solution_of(course: Course, unit: str) -> str:
    return read_text(course.solution(unit))


def read_text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
