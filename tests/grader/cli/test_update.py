"""`torchkata update`, as a learner runs it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.folder import read_folder, write_folder
from grader.course.model import installed_course
from grader.kit.start import folder_files, lay_out, mark_of
from tests.grader import command
from tests.grader.tiny_course import write_course, write_files

FILE = "exercises/sgd.py"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder of an older version, in which the docstring of `mse` was another."""
    folder = tmp_path / "kata"
    course = installed_course(folder)
    files = folder_files(course)
    text = files[FILE].decode()
    files[FILE] = re.sub(r'(def mse\(.*\n +""")', r"\1OLD. ", text).encode()
    assert files[FILE] != text.encode()
    lay_out(course, folder)
    write_files(folder, files)
    write_folder(folder, replace(mark_of(course, files), version="0.0.9"))
    return folder


def test_it_says_what_it_does_and_what_was_there_is_kept(home: Path) -> None:
    mine = (home / FILE).read_text().replace('raise NotImplementedError("predict")', "return x @ w")
    (home / FILE).write_text(mine)
    ran = command.grade(home / "exercises", "update", "--dry-run")
    said = "refreshed     sgd.mse\n"
    assert (ran.returncode, ran.stderr) == (0, "")
    assert re.fullmatch(rf"{said}Nothing is changed yet\. To change it: .* update\n", ran.stdout)
    assert (home / FILE).read_text() == mine
    ran = command.grade(home, "update")
    assert ran.stdout == (
        f"{said}Nothing of yours was changed.\n{FILE}.bak holds what was in the file before.\n"
    )
    assert (home / f"{FILE}.bak").read_text() == mine
    assert (home / FILE).read_text() == mine.replace("OLD. ", "")
    version = read_folder(home).version
    ran = command.grade(home, "update")
    assert ran.stdout == f"This folder is up to date with torchkata {version}.\n"


def test_a_task_that_reads_otherwise_now_is_shown(home: Path) -> None:
    mine = (home / FILE).read_text().replace('raise NotImplementedError("mse")', "return 0")
    (home / FILE).write_text(mine)
    lines = command.grade(home, "update").stdout.splitlines()
    assert lines[0] == f"kept          sgd.mse in {FILE}: yours; its task has changed:"
    assert lines[1].startswith("    -OLD. ")
    assert lines[2] == lines[1].replace("-OLD. ", "+")
    assert (home / FILE).read_text() == mine


def test_a_checkout_is_not_updated(tmp_path: Path) -> None:
    write_course(tmp_path)
    ran = command.grade(tmp_path, "update")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "git pull brings it up to date" in ran.stderr
