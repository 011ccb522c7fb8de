"""What is known to be wrong and right; `grade audit` sees what the suites make of it."""

from pathlib import Path

import pytest

from grader.course.bank import WrongAnswer, read_bank
from grader.course.model import read_course

COURSE = read_course(Path(__file__).parents[2])
BANK = tuple(answer for unit in COURSE.units for answer in read_bank(COURSE, unit.name))
FEWEST_STYLES = 7


@pytest.mark.parametrize("answer", BANK, ids=lambda answer: f"{answer.unit}.{answer.name}")
def test_every_wrong_answer_is_corrected_in_a_sentence_or_two(answer: WrongAnswer) -> None:
    assert answer.correction.endswith(".")
    assert len(answer.correction) <= 200


@pytest.mark.parametrize("unit", COURSE.units, ids=lambda unit: unit.name)
def test_every_unit_is_solved_in_many_styles(unit) -> None:
    styles = list((COURSE.root / "tests" / "accepted" / unit.name).glob("*.py"))
    assert len(styles) >= FEWEST_STYLES
