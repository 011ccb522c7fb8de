"""What an audit grades: one text with one seed, and what came of it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from grader.audit.examples import examples_of
from grader.course.model import Course
from grader.errors import GraderError
from grader.judge.session import Session
from grader.report import Outcome, Report
from grader.work.submission import Source, Submission

CPU, EVERY_DEVICE = "cpu", "all"


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
    device: str = CPU
    attempt: int = 1
    examples: bool = False


@dataclass(frozen=True)
class Tested:
    """What one test said; `explained` if it shows what was called, where, and what came of it."""

    exercise: str
    name: str
    title: str
    outcome: Outcome
    max_points: int
    message: str | None
    likely: str | None
    explained: bool


@dataclass(frozen=True)
class Graded:
    """What became of a job; `fault` says why it could not be judged, and there are no tests."""

    tests: tuple[Tested, ...] = ()
    message: str | None = None
    fault: str | None = None
    seconds: float = 0.0

    @property
    def lost(self) -> tuple[Tested, ...]:
        return tuple(test for test in self.tests if test.outcome is not Outcome.PASSED)


def seed_of(text: str) -> int:
    """A number that depends on the text alone, as the seed of a learner's run does."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")


def graded(session: Session, job: Job) -> Graded:
    """Judge one job; what breaks the grader is told in the result."""
    if job.examples:
        return _examples(job)
    submission, selection = _submission(session.course, job), {job.unit: job.exercises}
    try:
        report = session.grade(submission, selection, seed=job.seed)
    except GraderError as error:
        return Graded(fault=str(error))
    return _graded(report)


def _examples(job: Job) -> Graded:
    problems = examples_of(job.unit, job.text, job.exercises)
    return Graded(
        tuple(
            Tested(
                exercise=exercise,
                name="examples",
                title="The examples in the docstring hold.",
                outcome=Outcome.FAILED if problem else Outcome.PASSED,
                max_points=0,
                message=problem,
                likely=None,
                explained=True,
            )
            for exercise, problem in problems.items()
        )
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


def _graded(report: Report) -> Graded:
    (unit,) = report.units
    tests = tuple(
        Tested(
            exercise=exercise.name,
            name=test.name,
            title=test.title,
            outcome=test.outcome,
            max_points=test.max_points,
            message=test.message,
            likely=test.likely,
            explained=all((test.message, test.called, test.expected or test.got, test.location)),
        )
        for exercise in unit.exercises
        for test in exercise.tests
    )
    if faults := [t.message or t.title for t in tests if t.outcome is Outcome.GRADER_FAULT]:
        return Graded(fault=faults[0])
    return Graded(tests, unit.message, seconds=round(sum(t.seconds for t in report.tests), 3))
