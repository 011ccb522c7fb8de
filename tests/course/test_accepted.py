"""Right answers get full marks, whatever their style.

Each module in tests/accepted/UNIT/ solves its unit in the way of another kind of learner. Where one
of them loses points, the suite asks for more than the exercise does.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course import read_course
from grader.grading import Options, Session
from grader.report import Outcome
from grader.submission import Source, Submission

COURSE = read_course(Path(__file__).parents[2])
ACCEPTED = sorted((COURSE.root / "tests" / "accepted").glob("*/*.py"))
FEWEST = 7  # styles of each unit
SEEDS = 3


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(COURSE, Options(), own_work=True) as session:
        yield session


def submission(module: Path, number: int) -> Submission:
    """The module among the solutions of the other units; another number draws another seed."""
    paths = {unit.name: COURSE.solutions_folder / f"{unit.name}.py" for unit in COURSE.units}
    paths[module.parent.name] = module
    texts = {unit: f"{path.read_text('utf-8')}\n# {number}\n" for unit, path in paths.items()}
    sources = {unit: Source(f"exercises/{unit}.py", text) for unit, text in texts.items()}
    return Submission(module.parent, sources)


@pytest.mark.parametrize("module", ACCEPTED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_right_answer_gets_full_marks(session: Session, module: Path) -> None:
    selection = COURSE.select([module.parent.name])
    for number in range(SEEDS):
        report = session.grade(submission(module, number), selection)
        lost = [test for test in report.tests if test.outcome is not Outcome.PASSED]
        assert not lost, f"seed {report.seed}"


@pytest.mark.parametrize("unit", COURSE.units, ids=lambda unit: unit.name)
def test_every_unit_is_solved_in_many_styles(unit) -> None:
    styles = [module for module in ACCEPTED if module.parent.name == unit.name]
    assert len(styles) >= FEWEST
