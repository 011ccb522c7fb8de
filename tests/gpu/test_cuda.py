"""What only a machine with CUDA can tell. All of it is skipped where there is none.

    python -m pytest tests/gpu -s

prints at its end on which card it ran, and what differed from the rehearsals.
"""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from grader.audit.jobs import Graded, Job, graded, seed_of, solution_of
from grader.course.bank import WrongAnswer, read_bank, text_of
from grader.course.model import read_course
from grader.judge.options import Device, Options
from grader.judge.session import Session
from grader.report import Outcome
from grader.sandbox.limits import Limits
from tests.grader.sandbox.idioms import WORKS

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here"),
]

COURSE = read_course(Path(__file__).resolve().parents[2])
UNITS = [unit.name for unit in COURSE.units]
ACCEPTED = [path for unit in UNITS for path in COURSE.accepted(unit)]
MISTAKES = [answer for unit in UNITS for answer in read_bank(COURSE, unit, of_devices=True)]
GREEDY = """
import torch

def relu(x):
    held = [torch.zeros(2**28, device=x.device) for _ in range({gib})]
    return torch.where(x > 0, x, held[0][0])
"""


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(COURSE, Options(Device.CUDA), own_work=True) as session:
        yield session


@pytest.fixture(scope="module")
def differing() -> Iterator[list[str]]:
    """What the card does otherwise than a rehearsal says."""
    found: list[str] = []
    yield found
    print(f"\n{torch.cuda.get_device_name()}, torch {torch.__version__}")
    print("\n".join(found) or "nothing differs from the rehearsals")


def on_card(session: Session, text: str, unit: str, *exercises: str) -> Graded:
    every = COURSE.select([unit])[unit]
    job = Job(unit, frozenset(exercises) or every, text, seed_of(text), device=Device.CUDA)
    return graded(session, job)


def lost(report: Graded) -> list[tuple[str, str | None, str | None]]:
    assert report.fault is None
    return [(test.id, test.message, test.got) for test in report.lost]


@pytest.mark.parametrize("unit", UNITS)
def test_the_solutions_earn_full_marks(session: Session, unit: str) -> None:
    assert lost(on_card(session, solution_of(COURSE, unit), unit)) == []


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_an_accepted_answer_earns_full_marks(session: Session, path: Path) -> None:
    assert lost(on_card(session, path.read_text("utf-8"), path.parent.name)) == []


@pytest.mark.parametrize("answer", MISTAKES, ids=lambda answer: f"{answer.unit}.{answer.name}")
def test_a_device_mistake_fails_here_too(
    session: Session, answer: WrongAnswer, differing: list[str]
) -> None:
    report = on_card(session, text_of(COURSE, answer), answer.unit, answer.exercise)
    failed = [test for test in report.tests if test.outcome is Outcome.FAILED]
    assert failed
    if answer.correction not in [test.likely for test in failed]:
        differing.append(f"{answer.unit}.{answer.name}: {failed[0].got} | {failed[0].likely}")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", WORKS)
def test_what_the_rehearsal_takes_for_right_works_here(name: str) -> None:
    x, i = torch.randn(4, 3, device="cuda"), torch.tensor([2, 0, 1, 1], device="cuda")
    WORKS[name](x, i, "cuda")


def test_two_submissions_side_by_side_do_not_disturb_each_other() -> None:
    command = [sys.executable, "-m", "grader", "--submission", "solutions", "--device", "cuda"]

    def run(number: int) -> int:
        return subprocess.run(command, cwd=COURSE.root, check=False).returncode

    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(run, range(2))] == [0, 0]


def test_a_worker_has_its_share_of_the_memory_and_no_more(session: Session) -> None:
    whole = torch.cuda.get_device_properties(0).total_memory / 2**30
    gib = int(whole * Limits().gpu_share) + 2
    if gib > whole - 1:
        pytest.skip("this card is too small to tell")
    report = on_card(session, GREEDY.format(gib=gib), "activations", "relu")
    assert any("OutOfMemoryError" in (test.got or "") for test in report.lost)
