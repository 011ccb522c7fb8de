"""The solutions earn full marks, and the stubs nothing. `grade audit` tries many more inputs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course.bank import read_bank
from grader.course.model import read_course
from grader.course.stubs import stubs_of
from grader.judge.options import Options
from grader.judge.session import Session
from grader.report import Outcome, Report
from grader.sandbox import rehearsal
from grader.work.submission import read_submission

COURSE = read_course(Path(__file__).resolve().parents[2])
UNITS = [unit.name for unit in COURSE.units]
POINTS = sum(unit.points for unit in COURSE.units)
# All that are given tensors, in the units whose device mistakes are known.
REHEARSED = {
    (answer.unit, answer.exercise)
    for unit in UNITS
    for answer in read_bank(COURSE, unit, of_devices=True)
}
SEEDS = [0, 2**32 - 1]
# Whatever its functions are given holds sevens afterwards, a gradient, or nothing.
SPOILS = """
def _spoiling(function):
    import torch

    def spoil(*args, **kwargs):
        result = function(*args, **kwargs)
        for given in (*args, *kwargs.values()):
            if isinstance(given, torch.Tensor):
                given.data.fill_(7)
                given.grad = torch.ones_like(given)
            elif isinstance(given, (list, dict)):
                given.clear()
        return result

    return spoil

for _name, _value in list(globals().items()):
    if getattr(_value, "__module__", "") == __name__ and not isinstance(_value, type):
        globals()[_name] = _spoiling(_value)
"""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One that has judged work which spoils what it is given: nothing of that may be left."""
    spoiling = tmp_path_factory.mktemp("spoiling")
    for unit in UNITS:
        solution = COURSE.solution(unit).read_text(encoding="utf-8")
        (spoiling / f"{unit}.py").write_text(solution + SPOILS, encoding="utf-8")
    with Session(COURSE, Options(), own_work=True) as session:
        assert 0 < graded(session, spoiling, 0).score < POINTS
        yield session


def graded(session: Session, folder: Path, seed: int) -> Report:
    return session.grade(read_submission(folder, UNITS), COURSE.select([]), seed=seed)


def assert_full_marks(report: Report) -> None:
    lost = [(t.id, t.message, t.got) for t in report.tests if t.outcome is not Outcome.PASSED]
    assert not lost
    assert report.score == report.max_score == POINTS


@pytest.mark.parametrize("seed", SEEDS)
def test_solutions_earn_full_marks_with_any_seed(session: Session, seed: int) -> None:
    report = graded(session, COURSE.solutions_folder, seed)
    assert report.seed == seed
    assert_full_marks(report)
    if rehearsal.is_possible():
        failed = [(t.id, t.got) for t in report.rehearsals if t.outcome is not Outcome.REHEARSED]
        assert not failed
        assert {(t.unit, t.exercise) for t in report.rehearsals} >= REHEARSED


def test_stubs_are_in_step_with_the_solutions() -> None:
    stale = [stub.path.name for stub in stubs_of(COURSE) if not stub.is_written()]
    assert not stale, "run `grade sync`"


@pytest.fixture(scope="module")
def untouched(session: Session) -> Report:
    return graded(session, COURSE.exercises_folder, 0)


def test_stubs_are_not_started_and_earn_nothing(untouched: Report) -> None:
    assert untouched.score == 0
    assert {test.outcome for test in untouched.tests} == {Outcome.NOT_STARTED}


def test_every_unit_and_exercise_is_worth_what_it_should_be(untouched: Report) -> None:
    for unit, result in zip(COURSE.units, untouched.units, strict=True):
        assert result.max_score == unit.points
        assert all(exercise.max_score >= 1 for exercise in result.exercises)
        assert all(
            test.max_points >= 1 and test.title for e in result.exercises for test in e.tests
        )
