"""What learners read about wrong answers that many have given, and how much each of them costs.

A file of said/ takes the place of one exercise of a solution. Its first lines name the tests that
fail, each with the sentence that is said, or none where nothing is certain; all others pass.
"""

import re
from pathlib import Path

import pytest

from grader.course.model import read_course
from grader.judge.options import Options
from grader.judge.session import Session
from grader.report import Outcome
from grader.work.submission import Source, Submission

COURSE = read_course(Path(__file__).parents[2])
ANSWERS = sorted((Path(__file__).parent / "said").glob("*__*.py"))
LOSES = re.compile(r"^# (test_\w+)(?:: (.+))?$", re.MULTILINE)


@pytest.fixture(scope="module")
def session():
    with Session(COURSE, Options(), own_work=True) as session:
        yield session


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_what_is_said_and_what_it_costs(session, path):
    unit, name = path.stem.split(".")
    exercise = next(e.name for e in COURSE.unit(unit).exercises if name.startswith(f"{e.name}__"))
    text = path.read_text(encoding="utf-8")
    solved = COURSE.solution(unit).read_text(encoding="utf-8")
    work = Submission(path, {unit: Source(f"{unit}.py", f"{solved}\n{text}")})
    report = session.grade(work, COURSE.select([f"{unit}.{exercise}"]), seed=3)
    lost = {t.name: t.likely or "" for t in report.tests if t.outcome is not Outcome.PASSED}
    assert lost == dict(LOSES.findall(text))
