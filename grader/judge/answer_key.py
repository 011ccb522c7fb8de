"""What a course judges by: its solutions and known wrong answers, or in a kit what was recorded."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, cast

from grader.course.model import Course
from grader.errors import CourseError
from grader.judge.diagnosis import Bank, LiveBank
from grader.judge.local import LocalRunner, load_module
from grader.judge.subject import Call, Runner, Subject
from grader.judge.tape_file import KitTapes, player_of
from grader.sandbox.exchange import Answer
from grader.suite.tape import NoTape, Tape


def solution_of(solutions: Path, unit: str, suites: Path) -> LocalRunner:
    return LocalRunner(load_module(solutions / f"{unit}.py"), suites)


def taped(tape: Tape, solution: LocalRunner | None = None) -> Runner:
    """What the reference of a visible test offers: calls, whose values go through a tape.

    Without a `solution` all of them have to be on it.
    """
    return cast(Runner, _Taped(tape, solution))


class _Taped:
    """Whatever but `run` a suite asks of it is refused."""

    moved = ()

    def __init__(self, tape: Tape, solution: Any) -> None:
        self.tape, self.solution = tape, solution

    def __getattr__(self, what: str) -> NoReturn:
        raise CourseError(f"a visible test can only call the reference, not use its {what}")

    def run(self, call: Call) -> Answer:
        if call.observed:
            self.observe()
        if call.owner or call.in_place:
            raise CourseError(
                f"reference.{call.name} cannot be recorded, since it changes something or works "
                "on an object: use a @recorded function of the suite for the expected value"
            )
        name = f"reference.{call.name}"
        return Answer(self.tape.value(name, lambda: self.solution.run(call).value))


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
        return Subject(solution if isinstance(tape, NoTape) else taped(tape, solution), "")

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
        return Subject(taped(tape), "")

    def solution(self, unit: str) -> Subject | None:
        return None


AnswerKey = Solutions | Recorded


def answer_key_of(course: Course) -> AnswerKey:
    if course.is_kit:
        return Recorded(course.suites_folder, KitTapes(course.suites_folder))
    return Solutions(course.solutions_folder, course.suites_folder, LiveBank(course))
