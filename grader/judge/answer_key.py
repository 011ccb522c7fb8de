"""What a course judges by: its solutions and known wrong answers, or in a kit what was recorded."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from torch import Tensor

from grader.course.model import Course
from grader.errors import CourseError
from grader.judge.diagnosis import Bank, LiveBank
from grader.judge.local import LocalRunner, load_module
from grader.judge.subject import Call, Handle, Runner, Subject
from grader.judge.tape_file import KitTapes, player_of
from grader.sandbox.client import Answer
from grader.suite.tape import NoTape, Tape


def solution_of(solutions: Path, unit: str, suites: Path) -> LocalRunner:
    return LocalRunner(load_module(solutions / f"{unit}.py"), suites)


class TapedReference:
    """What the reference of a visible test offers: calls, whose values go through a tape.

    Without a `solution` all of them have to be on it.
    """

    def __init__(self, tape: Tape, solution: LocalRunner | None = None) -> None:
        self.tape, self.solution = tape, solution
        self.moved: tuple[Any, ...] = ()

    def run(self, call: Call) -> Answer:
        if call.observed:
            self._refuse("observe")
        if call.owner or call.in_place:
            raise CourseError(
                f"reference.{call.name} cannot be recorded, since it changes something or works "
                "on an object: use a @recorded function of the suite for the expected value"
            )
        return Answer(self.tape.value(f"reference.{call.name}", lambda: self._solved(call)))

    def _solved(self, call: Call) -> Any:
        assert self.solution is not None
        return self.solution.run(call).value

    def attribute(self, owner: str | Handle, name: str) -> Any:
        self._refuse("attribute")

    def parameter(self, value: Tensor) -> int:
        self._refuse("parameter")

    def assign(self, owner: Handle, name: str, value: Tensor | None) -> None:
        self._refuse("parameter")

    def iterate(self, owner: Handle) -> list[Any]:
        self._refuse("iterate")

    def bring(self, file: str) -> str:
        self._refuse("bring")

    def data(self, name: str) -> str:
        self._refuse("data")

    def _refuse(self, what: str) -> NoReturn:
        raise CourseError(f"a visible test can only call the reference, not use its {what}")


@dataclass(frozen=True)
class Solutions:
    """The key of a whole course: everything is there, and is computed when it is asked for."""

    folder: Path
    suites: Path
    bank: Bank

    def seed(self, unit: str, wanted: int) -> int:
        return wanted

    def tape(self, unit: str, test: str, device: str) -> Tape:
        return NoTape()

    def picture_tape(self, unit: str, exercise: str) -> Tape:
        return NoTape()

    def reference(self, unit: str, tape: Tape) -> Subject:
        solution = solution_of(self.folder, unit, self.suites)
        runner: Runner = solution if isinstance(tape, NoTape) else TapedReference(tape, solution)
        return Subject(runner, "")

    def solution(self, unit: str) -> Subject:
        """The solution in the learner's place."""
        return Subject(solution_of(self.folder, unit, self.suites), "")


@dataclass(frozen=True)
class Recorded:
    """The key of a kit: tapes stand in for solutions and wrong answers."""

    suites: Path
    bank: KitTapes

    def seed(self, unit: str, wanted: int) -> int:
        """The one that its tape was recorded with."""
        return self.bank.unit(unit).seed

    def tape(self, unit: str, test: str, device: str) -> Tape:
        return player_of(self.bank.unit(unit).tests, test, device)

    def picture_tape(self, unit: str, exercise: str) -> Tape:
        return player_of(self.bank.unit(unit).pictures, exercise)

    def reference(self, unit: str, tape: Tape) -> Subject:
        return Subject(TapedReference(tape), "")

    def solution(self, unit: str) -> Subject | None:
        return None


AnswerKey = Solutions | Recorded


def answer_key_of(course: Course) -> AnswerKey:
    if course.is_kit:
        return Recorded(course.suites_folder, KitTapes(course.suites_folder))
    return Solutions(course.solutions_folder, course.suites_folder, LiveBank(course))
