"""Every known wrong answer loses points, and the report says enough to set it right.

An entry of solutions/wrong/UNIT.py stands in for its exercise in an otherwise right unit.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.bank import WrongAnswer, read_bank, text_of
from grader.course import read_course
from grader.grading import Options, Session
from grader.report import ExerciseResult, Outcome
from grader.submission import Source, Submission

COURSE = read_course(Path(__file__).parents[2])
FEWEST = 3  # wrong answers known of each exercise


BANK = tuple(answer for unit in COURSE.units for answer in read_bank(COURSE, unit.name))


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(COURSE, Options(), own_work=True) as session:
        yield session


@pytest.mark.parametrize("answer", BANK, ids=lambda answer: f"{answer.unit}.{answer.name}")
def test_a_known_wrong_answer_is_caught_and_explained(
    session: Session, answer: WrongAnswer
) -> None:
    exercise = session.course.select([f"{answer.unit}.{answer.exercise}"])
    source = Source(f"exercises/{answer.unit}.py", text_of(COURSE, answer))
    submission = Submission(COURSE.root, {answer.unit: source})
    (unit,) = session.grade(submission, exercise).units
    assert unit.message is None, unit.message
    check_explained(unit.exercises[0], answer.correction)


def check_explained(exercise: ExerciseResult, correction: str) -> None:
    assert exercise.score < exercise.max_score, "nobody noticed"
    lost = [test for test in exercise.tests if test.outcome is not Outcome.PASSED]
    assert {test.outcome for test in lost} == {Outcome.FAILED}
    others = {other.correction for other in BANK} - {correction}
    assert correction in {test.likely for test in lost}, "it was not recognised as itself"
    for test in lost:
        assert test.likely not in others
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
