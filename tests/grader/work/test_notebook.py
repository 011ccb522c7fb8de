"""Notebooks as submissions: what is read of them, what is refused, and which file counts."""

import json
import os
import re
import subprocess
import sys
import time
from functools import partial

import pytest

from grader.errors import UsageError
from grader.report import Location, Outcome
from grader.work.begun import written
from grader.work.submission import read_submission
from tests.grader import command
from tests.grader.tiny_course import STUB, STUBS

from .conftest import said
from .corpus import READ, REFUSED
from .making import DOUBLE, HALVE, IMPORTS, RIGHT, markdown, notebook, old

posix = pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_is_graded(grade, unit, name):
    case = READ[name]
    started = time.monotonic()
    report = grade({"UNIT.ipynb": case.data})
    assert report.score == case.score, said(report)
    assert time.monotonic() - started < 30
    if case.says is not None:
        assert case.says.replace("UNIT", unit) in said(report)
    elif case.score == 5:
        assert not [note for note in report.notes if not note.startswith("not sandboxed")]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_the_problem_of_its_unit_alone(course, unit, write, name):
    data, says = REFUSED[name]
    other = course.units[1].name
    started = time.monotonic()
    work = read_submission(write({f"{unit}.ipynb": data, f"{other}.py": "x = 1"}), [unit, other])
    assert time.monotonic() - started < 30
    assert says.replace("UNIT", unit) in work.sources[unit].problem
    assert "\n" not in work.sources[unit].problem
    assert work.sources[other].problem is None


def test_a_refused_notebook_costs_its_points_and_is_no_fault(grade, unit):
    report = grade({"UNIT.ipynb": b"[]"})
    assert (report.score, report.status) == (0, Outcome.BLOCKED)
    assert report.units[0].message.startswith(f"{unit}.ipynb is not a notebook")


# --- where it lies


@posix
def test_a_link_out_of_the_folder_is_not_followed(write, unit, tmp_path):
    folder = write({"notes.txt": ""})
    (tmp_path / "secret.ipynb").write_bytes(notebook(*RIGHT))
    (folder / f"{unit}.ipynb").symlink_to("../secret.ipynb")
    source = read_submission(folder, [unit]).sources[unit]
    assert "outside the submission" in source.problem
    assert source.cells is None


def test_a_folder_named_like_a_notebook_is_none(write, unit):
    source = read_submission(write({f"{unit}.ipynb/x": ""}), [unit]).sources[unit]
    assert "not a regular file" in source.problem


def test_a_single_notebook_is_read_if_it_is_named_after_a_unit(write, unit):
    folder = write({f"{unit}.ipynb": notebook(*RIGHT), "other\x1b[2J.ipynb": notebook(*RIGHT)})
    found = read_submission(folder / f"{unit}.ipynb", [unit])
    assert [cell.text for cell in found.sources[unit].cells] == list(RIGHT)
    with pytest.raises(UsageError, match="not named after a unit"):
        read_submission(folder / "other\x1b[2J.ipynb", [unit])


# --- lines and cells


def test_a_failure_names_the_cell_and_its_line(grade, unit):
    wrong = "# thirds\n\ndef halve(x):\n    return x / 3"
    report = grade({"exercises/UNIT.ipynb": notebook(markdown("# x"), IMPORTS, DOUBLE, wrong)})
    (test,) = (test for test in report.tests if test.outcome is Outcome.FAILED)
    assert test.location == Location(f"exercises/{unit}.ipynb", 3, 4)
    assert str(test.location) == f"exercises/{unit}.ipynb, cell 4, line 3"


def test_an_exception_names_the_line_that_raised_it(grade, unit):
    helper = "def helper(x):\n    y = x\n    return y.nothing"
    report = grade({"UNIT.ipynb": notebook(helper, DOUBLE, "def halve(x):\n    return helper(x)")})
    (test,) = (test for test in report.tests if test.outcome is Outcome.FAILED)
    assert test.location == Location(f"{unit}.ipynb", 3, 1)
    assert test.got.startswith("AttributeError")


def test_why_a_cell_cannot_be_read_is_said_where_its_exercise_is(grade, unit):
    broken = "%matplotlib inline\ndef halve(x):\n    return (x / 2"
    report = grade({"UNIT.ipynb": notebook(DOUBLE, broken)})
    (test,) = (test for test in report.tests if test.outcome is Outcome.FAILED)
    assert test.message.split("\n")[:2] == [
        f"{unit}.ipynb, cell 2, line 3: '(' was never closed",
        "        return (x / 2",
    ]
    assert test.location == Location(f"{unit}.ipynb", 3, 2)
    assert not [note for note in report.notes if "left out" in note]


def test_a_name_from_a_cell_that_was_left_out_is_explained(grade):
    uses = "def halve(x):\n    return half * x"
    report = grade({"UNIT.ipynb": notebook(DOUBLE, "half = 0.5 +", uses)})
    (test,) = (test for test in report.tests if test.outcome is Outcome.FAILED)
    assert test.likely.startswith("half is missing: ")
    assert "cell 2, line 1: invalid syntax" in test.likely


# --- units beside each other


@pytest.mark.parametrize(
    "how", ["from exercises.OTHER import double", "import OTHER\ndouble = OTHER.double"]
)
@pytest.mark.parametrize("kinds", [("py", "ipynb"), ("ipynb", "py"), ("ipynb", "ipynb")])
def test_units_import_each_other_whatever_they_are(grade, how, kinds):
    texts = {"UNIT": f"{how}\n\n{HALVE}\n", "OTHER": f"{DOUBLE}\n"}
    files = {}
    for (name, text), kind in zip(texts.items(), kinds, strict=True):
        # The making of a notebook must leave the names to be filled in.
        files[f"{name}.{kind}"] = text if kind == "py" else notebook(text).decode()
    assert grade(files).score == 5


def test_what_a_sibling_lacks_is_said(grade):
    report = grade(
        {"UNIT.ipynb": notebook("from OTHER import treble", *RIGHT).decode(), "OTHER.py": ""}
    )
    assert report.score == 5
    assert "cannot import name 'treble'" in "\n".join(report.notes)


# --- a module and a notebook


BOTH = {
    "nothing in either": (STUBS, [STUBS], ".py", None),
    "work in the notebook alone": (
        STUBS,
        [DOUBLE, STUB.replace("double", "halve")],
        ".ipynb",
        None,
    ),
    "work in the module alone": (f"{DOUBLE}\n\n\n{HALVE}\n", [STUBS], ".py", None),
    "work in both": (f"{DOUBLE}\n", [HALVE], ".py", "both files hold work"),
    "the same work, and more in the notebook": (
        f"{DOUBLE}\n",
        [DOUBLE, HALVE],
        ".ipynb",
        "both files hold work",
    ),
    "a stub's line left below the work": (
        f"{DOUBLE}\n    raise NotImplementedError('double')\n",
        [STUB.replace("double", "halve") + "    pass", "def other(): return 1"],
        ".py",
        "both files hold work",
    ),
    "a stub's line kept as a remark": (
        DOUBLE.replace(":\n", ":\n    # raise NotImplementedError('double')\n") + "\n",
        ["def other(): return 1"],
        ".py",
        "both files hold work",
    ),
    "work as lambdas": (
        "double = lambda x: 2 * x\nhalve = lambda x: x / 2\n",
        [HALVE],
        ".py",
        "both files hold work",
    ),
    "a cell that never ends": (
        f"{DOUBLE}\n",
        [f"{DOUBLE}\n\n\n{HALVE}\n\nprint ("],
        ".py",
        "both files hold work",
    ),
    "another language": (f"{DOUBLE}\n", [f"%%writefile x\n{DOUBLE}\n\n\n{HALVE}"], ".py", None),
    "a notebook that cannot be read": (f"{DOUBLE}\n", None, ".py", "is not a notebook"),
}


@pytest.mark.parametrize("name", BOTH)
def test_the_module_counts_unless_only_the_notebook_holds_work(write, unit, name):
    module, cells, counts, remark = BOTH[name]
    data = b"[]" if cells is None else notebook(*cells)
    work = read_submission(write({f"{unit}.py": module, f"{unit}.ipynb": data}), [unit])
    assert work.sources[unit].file == unit + counts
    assert (remark is None) == (unit not in work.unread)
    assert remark is None or remark in work.unread[unit]


def test_a_notebook_that_is_asked_for_counts(write, unit):
    folder = write({f"{unit}.py": DOUBLE, f"{unit}.ipynb": notebook(HALVE)})
    work = read_submission(folder, [unit], {unit: ".ipynb"})
    assert work.sources[unit].file == f"{unit}.ipynb"
    assert not work.unread
    folder = write({f"{unit}.py": DOUBLE, f"{unit}.ipynb": notebook(DOUBLE, HALVE)})
    work = read_submission(folder, [unit], {unit: ".py"})
    assert work.sources[unit].file == f"{unit}.py"
    assert not work.unread


def test_the_report_says_what_was_not_graded_and_how_to_grade_it(grade, unit):
    report = grade({"UNIT.py": f"{DOUBLE}\n", "UNIT.ipynb": notebook(HALVE)})
    assert report.score == 3
    assert any(f"grade --submission {unit}.ipynb" in note for note in report.notes)


def test_the_words_of_a_lesson_are_no_work():
    lesson = '"""A lesson.\n\n    def example(x):\n        return x\n"""\n'
    assert written(lesson + STUBS) == written(STUBS) == frozenset()
    assert written(STUBS + "\n" + DOUBLE + "\n\n\nX = 1\n") == {DOUBLE}


def test_a_method_is_written_by_itself():
    model = "class Model:\n    def one(self):\n        return 1\n\n    def two(self):\n        {}\n"
    assert len(written(model.format('raise NotImplementedError("Model.two")'))) == 1
    assert len(written(model.format("return 2"))) == 2


def test_the_digest_is_that_of_what_counts(write, unit):
    def digest(module, cells):
        files = {f"{unit}.py": module, f"{unit}.ipynb": notebook(*cells)}
        return read_submission(write(files), [unit]).digest

    first = digest(STUBS, [DOUBLE, HALVE])
    assert first == digest(STUBS + "# a remark\n", [DOUBLE, HALVE])
    assert first != digest(STUBS, [DOUBLE, HALVE + "  # a remark"])
    assert first != digest(STUBS, [DOUBLE + "\n", HALVE])
    assert digest(DOUBLE, [HALVE]) == digest(DOUBLE, [STUBS])


# --- the command


@pytest.fixture
def run(course):
    return partial(command.grade, course.root, COLUMNS="100", NO_COLOR="1")


def test_the_command_grades_a_notebook_and_shows_nothing_that_acts(run, write, unit):
    folder = write({f"{unit}.ipynb": READ["control characters in what is raised"].data})
    file = folder / "report.json"
    written = ("--format", "json", "--output", file)
    shown = run("--submission", folder / f"{unit}.ipynb", *written)
    assert (shown.returncode, shown.stderr) == (1, "")
    assert f"{unit}.ipynb, cell 2, line 2" in shown.stdout
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]|^::", shown.stdout, re.MULTILINE)
    (graded,) = json.loads(file.read_text("utf-8"))["units"]
    places = [test["location"] for e in graded["exercises"] for test in e["tests"]]
    assert f"{unit}.ipynb, cell 2, line 2" in places


@pytest.mark.parametrize(
    ("data", "imported"),
    [(notebook(*RIGHT), False), (old(3, *RIGHT), True)],
    ids=["a module and a notebook", "an old notebook"],
)
def test_only_old_notebooks_wait_for_nbformat(write, course, data, imported):
    noted, sibling = units = [unit.name for unit in course.units]
    folder = write({f"{noted}.ipynb": data, f"{sibling}.py": "\n\n".join(RIGHT)})
    code = f"""if True:
        import sys
        import grader.cli.app, grader.judge.session
        from pathlib import Path
        from grader.work.submission import read_submission
        sources = read_submission(Path({str(folder)!r}), {units}).sources.values()
        assert not any(source.problem for source in sources)
        print("nbformat" in sys.modules)
    """
    line = [sys.executable, "-c", code]
    ran = subprocess.run(
        line, env=command.environment(), capture_output=True, text=True, check=True
    )
    assert ran.stdout == f"{imported}\n"


def test_a_notebook_is_named_by_its_path(run, course, unit):
    course.notebook(unit).write_bytes(notebook(*RIGHT))
    course.stub(unit).write_text(f"{DOUBLE}\n\n\n{HALVE.replace('2', '3')}\n")
    named = run(f"exercises/{unit}.ipynb")
    assert (named.returncode, "holds work" in named.stdout) == (0, False)


def test_a_deep_expression_takes_no_other_cell_along(grade):
    deep = "TEXT = " + " + ".join(['"a"'] * 700)
    nested = f"NUMBERS = {'[' * 90}{']' * 90}"
    report = grade({"UNIT.ipynb": notebook(*RIGHT, deep, nested).decode()})
    assert report.score == 5


def test_a_long_line_stays_out_of_the_report(grade):
    long = f"def double(x):\n    return (x {' ' * 900_000}\n"
    report = grade({"UNIT.ipynb": notebook(HALVE, long).decode()})
    assert report.score == 2
    assert len(repr(report)) < 20_000
