"""Programs to mend: not started until something is changed, then judged as they stand."""

import json

import pytest

from grader.audit.audit import audit
from grader.course.model import read_course
from grader.course.reset import reset
from grader.course.stubs import stubs_of
from grader.errors import UsageError
from grader.formats import terminal
from grader.judge.options import Options, ignore
from grader.judge.session import Session
from grader.kit.check import leaks
from grader.kit.make import kit_files, write_kit
from grader.report import Outcome
from grader.work.submission import read_submission
from tests.grader.tiny_course import SUITE, Unit, write_course

SOLUTION = '''
import torch


class double:
    """Called with x it returns 2 x."""

    # BEGIN SOLUTION
    def __new__(cls, x):
        return 2 * x
    # INSTEAD
    # def __new__(cls, x):
    #     return 3 * y
    # END SOLUTION


def halve(x):
    """Return x / 2."""
    # BEGIN SOLUTION
    return x / 2
    # INSTEAD
    # return x // 2
    # END SOLUTION
'''
VISIBLE = SUITE.replace("import ", "import visible, ").replace(
    "    @points", "    @visible\n    @points"
)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    unit = Unit(solution=SOLUTION, suite=VISIBLE)
    return write_course(tmp_path_factory.mktemp("course"), tiny=unit)


@pytest.fixture(scope="module")
def session(course):
    with Session(course, Options(), own_work=True) as session:
        yield session


@pytest.fixture
def outcomes(course, session, tmp_path):
    def outcomes(*changes, notebook=False):
        stub = stubs_of(course)[notebook]
        text = stub.text
        for old, new in changes:
            old, new = (json.dumps(t)[1:-1] if notebook else t for t in (old, new))
            assert old in text
            text = text.replace(old, new)
        (tmp_path / stub.path.name).write_text(text, encoding="utf-8")
        work = read_submission(tmp_path, ["tiny"], given=session.given)
        report = session.grade(work, course.select([]), seed=1)
        if report.status is Outcome.NOT_STARTED:
            text = terminal.render(report, width=100, color=False)
            assert "mend it" in text
            assert "Each of these programs is wrong" in text
        return {test.exercise: test.outcome for test in report.tests}

    return outcomes


@pytest.mark.parametrize("notebook", [False, True])
def test_a_program_is_not_started_until_something_is_changed(outcomes, notebook):
    untouched = {"double": Outcome.NOT_STARTED, "halve": Outcome.NOT_STARTED}
    assert outcomes(notebook=notebook) == untouched
    comment = "return x // 2", "return x // 2  # hm"
    assert outcomes(comment, notebook=notebook) == untouched
    worse = "return x // 2", "return x % 2"
    assert outcomes(worse, notebook=notebook) == {**untouched, "halve": Outcome.FAILED}
    right = "return x // 2", "return x / 2"
    assert outcomes(right, notebook=notebook) == {**untouched, "halve": Outcome.PASSED}
    partly = "3 * y", "3 * x"
    begun = {"double": Outcome.FAILED, "halve": Outcome.NOT_STARTED}
    assert outcomes(partly, notebook=notebook) == begun


def test_the_solution_is_right(course, session):
    work = read_submission(course.solutions_folder, ["tiny"], given=session.given)
    assert session.grade(work, course.select([])).status is Outcome.PASSED


def test_in_a_kit_as_well(course, tmp_path):
    write_kit(kit_files(course), tmp_path / "kit", course)
    assert leaks(course, tmp_path / "kit") == []
    kit = read_course(tmp_path / "kit")
    with Session(kit, Options(), own_work=True) as session:
        work = read_submission(kit.exercises_folder, ["tiny"], given=session.given)
        report = session.grade(work, kit.select([]))
        assert report.status is Outcome.NOT_STARTED
        assert not work.holds_any
    text = kit.stub("tiny").read_text()
    kit.stub("tiny").write_text(text.replace("return x // 2", "return x / 2"))
    with pytest.raises(UsageError, match="holds someone's work"):
        write_kit(kit_files(course), kit.root, course)
    ((file, _),) = reset(kit, "tiny", "halve")
    assert (file, file.read_text()) == (kit.stub("tiny"), text)


def test_audit_tells_of_points_for_what_was_given(course, tmp_path):
    same = SOLUTION.replace("# return x // 2", "# return x * 0.5")
    broken = write_course(tmp_path, tiny=Unit(solution=same))
    found = audit(broken, ["tiny"], ignore, seeds=1, sample=1, jobs=1)
    told = [hole.what for hole in found.holes if "learners are to mend" in hole.what]
    name = "test_every_number_is_halved"
    assert told == [f"{name} gives points to the program that learners are to mend"]
    assert not [hole for hole in found.holes if "outcome of the stub" in hole.what]
