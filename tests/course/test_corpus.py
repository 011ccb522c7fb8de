"""What is known to be wrong and right; `grade audit` sees what the suites make of it."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course.bank import read_bank
from grader.course.model import read_course

COURSE = read_course(Path(__file__).parents[2])
BANK = tuple(answer for unit in COURSE.units for answer in read_bank(COURSE, unit.name))
DEVICES = tuple(a for unit in COURSE.units for a in read_bank(COURSE, unit.name, of_devices=True))
FEWEST_STYLES = 7
FEWEST_DEVICE_MISTAKES = 2


def test_every_wrong_answer_is_corrected_in_a_sentence_or_two() -> None:
    assert not [a for a in BANK if not a.correction.endswith(".") or len(a.correction) > 200]


@pytest.mark.parametrize("unit", COURSE.units, ids=lambda unit: unit.name)
def test_every_unit_is_solved_in_many_styles(unit) -> None:
    styles = list((COURSE.root / "tests" / "accepted" / unit.name).glob("*.py"))
    assert len(styles) >= FEWEST_STYLES


def test_every_rehearsed_exercise_has_device_mistakes() -> None:
    known = Counter((answer.unit, answer.exercise) for answer in DEVICES)
    for unit in COURSE.units:
        for exercise, tests in _classes(COURSE.suite(unit.name).read_text(encoding="utf-8")):
            if "@rehearsed(" in tests:
                assert known[unit.name, exercise] >= FEWEST_DEVICE_MISTAKES, exercise


def test_every_unit_is_rehearsed() -> None:
    assert {answer.unit for answer in DEVICES} == {unit.name for unit in COURSE.units}


def _classes(suite: str) -> Iterator[tuple[str, str]]:
    """Each exercise with the text of its tests."""
    for text in suite.split('\n@exercise("')[1:]:
        name, _, tests = text.partition('"')
        yield name, tests


def test_device_mistakes_are_many_and_of_many_kinds() -> None:
    assert len(DEVICES) >= 60
    told = "\n".join(answer.correction for answer in DEVICES)
    for kind in ("say device=", "tensor = tensor.to(device)", "register_buffer", "as all of NumPy"):
        assert kind in told
