"""A plan with what became of its jobs: what every check looks at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from grader.audit import source_lines
from grader.audit.findings import Hole
from grader.audit.jobs import Graded, Job
from grader.audit.plan import Plan
from grader.course.bank import WrongAnswer
from grader.course.model import Course
from grader.report import TestResult

T = TypeVar("T")


@dataclass(frozen=True)
class Facts:
    course: Course
    plan: Plan
    results: Mapping[Job, Graded]

    @property
    def unit(self) -> str:
        return self.plan.unit.name

    @property
    def solution(self) -> str:
        """Its place."""
        return source_lines.place(self.course, self.course.solution(self.unit))

    def tests(self) -> tuple[TestResult, ...]:
        return self.results[self.plan.solved[0]].tests

    def of(self, jobs: Iterable[tuple[T, Job]]) -> list[tuple[T, Graded]]:
        return [(subject, self.results[job]) for subject, job in jobs]

    def hole(self, test: TestResult, what: str, mend: str) -> Hole:
        """A hole in a test of the suite."""
        exercise = test.exercise
        where = source_lines.test(self.course, self.unit, exercise, test.name)
        return Hole(where, what, mend, exercise)

    def place_of_answer(self, answer: WrongAnswer) -> str:
        return source_lines.definition(self.course, answer.file, answer.name)
