"""`grade new`: what it writes works as it is, is tidy, and never costs anybody a line."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from grader.course.bank import read_bank, text_of
from grader.course.model import read_course
from grader.course.new import begin
from grader.course.stubs import stubs_of
from grader.course.templates import POINTS
from grader.errors import CourseError, UsageError
from grader.judge.options import Options
from grader.judge.session import Session
from grader.report import Outcome
from grader.work.submission import Source, Submission, read_submission
from tests.grader.command import ROOT, grade
from tests.grader.tiny_course import write_files

NOT_STARTED = "raise NotImplementedError"
COURSE = """# The course of Ann.
title = 'numbers'   # short

# first of all
[[unit]]
name = "halves"
title = "Halves"
points = 1 # few

  [[unit.exercise]]
  name = "halve"
  title = "half as much"

# then, one day
# [[unit]]
"""
SOLUTION = '''"""Halves."""

def halve(x):
    """Return x / 2."""
    # BEGIN SOLUTION
    return x / 2
    # END SOLUTION
'''
STUB = SOLUTION.replace(
    "# BEGIN SOLUTION\n    return x / 2\n    # END SOLUTION", f'{NOT_STARTED}("halve")'
)
SUITE = '''from grader.suite import exercise, points


@exercise("halve")
class TestHalve:
    @points(1)
    def test_halved(self, student):
        """Half as much."""
        assert student.halve(3) == 1.5
'''


def state(folder: Path) -> dict[str, bytes | None]:
    """Every file and folder, byte by byte."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A small course that somebody wrote by hand."""
    files = {
        "course.toml": COURSE,
        "solutions/halves.py": SOLUTION,
        "exercises/halves.py": STUB,
        "tests/hidden/test_halves.py": SUITE,
    }
    write_files(tmp_path, files)
    return tmp_path


def passes(folder: Path, points: int) -> None:
    """The solutions get full marks, and the stubs are in step with them."""
    course = read_course(folder)
    names = [unit.name for unit in course.units]
    with Session(course, Options(), own_work=True) as session:
        work = read_submission(course.solutions_folder, names)
        report = session.grade(work, course.select([]))
    assert (report.score, report.status) == (points, Outcome.PASSED)
    assert all(stub.is_written() for stub in stubs_of(course))


# --- what it writes


def test_a_course_grows_from_an_empty_folder(tmp_path):
    said = grade(tmp_path, "new", "shapes.turn")
    assert (said.returncode, said.stderr) == (0, "")
    assert "A new course" in said.stdout
    written = re.findall(r"^written: (.+)$", said.stdout, re.MULTILINE)
    assert sorted(written) == sorted(n for n, data in state(tmp_path).items() if data is not None)
    assert grade(tmp_path, "new", "shapes.turn_back_").returncode == 0
    assert grade(tmp_path / "exercises", "new", "sizes.grow").returncode == 0  # from anywhere in it
    assert grade(tmp_path, "sync", "--check").returncode == 0
    solved = grade(tmp_path, "--submission", "solutions")
    assert (solved.returncode, solved.stderr) == (0, ""), solved.stdout
    assert f"{3 * POINTS}/{3 * POINTS}" in solved.stdout
    unsolved = grade(tmp_path)
    assert (unsolved.returncode, unsolved.stderr) == (1, "")
    assert "not started" in unsolved.stdout
    assert f"0/{3 * POINTS}" in unsolved.stdout
    units = read_course(tmp_path).units
    assert {u.name: (u.points, [e.name for e in u.exercises]) for u in units} == {
        "shapes": (2 * POINTS, ["turn", "turn_back_"]),
        "sizes": (POINTS, ["grow"]),
    }


def test_a_program_to_mend_has_a_stub_that_runs_and_is_wrong(tmp_path):
    assert grade(tmp_path, "new", "shapes.turn", "--broken").returncode == 0
    passes(tmp_path, POINTS)
    stub = (tmp_path / "exercises" / "shapes.py").read_text()
    assert "NotImplementedError" not in stub
    assert "return x**2" in stub
    assert "0/3" in grade(tmp_path).stdout


def test_each_wrong_answer_that_it_writes_is_caught_and_recognised(tmp_path):
    begin("marbles.count_", tmp_path)
    course = read_course(tmp_path)
    bank = read_bank(course, "marbles")
    assert len(bank) == 3
    with Session(course, Options(), own_work=True) as session:
        for answer in bank:
            source = Source("exercises/marbles.py", text_of(course, answer))
            report = session.grade(Submission(tmp_path, {"marbles": source}), course.select([]))
            lost = [test for test in report.tests if test.outcome is not Outcome.PASSED]
            assert report.score < report.max_score
            assert {test.likely for test in lost} <= {answer.correction, None}
            assert answer.correction in {test.likely for test in lost}
            for test in lost:
                assert test.outcome is Outcome.FAILED
                assert test.called
                assert test.expected or test.got


@pytest.mark.skipif(shutil.which("ruff") is None, reason="ruff is not installed")
@pytest.mark.parametrize("name", ["a", "turn_the_tensor_until_it_is_as_it_was_before"])
def test_what_it_writes_is_tidy(tmp_path, name):
    begin(f"unit_one.{name}", tmp_path)
    begin("unit_one.second", tmp_path)
    for arguments in (["check"], ["format", "--check"]):
        line = ["ruff", *arguments, "--no-cache", "--config", str(ROOT / "pyproject.toml"), "."]
        done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_a_folder_may_hold_something_already(tmp_path):
    write_files(tmp_path, {".gitignore": ".venv\r\n__pycache__/", "notes.txt": "mine"})
    begin("shapes.turn", tmp_path)
    ignored = (tmp_path / ".gitignore").read_bytes().decode()
    assert ignored.startswith(".venv\r\n__pycache__/\r\n.torchkata")
    assert ignored.split() == [*dict.fromkeys(ignored.split())]
    assert ".torchkata-secret" in ignored.split()
    assert (tmp_path / "notes.txt").read_text() == "mine"


# --- what it keeps


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_all_that_an_author_wrote_stays_as_it_was(course, ending):
    for name, data in state(course).items():
        if data is not None:
            (course / name).write_bytes(data.replace(b"\n", ending.encode()))
    before = state(course)
    begin("halves.third", course)
    begin("more.fourth", course)
    after = state(course)
    for name, data in before.items():
        if data is not None and name != "exercises/halves.py":  # made from the solution
            lines = iter(after[name].splitlines(keepends=True))
            kept = [line.replace(b"points = 1 #", b"points = 4 #") for line in data.splitlines()]
            assert all(any(line.rstrip() == k for line in lines) for k in kept), name
            assert after[name].count(ending.encode()) == after[name].count(b"\n")
            assert (b"\r" in after[name]) == ("\r" in ending)
    if "\r" in ending:
        passes(course, 1 + 2 * POINTS)


def test_comments_between_units_stay_with_the_unit_below(course):
    begin("later.one", course)
    begin("halves.third", course)
    text = (course / "course.toml").read_text()
    assert text.index('"third"') < text.index("# then, one day") < text.index('"later"')


def test_work_in_the_exercises_is_not_overwritten(course):
    work = STUB.replace(f'{NOT_STARTED}("halve")', "return x * 0.5")
    write_files(course, {"exercises/halves.py": work})
    said = grade(course, "new", "halves.third")
    assert said.returncode == 0
    assert "left alone, since it holds work: exercises/halves.py" in said.stdout.replace("\\", "/")
    assert (course / "exercises" / "halves.py").read_text() == work
    assert "third" in (course / "solutions" / "halves.py").read_text()


@pytest.mark.parametrize(
    "work",
    [
        STUB.replace(NOT_STARTED, f"y = x\n    {NOT_STARTED}"),
        STUB + "\n\ndef mine(x):\n    return x\n",
        STUB.replace(NOT_STARTED, f"return (\n    {NOT_STARTED}"),
    ],
    ids=["half done", "a helper", "unfinished"],
)
def test_half_done_work_is_work(course, work):
    write_files(course, {"exercises/halves.py": work})
    begin("halves.third", course)
    assert (course / "exercises" / "halves.py").read_bytes().decode() == work


def test_a_former_stub_is_made_anew(course):
    write_files(course, {"solutions/halves.py": SOLUTION.replace("Return x / 2", "Half of `x`")})
    begin("halves.third", course)
    stub = (course / "exercises" / "halves.py").read_text()
    assert "Half of `x`" in stub
    assert f'{NOT_STARTED}("third")' in stub
    assert grade(course, "sync", "--check").returncode == 0


# --- what it refuses


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("halves.halve", "already an exercise"),
        ("halves.halve_", "already has a TestHalve"),  # the class of its tests has the same name
        ("halves.Halve", "already has a TestHalve"),
        ("halves", "not of the form UNIT.EXERCISE"),
        ("halves.", "not of the form UNIT.EXERCISE"),
        (".third", "not of the form UNIT.EXERCISE"),
        ("halves.third.fourth", "not of the form UNIT.EXERCISE"),
        ("halves.in", "not of the form UNIT.EXERCISE"),
        ("halves.3rd", "not of the form UNIT.EXERCISE"),
        ("halves.drittel_ä", "not of the form UNIT.EXERCISE"),
        ("../up.third", "not of the form UNIT.EXERCISE"),
        ("halves._third", "may not begin with _"),
        ("halves.a__b", "may not begin with _"),
        ("halves.sum", "would hide"),
        ("halves.torch", "would hide"),
        ("torch.third", "would clash"),
        ("random.third", "would clash"),
        ("wrong.third", "would clash"),
        ("Halves.third", "Halves and halves would be one file on macOS and Windows"),
        ("HALVES.halve", "would be one file"),
        ("halves.parameter", "would hide"),
    ],
)
def test_a_name_that_will_not_do_changes_nothing(course, name, said):
    before = state(course)
    with pytest.raises(UsageError, match=re.escape(said)):
        begin(name, course)
    assert state(course) == before


def test_the_command_says_in_a_line_what_is_wrong(course):
    before = state(course)
    done = grade(course, "new", "halves.halve")
    assert (done.returncode, done.stdout) == (2, "")
    assert "choose another name" in done.stderr
    assert state(course) == before


@pytest.mark.parametrize(
    "files",
    [
        {"solutions/more.py": "x = 1\n"},
        {"exercises/more.py": "x = 1\n"},
        {"tests/hidden/test_more.py": "x = 1\n"},
    ],
    ids=lambda files: next(iter(files)),
)
def test_files_of_no_unit_are_in_the_way_of_one(course, files):
    write_files(course, files)
    before = state(course)
    with pytest.raises(UsageError, match="already there"):
        begin("more.third", course)
    assert state(course) == before


@pytest.mark.parametrize(
    "files",
    [
        {"course.toml": "title = 'broken"},
        {"solutions/halves.py": "def halve(x:\n"},
        {"solutions/halves.py": SOLUTION.replace("# END SOLUTION", "")},
        {"tests/hidden/test_halves.py": "def ("},
        {
            "course.toml": 'title = "t"\nunit = [{name = "halves", title = "h", points = 1, '
            'exercise = [{name = "halve", title = "h"}]}]\n'
        },
    ],
    ids=["no toml", "no Python", "no end", "no suite", "inline tables"],
)
def test_a_course_that_it_cannot_add_to_stays_as_it_is(course, files):
    write_files(course, files)
    before = state(course)
    with pytest.raises(CourseError):
        begin("halves.third", course)
    assert state(course) == before


def test_a_name_that_the_solution_imports_is_taken(course):
    write_files(
        course, {"solutions/halves.py": f"from fractions import Fraction as third\n{SOLUTION}"}
    )
    with pytest.raises(UsageError, match="already has a third"):
        begin("halves.third", course)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("kind", ["empty", "course"])
@pytest.mark.parametrize("after", range(5))
def test_what_fails_half_way_leaves_no_trace(request, tmp_path, monkeypatch, error, kind, after):
    if kind == "course":
        request.getfixturevalue("course")
    before, left = state(tmp_path), [after]
    whole = Path.write_bytes

    def failing(path: Path, data: bytes) -> int:
        left[0] -= 1
        if left[0] == -1:
            whole(path, data[:10])
            raise error
        return whole(path, data)

    monkeypatch.setattr(Path, "write_bytes", failing)
    expected = UsageError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        begin("halves.third", tmp_path)
    assert left[0] < 0
    assert state(tmp_path) == before
