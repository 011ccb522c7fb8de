"""What a course judges by: its solutions and known wrong answers, or in a kit what was recorded."""

from dataclasses import dataclass
from pathlib import Path

from grader.course.model import Course
from grader.judge.diagnosis import Bank, LiveBank
from grader.judge.reference import TapedReference, solution_of
from grader.judge.subject import Runner, Subject
from grader.judge.tape_file import KitTapes
from grader.suite.tape import NoTape, Tape


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
        return self.bank.tape(unit, test, device)

    def picture_tape(self, unit: str, exercise: str) -> Tape:
        return self.bank.picture(unit, exercise)

    def reference(self, unit: str, tape: Tape) -> Subject:
        return Subject(TapedReference(tape), "")

    def solution(self, unit: str) -> Subject | None:
        return None


AnswerKey = Solutions | Recorded


def answer_key_of(course: Course) -> AnswerKey:
    if course.is_kit:
        return Recorded(course.suites_folder, KitTapes(course.suites_folder))
    return Solutions(course.solutions_folder, course.suites_folder, LiveBank(course))
