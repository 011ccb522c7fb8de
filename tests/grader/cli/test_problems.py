"""What VS Code makes of `--format gcc`, with the tasks that a kit brings along."""

import json
import os
import re
from typing import Any

import pytest

from grader.course.model import Course
from grader.kit.pages import pages
from tests.grader import command
from tests.grader.command import left_in
from tests.grader.tiny_course import HALF, RIGHT

from .terminal import Terminal

TASKS = json.loads(pages({"title": "", "version": ""})[".vscode/tasks.json"])
MATCHER = TASKS["problemMatcher"]
INTERPRETER = "${command:python.interpreterPath}"


def arguments_of(label: str, file: str = "") -> list[str]:
    """What a task gives to `grade`, while this file is open."""
    (task,) = [task for task in TASKS["tasks"] if task["label"] == label]
    assert (task["command"], task["args"][:2]) == (INTERPRETER, ["-m", "grader"])
    return [word.replace("${relativeFile}", file) for word in task["args"][2:]]


def marked(output: str) -> list[dict[str, Any]]:
    """The problems that VS Code sees in an output."""
    pattern = MATCHER["pattern"]
    keys = {key: group for key, group in pattern.items() if key != "regexp"}
    found = [re.search(pattern["regexp"], line.rstrip("\r")) for line in output.split("\n")]
    return [{key: match[group] for key, group in keys.items()} for match in found if match]


def test_the_file_in_the_editor_is_graded_and_its_failures_are_marked(course: Course) -> None:
    file = "exercises/tiny.py"
    assert arguments_of("Grade everything") == ["run", "--format", "gcc"]
    ran = command.grade(course.root, *arguments_of("Grade this file", file))
    assert ran.returncode == 1
    (problem,) = marked(ran.stdout)
    assert problem.pop("message").startswith("tiny.halve: Every number is halved")
    assert problem == {"file": file, "line": "2", "severity": "error"}
    assert MATCHER["fileLocation"] == ["relative", "${workspaceFolder}"]


@pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")
def test_failures_come_and_go_as_files_are_saved(course: Course, tmp_path) -> None:
    begins, ends = (MATCHER["background"][key][1:] for key in ("beginsPattern", "endsPattern"))
    course.stub("faulty").write_text("")
    watching = Terminal(
        course.root, *arguments_of("Grade each exercise as I save it"), TMPDIR=str(tmp_path)
    )
    try:
        watching.shows("\n")
        assert begins in watching.raw
        assert watching.shows(ends)
        assert [problem["file"] for problem in marked(watching.raw)] == ["exercises/tiny.py"]
        watching.raw = ""
        course.stub("tiny").write_text(RIGHT)
        assert watching.shows(ends)
        assert watching.raw.startswith(f"{begins}tiny …")
        assert marked(watching.raw) == []
        watching.raw = ""
        course.stub("tiny").write_text(HALF)  # it goes on where everything is finished, too
        assert watching.shows(ends)
        assert len(marked(watching.raw)) == 1
        watching.type("\x03")
        watching.ends()
    finally:
        watching.close()
    assert left_in(tmp_path) == []
