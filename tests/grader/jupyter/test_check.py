"""`torchkata.check` where there is no Jupyter: in a notebook of marimo, and in plain Python."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.course.model import Course
from grader.course.progress import read_progress
from tests.grader import tiny_course
from tests.grader.command import environment
from tests.grader.tiny_course import HALF

# `double` needs what two cells below it define; nothing that the file says elsewhere counts.
NOTEBOOK = """
import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import torchkata


@app.cell
def _(double):
    checked = torchkata.check(double)
    print(checked.score, checked.max_score, checked.passed)
    checked
    return


@app.cell
def _():
    torchkata.check("tiny.halve")
    return


@app.cell
def _():
    mo.md("double = None")
    return


@app.cell
def _(TWO):
    def double(x):
        return TWO * x

    return (double,)


@app.cell
def _(ONE):
    TWO = ONE + 1
    return (TWO,)


@app.cell
def _():
    ONE = 1
    return (ONE,)


@app.function
def halve(x):
    # a third
    return x.nothing


@app.cell
def _():
    torchkata.check("<i>halv")
    return


if __name__ == "__main__":
    app.run()
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    return tiny_course.write_course(tmp_path_factory.mktemp("course"))


def run(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def outputs(course: Course) -> list[dict[str, Any]]:
    """What the cells of the notebook show that call `check`, run by marimo itself."""
    notebook = course.root / "notebooks" / "mine.py"
    notebook.parent.mkdir()
    notebook.write_text(NOTEBOOK)
    run(course.root.parent, "-m", "marimo", "export", "session", str(notebook))
    session = notebook.parent / "__marimo__" / "session" / "mine.py.json"
    cells = json.loads(session.read_text("utf-8"))["cells"]
    return [cells[position] for position in (1, 2, 8)]


def shown(cell: dict[str, Any]) -> str:
    (output,) = cell["outputs"]
    return str(output["data"]["text/html"])


def test_in_marimo_the_cells_count_wherever_they_stand(outputs, course: Course) -> None:
    double, *_ = outputs
    assert "<b>tiny.double</b> 3/3 · passed" in shown(double)
    assert [said["text"] for said in double["console"]] == ["3 3 True\n"]
    assert read_progress(course.root).finished == {"tiny.double"}


def test_in_marimo_a_failure_names_the_cell(outputs) -> None:
    _, halve, _ = outputs
    assert "Every number is halved" in shown(halve)
    assert "the cell of halve:3" in shown(halve)


def test_in_marimo_a_wrong_name_is_told_and_escaped(outputs) -> None:
    assert "there is no unit or exercise" in shown(outputs[-1])
    assert "<i>" not in shown(outputs[-1])


def test_in_plain_python_the_saved_files_count(course: Course) -> None:
    course.stub("tiny").write_text(HALF)
    printed = run(
        course.exercises_folder,
        "-c",
        "import torchkata\n"
        "from grader.jupyter.check import _judge\n"
        "half = torchkata.check('halve')\n"
        "judge = _judge.process\n"
        "whole = torchkata.check('tiny')\n"
        "assert _judge.process is judge\n"
        "print(half.score, half.max_score, half.passed, whole.score, whole.max_score)\n"
        "assert torchkata.check().score is None\n",
    )
    assert printed.startswith("tiny.halve  0/2  in progress\n")
    assert "look at   exercises/tiny.py:2" in printed
    assert "\ntiny  3/5  in progress\n" in printed
    assert "\n0 2 False 3 5\n" in printed
    assert printed.endswith(
        '\ngrade: name a unit or an exercise, such as check("activations.softmax")\n'
    )


def test_a_notebook_of_marimo_that_runs_as_a_script_prints(outputs, course: Course) -> None:
    printed = run(course.root.parent, str(course.root / "notebooks" / "mine.py"))
    assert "tiny.double  3/3  passed\n" in printed
    assert "look at   the cell of halve:3" in printed
