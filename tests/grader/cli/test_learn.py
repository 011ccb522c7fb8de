"""What learners ask beside the run itself: hints, solutions, stubs, scripts."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grader.cli.debug import script_of
from grader.cli.output import grade_command
from grader.course.model import Course
from grader.course.names import Name
from grader.course.progress import read_progress
from grader.report import ExerciseResult, Outcome, Replay, TestResult
from tests.grader import command
from tests.grader.tiny_course import RIGHT, STUB, STUBS, Unit
from tests.grader.work.making import notebook

from .conftest import Grade
from .terminal import Terminal


def test_outside_of_a_course_grade_says_so(tmp_path):
    ran = command.grade(tmp_path, "list")
    assert ran.returncode == 2
    assert "`torchkata start FOLDER` lays one out" in ran.stderr


@pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")
def test_in_a_terminal_a_complaint_breaks_between_words(tmp_path):
    screen = Terminal(tmp_path, "hint", "a name that is " + "long " * 20)
    assert screen.ends() == 2
    while screen.read(0.1):
        pass
    screen.close()
    rows = screen.shown.splitlines()
    assert all(len(row) <= 80 or " " not in row for row in rows)
    assert " ".join(rows).endswith("`torchkata start FOLDER` lays one out")


def test_hints_come_one_at_a_time(grade):
    first, second, third, again = (grade("hint", "tiny.double").stdout for _ in range(4))
    assert "Hint 1 of 3: What is 2 * 3?" in first
    assert "Hint 2" not in first
    assert "Ask again" in first
    assert "Hint 2 of 3" in second
    assert "Hint 3 of 3" not in second
    assert "Hint 3 of 3: return 2 * x" in third
    assert "Ask again" not in third
    assert again == third


def test_all_hints_come_at_once_if_asked_for(grade):
    shown = grade("hint", "tiny.double", "--all").stdout
    assert all(f"Hint {n} of 3" in shown for n in (1, 2, 3))
    assert "no hints" in grade("hint", "tiny.halve").stdout


def test_a_hint_needs_no_unit_where_one_exercise_has_the_name_and_no_name_for_the_first(
    make_course,
):
    course = make_course()
    assert "Hint 1 of 3" in command.grade(course.root, "hint", "double").stdout
    shown = command.grade(course.root, "hint").stdout
    assert shown.startswith("tiny.double: twice as much\nHint 1 of 3: ")
    progress = read_progress(course.root)
    progress.finished.add("tiny.double")
    progress.save()
    assert command.grade(course.root, "hint").stdout == "There are no hints for tiny.halve.\n"
    progress.finished.add("tiny.halve")
    progress.save()
    ran = command.grade(course.root, "hint")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "everything is finished" in ran.stderr


# --- solutions and stubs


def test_a_solution_is_shown_after_full_marks_with_other_ways_to_write_it(make_course):
    course: Course = make_course()
    for name, text in {
        "add": "TWO = 2\ndef halve(x): return x / TWO\ndef double(x):\n return x + x\n",
        "same": '"""As the solution."""\ndef double(x: int) -> int:\n    return 2 * x  # 2\n',
        "other": "def by(n):\n    return lambda x: n * x\n\ndouble = by(2)\n",
        "without": "def halve(x): return 0.5 * x\n",
    }.items():
        path = course.accepted_folder / "tiny" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    ran = command.grade(course.root, "solution", "double")
    assert ran.returncode == 1
    assert "tiny.double is not finished yet" in ran.stdout
    assert "return" not in ran.stdout
    anyway = command.grade(course.root, "solution", "double", "--anyway")
    progress = read_progress(course.root)
    progress.finished.add("tiny.double")
    progress.save()
    ran = command.grade(course.root, "solution", "tiny.double")
    assert (ran.returncode, ran.stdout) == (0, anyway.stdout)
    assert ran.stdout.split("# ")[1:] == [
        'solutions/tiny.py\ndef double(x):\n    """Return 2 x."""\n    return 2 * x\n\n',
        "tests/accepted/tiny/add.py\ndef double(x):\n return x + x\n\n",
        "tests/accepted/tiny/other.py\ndef by(n):\n    return lambda x: n * x\n\n"
        "double = by(2)\n\n",
    ]


def test_a_kit_has_no_solutions_and_says_so(make_course):
    course: Course = make_course()
    (course.root / "tests" / "hidden").rename(course.visible_folder)
    shutil.rmtree(course.solutions_folder)
    ran = command.grade(course.root, "solution", "double", "--anyway")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "the solution of tiny.double is not here: your teacher has it" in ran.stderr
    course.stub("tiny").write_text(RIGHT)
    ran = command.grade(course.root, "reset", "double")
    assert (ran.returncode, course.stub("tiny").read_text()) == (2, RIGHT)
    assert "the stubs of tiny are not here" in ran.stderr
    course.pristine("tiny").parent.mkdir()
    course.pristine("tiny").write_text(STUBS)
    assert command.grade(course.root, "reset", "double").returncode == 0
    assert course.stub("tiny").read_text() == STUB.strip() + "\ndef halve(x): return x / 2\n"


DOUBLE = 'def double(x):\n    """Return 2 x."""\n    raise NotImplementedError("double")'
KEPT = "import torch\n\nTWO = 2\n\n\n{}\n\n\ndef halve(x):\n    return x / TWO\n"
OLD = {
    "as a function": "def double(x):\n    return x",
    "decorated": "@torch.no_grad()\n@torch.compile\ndef double(x):\n    return x",
    "as a lambda": "double = lambda x: x",
    "unfinished": "def double(x):\n    return (x",
    "without indentation": "@torch.no_grad()\ndef double(x):\nreturn x",
}


@pytest.mark.parametrize("old", OLD)
def test_a_reset_puts_one_stub_back_and_keeps_what_was_there(make_course, old):
    from grader.course.reset import reset

    course: Course = make_course()
    module, book = course.stub("tiny"), course.notebook("tiny")
    module.write_text(KEPT.format(OLD[old]))
    book.write_bytes(notebook("%load_ext grader", f"TWO = 2\n{OLD[old]}", "def halve(x): return 1"))
    was = [path.read_bytes() for path in (module, book)]
    done = reset(course, "tiny", "double")
    assert [copy.name for _, copy in done] == ["tiny.py.bak", "tiny.ipynb.bak"]
    assert [copy.read_bytes() for _, copy in done] == was
    assert module.read_text() == KEPT.format(DOUBLE)
    cells = ["".join(cell["source"]) for cell in json.loads(book.read_text())["cells"]]
    assert cells == ["%load_ext grader", f"TWO = 2\n{DOUBLE}", "def halve(x): return 1"]
    assert reset(course, "tiny", "double") == []
    module.write_text(KEPT.format(OLD[old]))
    assert [copy.name for _, copy in reset(course, "tiny", "double")] == ["tiny.py.bak2"]
    assert (module.parent / "tiny.py.bak").read_bytes() == was[0]


def test_what_is_defined_twice_or_not_at_all_becomes_one_stub(grade: Grade, course: Course):
    module, book = course.stub("tiny"), course.notebook("tiny")
    module.write_text("def double(x): return 1\ndef halve(x): return 2\ndef double(x): return 3\n")
    book.write_bytes(notebook("def halve(x): return 1"))
    shown = grade("reset", "tiny.double").stdout
    assert "tiny.double in exercises/tiny.py is the stub again" in shown
    assert "What was there is in exercises/tiny.ipynb.bak." in shown
    assert module.read_text() == f"{DOUBLE}\ndef halve(x): return 2\n\n"
    cells = ["".join(cell["source"]) for cell in json.loads(book.read_text())["cells"]]
    assert cells == ["def halve(x): return 1", DOUBLE]
    outside = course.root / "outside"
    module.rename(outside)
    module.symlink_to(outside)
    outside.write_text("")  # of somebody else, whose folder this was
    assert "exercises/tiny.py.bak2" in grade("reset", "tiny.double").stdout
    assert (module.read_text(), outside.read_text()) == (f"{DOUBLE}\n", "")
    book.write_text("[1, 2")
    ran = grade("reset", "tiny.double")
    assert (ran.returncode, book.read_text()) == (2, "[1, 2")
    assert "tiny.ipynb cannot be reset" in ran.stderr


def test_an_exercise_that_is_gone_is_said_to_be_and_a_reset_brings_it_back(course: Course):
    course.notebook("tiny").unlink(missing_ok=True)
    course.stub("tiny").write_text("")
    shown = command.grade(course.root, "tiny").stdout
    assert "note: exercises/tiny.py is empty" in shown
    assert "Start with double. Your file does not have it: " in shown
    course.stub("tiny").unlink()
    ran = command.grade(course.root, "reset", "tiny.double")
    assert (ran.stdout, ran.stderr) == ("tiny.double in exercises/tiny.py is the stub again.\n", "")
    assert "Start with double in exercises/tiny.py" in command.grade(course.root, "tiny").stdout


# --- a report on a screen


@pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")
def test_a_screen_names_what_it_has_no_room_for_and_offers_what_the_shell_finds(
    make_course, monkeypatch
):
    course: Course = make_course(one=Unit(), two=Unit(), three=Unit())
    monkeypatch.chdir(course.root)  # from where the command is named
    for unit in course.everything:
        text = "def double(x):\n    print('mine')\n    return 2 * x\ndef halve(x): return x\n"
        course.stub(unit).write_text(text.replace("2 *", "3 *") if unit == "two" else text)
    screen = Terminal(course.root, "run", NO_COLOR="1")
    assert screen.ends() == 1
    screen.read(1)
    shown = screen.shown.replace("\r", "")
    screen.close()
    assert shown.count("\n    called ") == 3
    assert "also failing: three.halve 0/2\n" in shown
    assert "two.double printed" not in shown
    assert "one.double printed\n    mine\n" in shown
    assert f"\nNext: {grade_command()} hint one.halve\n" in shown.replace("Next:\n", "Next: ")


# --- the command that works in the reader's shell


def test_the_command_that_is_offered_is_the_one_that_the_shell_finds(tmp_path, monkeypatch):
    def bin_with(*names: str) -> Path:
        for name, text in {"grade": f"#!{here / 'python'}\n", "python": ""}.items():
            (here / name).unlink(missing_ok=True)
            if name in names:
                (here / name).write_text(text)
                (here / name).chmod(0o755)
        return here

    here = tmp_path / "course" / ".venv" / "bin"
    here.mkdir(parents=True)
    monkeypatch.chdir(here.parents[1])
    monkeypatch.setattr(sys, "executable", str(bin_with() / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert grade_command() == ".venv/bin/python -m grader"
    (tmp_path / "grade").write_text("#!/some/other/python\n")
    (tmp_path / "grade").chmod(0o755)
    assert grade_command() == ".venv/bin/python -m grader"
    monkeypatch.setenv("PATH", str(here))
    bin_with("grade", "python")
    assert grade_command() == "grade"
    bin_with("python")
    assert grade_command() == "python -m grader"
    bin_with("grade")
    (here / "grade").write_text("#!/where/it/was/before/.venv/bin/python\n")  # it was moved
    assert grade_command() == ".venv/bin/python -m grader"


def test_the_name_that_is_offered_is_the_one_that_was_called(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in ("grade", "torchkata"):
        (tmp_path / name).write_text(f"#!{tmp_path / 'python'}\n")
        (tmp_path / name).chmod(0o755)
    for program, offered in {
        "/bin/grade": "grade",
        "C:/Scripts/torchkata.exe": "torchkata",
        "/site-packages/torchkata/__main__.py": "torchkata",
        "/site-packages/grader/__main__.py": "grade",
        "-c": "grade",
    }.items():
        monkeypatch.setattr(sys, "argv", [program])
        assert grade_command() == offered
    (tmp_path / "grade").write_text("#!/another/project/python\n")
    assert grade_command() == "torchkata"
    monkeypatch.setenv("UV", "/bin/uv")
    monkeypatch.setattr(sys, "prefix", "/home/me/.cache/uv/archive-v0/x")
    assert grade_command() == "uvx torchkata"


# --- a failing call as a script

STRICT = """
import torch
from grader.suite import assert_same, exercise, points

def own(x):
    return x

@exercise("double")
class TestDouble:
    @points(3)
    def test_columns(self, student, device):
        \"\"\"Columns of '''\\\\n too.\"\"\"
        x = torch.arange(6.0, requires_grad=True).reshape(2, 3).T.detach() / 7
        assert_same(student.double(x), 2 * x)

@exercise("halve")
class TestHalve:
    @points(2)
    def test_own(self, student, device):
        \"\"\"Functions too.\"\"\"
        assert_same(student.halve(own), 1)
"""


def test_a_script_says_of_which_part_of_the_result_something_else_was_expected(make_course):
    course: Course = make_course()
    said = "the entry 'min' is a tensor"
    test = TestResult("tiny", "double", "test", "A law.", Outcome.FAILED, 2, said, expected="1")
    test = replace(test, replay=Replay("got = {'min': 2}"))
    script = script_of(course, Name("tiny", "double"), ExerciseResult("double", (test,)), "x.ipynb")
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert ran.stdout == f"got: {{'min': 2}}\ngrade said: {said}\nexpected: 1\n"


@pytest.mark.parametrize("form", ["module", "notebook"])
def test_a_failing_call_becomes_a_script_that_fails_alike_without_the_grader(make_course, form):
    course: Course = make_course(tiny=Unit(suite=STRICT))
    text = "def double(x):\n    return 2 * x.view(6)\n\n\ndef halve(f): return f(2)\n"
    if form == "module":
        course.stub("tiny").write_text(text)
        report = command.grade(course.root, "tiny").stdout
        assert (
            "called    double(tensor([[0., 0.1429, 0.2857], [0.4286, 0.5714, 0.7143]]).T)" in report
        )
        assert report.endswith(" debug tiny.double\n")
        ran = command.grade(course.root, "debug", "halve")
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "no script for tiny.halve: it is given a function of the test" in ran.stderr
    else:
        course.notebook("tiny").write_bytes(notebook(text))
    script = course.root / "debug_tiny_double.py"
    ran = command.grade(course.root, "debug", "double", "--pdb")
    assert ("-> got = double(arg1)" in ran.stdout) == (form == "module")
    assert ran.stdout.startswith("written: debug_tiny_double.py\n")
    assert ("Copy it into a cell of exercises/tiny.ipynb" in ran.stdout) == (form == "notebook")
    if form == "module":
        run = [sys.executable, str(script)]
        done = subprocess.run(run, capture_output=True, text=True, cwd=course.root.parent)
        assert "view size is not compatible" in done.stderr.splitlines()[-1]
    else:
        with pytest.raises(RuntimeError, match="view size is not compatible"):
            exec(f"{text}\n{script.read_text()}", {})
    script.write_text("mine")
    ran = command.grade(course.root, "debug", "double")
    assert (ran.returncode, script.read_text()) == (2, "mine")
