"""The solutions earn full marks, and the stubs nothing. `grade audit` tries many more inputs."""

from pathlib import Path

import pytest
import torch

from grader.course.model import read_course
from grader.course.stubs import stubs_of
from grader.judge.options import Device, Options
from grader.judge.session import Session
from grader.report import Outcome, Report
from grader.work.submission import read_submission

COURSE = read_course(Path(__file__).resolve().parents[2])
UNITS = [unit.name for unit in COURSE.units]
SEEDS = [2**32 - 1]


def graded(folder: Path, *, device: Device = Device.CPU, seeds: list[int]) -> list[Report]:
    """One report for every seed, made in one warm session for each."""
    submission, everything = read_submission(folder, UNITS), COURSE.select([])
    reports = []
    with Session(COURSE, Options(device), own_work=True) as session:
        for seed in seeds:
            reports.append(session.grade(submission, everything, seed=seed))
    return reports


def assert_full_marks(reports: list[Report]) -> None:
    for report in reports:
        lost = [(t.id, t.message, t.got) for t in report.tests if t.outcome is not Outcome.PASSED]
        assert not lost, f"seed {report.seed}: {lost}"
        assert report.score == report.max_score == 100


def test_solutions_earn_full_marks_with_any_seed() -> None:
    assert_full_marks(graded(COURSE.solutions_folder, seeds=SEEDS))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
def test_solutions_earn_full_marks_on_cuda() -> None:
    assert_full_marks(graded(COURSE.solutions_folder, device=Device.CUDA, seeds=SEEDS))


def test_stubs_are_in_step_with_the_solutions() -> None:
    stale = [stub.path.name for stub in stubs_of(COURSE) if not stub.is_written()]
    assert not stale, "run `grade sync`"


def test_stubs_are_not_started_and_earn_nothing(tmp_path: Path) -> None:
    for stub in stubs_of(COURSE):
        (tmp_path / stub.path.name).write_text(stub.text, encoding="utf-8")
    (report,) = graded(tmp_path, seeds=[0])
    assert report.score == 0
    assert {test.outcome for test in report.tests} == {Outcome.NOT_STARTED}


def test_every_unit_and_exercise_is_worth_what_it_should_be() -> None:
    (report,) = graded(COURSE.solutions_folder, seeds=[0])
    for unit, result in zip(COURSE.units, report.units, strict=True):
        assert result.max_score == unit.points
        assert all(exercise.max_score >= 1 for exercise in result.exercises)
        assert all(
            test.max_points >= 1 and test.title for e in result.exercises for test in e.tests
        )
