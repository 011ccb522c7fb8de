"""Every known wrong answer loses points, and the report says enough to set it right.

An entry of solutions/wrong/UNIT.py stands in for its exercise in an otherwise right unit.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.course import Course, read_course
from grader.grading import Options, Session
from grader.report import ExerciseResult, Outcome
from grader.submission import Source, Submission

COURSE = read_course(Path(__file__).parents[2])
FEWEST = 3  # wrong answers known of each exercise


@dataclass(frozen=True)
class WrongAnswer:
    """One entry of the bank: `name` takes the place of `exercise` in `unit`."""

    unit: str
    exercise: str
    name: str
    correction: str

    def submission(self, course: Course) -> Submission:
        folder = course.solutions_folder
        solution, wrong = (path.read_text() for path in paths(folder, self.unit))
        text = f"{solution}\n\n{wrong}\n{self.exercise} = {self.name}\n"
        return Submission(folder, {self.unit: Source(f"exercises/{self.unit}.py", text)})


def paths(folder: Path, unit: str) -> tuple[Path, Path]:
    return folder / f"{unit}.py", folder / "wrong" / f"{unit}.py"


def definitions(path: Path) -> list[ast.FunctionDef | ast.ClassDef]:
    if not path.is_file():
        return []
    nodes = ast.parse(path.read_text()).body
    return [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))]


def bank(course: Course) -> Iterator[WrongAnswer]:
    for unit in course.units:
        names = [exercise.name for exercise in unit.exercises]
        _, wrong = paths(course.solutions_folder, unit.name)
        for node in definitions(wrong):
            exercise = next((n for n in names if node.name.startswith(f"{n}__")), None)
            if exercise is not None:
                correction = ast.get_docstring(node) or ""
                yield WrongAnswer(unit.name, exercise, node.name, correction)
            else:
                assert node.name.startswith("_"), f"{wrong}: {node.name} names no exercise"


BANK = tuple(bank(COURSE))


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(COURSE, Options(), own_work=True) as session:
        yield session


@pytest.mark.parametrize("answer", BANK, ids=lambda answer: f"{answer.unit}.{answer.name}")
def test_a_known_wrong_answer_is_caught_and_explained(
    session: Session, answer: WrongAnswer
) -> None:
    exercise = session.course.select([f"{answer.unit}.{answer.exercise}"])
    (unit,) = session.grade(answer.submission(session.course), exercise).units
    assert unit.message is None, unit.message
    check_explained(unit.exercises[0])


def check_explained(exercise: ExerciseResult) -> None:
    assert exercise.score < exercise.max_score, "nobody noticed"
    lost = [test for test in exercise.tests if test.outcome is not Outcome.PASSED]
    assert {test.outcome for test in lost} == {Outcome.FAILED}
    for test in lost:
        assert test.message
        assert test.called
        assert test.expected or test.got
        assert test.location


@pytest.mark.parametrize("unit", COURSE.units, ids=lambda unit: unit.name)
def test_every_exercise_has_known_wrong_answers(unit) -> None:
    answers = [answer.exercise for answer in BANK if answer.unit == unit.name]
    counts = {exercise.name: answers.count(exercise.name) for exercise in unit.exercises}
    assert min(counts.values()) >= FEWEST, counts


@pytest.mark.parametrize("answer", BANK, ids=lambda answer: f"{answer.unit}.{answer.name}")
def test_every_wrong_answer_is_corrected_in_a_sentence_or_two(answer: WrongAnswer) -> None:
    words = " ".join(answer.correction.split())
    assert words.endswith(".")
    assert len(words) <= 200
