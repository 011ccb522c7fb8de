"""A plan with what became of its jobs, and where things stand: what every check looks at."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from grader.audit.findings import Hole
from grader.audit.jobs import Graded, Job
from grader.audit.plan import Plan
from grader.course.bank import WrongAnswer
from grader.course.model import COURSE_FILE, Course
from grader.course.source import marks
from grader.report import TestResult

T = TypeVar("T")
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Facts:
    """Places are as an author reads them: `solutions/UNIT.py:12`."""

    course: Course
    plan: Plan
    results: Mapping[Job, Graded]

    @property
    def unit(self) -> str:
        return self.plan.unit.name

    def tests(self) -> tuple[TestResult, ...]:
        return self.results[self.plan.solved[0]].tests

    def of(self, jobs: Iterable[tuple[T, Job]]) -> list[tuple[T, Graded]]:
        return [(subject, self.results[job]) for subject, job in jobs]

    def hole(self, test: TestResult, what: str, mend: str) -> Hole:
        """A hole in a test of the suite: in the class of its exercise, or else anywhere."""
        path, bare = self.course.suite(self.unit), test.name.partition("[")[0]
        owners = [n for n in _top(path) if marks(n).get("exercise") == test.exercise]
        lines = (
            node.lineno
            for owner in [*owners, ast.parse(path.read_text("utf-8"))]
            for node in ast.walk(owner)
            if isinstance(node, ast.FunctionDef) and node.name == bare
        )
        return Hole(self.place(path, next(lines, None)), what, mend, test.exercise)

    def place(self, path: Path, line: int | None = None) -> str:
        shown = path.relative_to(self.course.root).as_posix()
        return f"{shown}:{line}" if line else shown

    @property
    def solution(self) -> str:
        return self.place(self.course.solution(self.unit))

    def place_of_answer(self, answer: WrongAnswer) -> str:
        return self.definition(answer.file, answer.name)

    def definition(self, path: Path, name: str) -> str:
        """Where a file defines a name at its top; the file alone where it does not."""
        lines = (node.lineno for node in _top(path) if node.name == name)
        return self.place(path, next(lines, None))

    def entry(self, exercise: str = "") -> str:
        """Where course.toml names the unit, or an exercise of it."""
        named = re.compile(rf"\s*name\s*=\s*[\"']{exercise or self.unit}[\"']")
        lines = [number for _, number, line in self.entry_lines() if named.match(line)]
        line = lines[-1 if exercise else 0] if lines else None  # both may have one name
        return self.place(self.course.root / COURSE_FILE, line)

    def entry_lines(self) -> Iterator[tuple[Path, int, str]]:
        """Those of course.toml about the unit; what stands above all units is the first's."""
        last = -1
        for path, number, line in numbered(self.course.root / COURSE_FILE):
            last += line.replace(" ", "").startswith("[[unit]]")
            if self.course.units[max(last, 0)].name == self.unit:
                yield path, number, line


def numbered(path: Path) -> list[tuple[Path, int, str]]:
    """The lines of a file, if it is there."""
    lines = path.read_text("utf-8").split("\n") if path.is_file() else []
    return [(path, number, line) for number, line in enumerate(lines, start=1)]


def _top(path: Path) -> list[_Definition]:
    return _definitions(path.read_text("utf-8"))


@cache
def _definitions(text: str) -> list[_Definition]:
    return [node for node in ast.parse(text).body if isinstance(node, _Definition)]
