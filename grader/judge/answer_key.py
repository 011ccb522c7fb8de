"""What a course judges by: its solutions and known wrong answers, or in a kit what was recorded."""

from dataclasses import dataclass
from pathlib import Path

from grader.course.model import Course
from grader.judge.diagnosis import Bank, LiveBank
from grader.judge.plugin import Judging, Students
from grader.judge.reference import reference_to
from grader.judge.subject import Subject
from grader.judge.tape_file import KitTapes
from grader.suite.tape import NoTape, Tape


@dataclass(frozen=True)
class AnswerKey:
    """Either there are `solutions`, or else `tapes` stand in for them."""

    suites: Path
    bank: Bank
    solutions: Path | None = None
    tapes: KitTapes | None = None

    def judging(
        self, units: list[str], seed: int, devices: tuple[str, ...], students: Students
    ) -> Judging:
        """A run over one submission; a tape brings the seed that it was recorded with."""
        if self.tapes is not None:
            seed = self.tapes.unit(units[0]).seed
        return Judging(self.solutions, seed, devices, students, self.tapes)

    def reference(self, unit: str) -> Subject:
        return reference_to(self.solutions, unit, self.suites)

    def picture_tape(self, unit: str, exercise: str) -> Tape:
        """What the reference says while an exercise is drawn."""
        return NoTape() if self.tapes is None else self.tapes.picture(unit, exercise)


def answer_key_of(course: Course) -> AnswerKey:
    if course.is_kit:
        tapes = KitTapes(course.suites_folder)
        return AnswerKey(course.suites_folder, tapes, tapes=tapes)
    return AnswerKey(course.suites_folder, LiveBank(course), course.solutions_folder)
