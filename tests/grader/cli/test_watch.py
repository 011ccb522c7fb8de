"""`grade watch`: what is shown of a save, what stays in focus, and when it goes on."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.cli import watch
from grader.cli.watch import Watcher
from grader.course.model import Course, Selection
from grader.course.progress import read_progress
from grader.report import ExerciseResult, Outcome, Report, TestResult, UnitResult
from grader.work.submission import Submission
from tests.grader.command import command_line, environment, left_in
from tests.grader.processes import SECONDS, descendants, wait_for_end
from tests.grader.tiny_course import RIGHT, STUB, STUBS, Unit
from tests.grader.work.making import notebook

from .terminal import Terminal

posix = pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")
BROKEN = "tiny.py:1: invalid syntax"


# --- the watch itself, with a judge that believes what it reads


class Believing:
    """In the place of a session: an exercise passes if its file says "EXERCISE is right"."""

    def grade(self, submission: Submission, selection: Selection) -> Report:
        ((unit, exercises),) = selection.items()
        text = submission.sources[unit].text if unit in submission.sources else ""
        results = [
            ExerciseResult(
                name, (TestResult(unit, name, "test_it", "A law.", outcome_in(text, name), 2),)
            )
            for name in ("double", "halve")
            if name in exercises
        ]
        message = BROKEN if "broken" in text else None
        return Report((UnitResult(unit, unit, tuple(results), message),), 0, "cpu")


BELIEVING: Any = Believing()


def outcome_in(text: str, exercise: str) -> Outcome:
    if not text or text == STUBS:
        return Outcome.NOT_STARTED
    return Outcome.PASSED if f"{exercise} is right" in text else Outcome.FAILED


def names_and_titles(report: Report) -> str:
    return f"shown: {[e.name for unit in report.units for e in unit.exercises]}\n"


@pytest.fixture
def course(make_course) -> Course:
    course = make_course(tiny=Unit(), other=Unit())
    course.stub("tiny").write_text(STUBS)
    return course


@pytest.fixture
def save(course: Course) -> Callable[..., None]:
    def save(text: str, unit: str = "tiny") -> None:
        course.stub(unit).write_text(text)

    return save


@pytest.fixture(autouse=True)
def our_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "grade_command", lambda: "grade")


@pytest.fixture
def watcher(course: Course) -> Watcher:
    return Watcher(course, course.select([]), BELIEVING, names_and_titles)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What was printed since the last time."""
    return lambda: capsys.readouterr().out


def test_it_begins_with_the_first_exercise_that_is_not_finished(watcher, save, said):
    save("double is right")
    watcher.begin()
    assert str(watcher.focus) == "tiny.halve"
    shown = said()
    assert shown.count("shown: ") == shown.count("shown: ['halve']") == 1
    assert "Waiting for you to save exercises/tiny.py" in shown
    assert "grade hint tiny.halve" in shown


def test_an_exercise_that_is_not_started_is_named_and_nothing_else(watcher, said):
    watcher.begin()
    shown = said()
    assert "Now: tiny.double, twice as much" in shown
    assert "shown: " not in shown


def test_only_what_is_selected_is_watched(course, save, said):
    save("double is right")
    watcher = Watcher(course, course.select(["tiny.double"]), BELIEVING, names_and_titles)
    watcher.begin()
    assert watcher.focus is None
    assert "What you named is finished. Well done! To go on: grade watch" in said()
    assert list(watcher.reports) == ["tiny"]


def test_a_save_that_does_not_finish_it_shows_it_again(watcher, save, said):
    watcher.begin()
    said()
    save("halve is right")
    watcher.saved(["tiny"])
    shown = said()
    assert "tiny 2/4, graded in " in shown
    assert "shown: ['double']" in shown
    assert not watcher.rests


def test_what_is_finished_rests_and_the_next_one_is_shown_only_when_asked_for(watcher, save, said):
    watcher.begin()
    said()
    save("double is right")
    watcher.saved(["tiny"])
    shown = said()
    assert watcher.rests
    assert "tiny.double is finished: 1 of 4 exercises done." in shown
    assert "Press any key" in shown
    assert "halve" not in shown
    watcher.go_on()
    assert str(watcher.focus) == "tiny.halve"
    assert not watcher.rests
    assert "shown: ['halve']" in said()


def test_what_breaks_again_while_it_rests_is_in_focus_again(watcher, save, said):
    watcher.begin()
    save("double is right")
    watcher.saved(["tiny"])
    said()
    save("double was right")
    watcher.saved(["tiny"])
    assert not watcher.rests
    assert str(watcher.focus) == "tiny.double"
    assert "shown: ['double']" in said()


def test_a_unit_that_is_not_in_focus_is_graded_and_does_not_take_it(watcher, save, said):
    watcher.begin()
    said()
    save("double is right, halve is right", "other")
    watcher.saved(["other"])
    shown = said()
    assert "other 4/4, graded in " in shown
    assert "Now: tiny.double" in shown
    assert str(watcher.focus) == "tiny.double"


def test_what_was_written_and_is_right_is_told_even_if_it_is_not_in_focus(watcher, save, said):
    save(f"# double, not yet\n{STUBS}")
    watcher.begin()
    said()
    save(f"# double, not yet\n{STUB}def halve(x): return 1  # halve is right\n")
    watcher.saved(["tiny"])
    shown = said()
    assert shown.startswith("\nGrading tiny …\ntiny 2/4, graded in ")
    assert "\ntiny.halve 2/2: finished\n" in shown
    assert "tiny.double 0" not in shown
    assert str(watcher.focus) == "tiny.double"


def test_what_was_written_last_and_is_wrong_is_in_focus(watcher, save, said):
    save(STUBS)
    watcher.begin()
    double, halve = ("def double(x): return", "def halve(x): return")
    save(f"{STUB}{halve} 3\n")
    said()
    watcher.saved(["tiny"])
    assert str(watcher.focus) == "tiny.halve"
    assert "shown: ['halve']" in said()
    save(f"{double} 3\n{halve} 4\n")  # in both
    watcher.saved(["tiny"])
    assert str(watcher.focus) == "tiny.halve"
    assert "\ntiny.double 0/2: A law\n" in said()
    save(f"{double} 5\n{halve} 4\n", "other")
    watcher.saved(["other"])
    assert str(watcher.focus) == "other.double"
    save(f"{double} 6\n{halve} 4\n# double is right")
    watcher.saved(["tiny"])
    assert str(watcher.focus) == "other.double"
    assert not watcher.rests


def test_a_unit_that_is_not_in_focus_and_does_not_load_is_shown(watcher, save, said):
    watcher.begin()
    said()
    save("broken", "other")
    watcher.saved(["other"])
    assert "shown: ['double', 'halve']" in said()


def test_the_last_one_needs_no_key(watcher, save, said):
    save("double is right, halve is right", "other")
    save("double is right")
    watcher.begin()
    save("double is right, halve is right")
    watcher.saved(["tiny"])
    assert watcher.focus is None
    shown = said()
    assert "Everything is finished" in shown
    assert "Press any key" not in shown


def test_a_unit_that_does_not_load_gets_no_hint(watcher, save, said):
    save("broken")
    watcher.begin()
    shown = said()
    assert "Waiting for you to save exercises/tiny.py" in shown
    assert "grade hint" not in shown


def test_the_file_that_holds_the_work_is_the_one_to_save(watcher, course, said):
    course.notebook("tiny").write_bytes(notebook("def double(x): return 1"))
    watcher.begin()
    assert "Waiting for you to save exercises/tiny.ipynb" in said()


def test_a_save_that_nobody_told_of_is_seen(watcher, course, save):
    watcher.begin()
    assert not watcher.is_stale("tiny")
    save("double is right")
    os.utime(course.stub("tiny"), (1, 1))  # two saves may fall into one tick of the clock
    assert watcher.is_stale("tiny")
    assert not watcher.is_stale("other")
    watcher.saved(["tiny"])
    assert not watcher.is_stale("tiny")
    course.notebook("tiny").write_bytes(notebook("double is right"))
    assert watcher.is_stale("tiny")
    watcher.saved(["tiny"])
    course.stub("tiny").unlink()
    assert watcher.is_stale("tiny")


def test_a_save_of_a_module_that_units_import_is_seen(watcher, course, save):
    helper, copy = course.stub("helpers"), course.stub("other (1)")
    helper.write_text("")
    save("import helpers  # double is right")
    copy.write_text("def double(x): return x")
    watcher.begin()
    for file in (helper, copy):
        assert not watcher.is_stale("tiny")
        os.utime(file, (1, 1))
        assert watcher.is_stale("tiny")
        watcher.saved(["tiny", "other"])
    save("double is right")
    watcher.saved(["tiny"])
    assert not watcher.is_stale("tiny")
    os.utime(helper, (2, 2))
    assert not watcher.is_stale("tiny")


def test_what_is_finished_is_remembered(watcher, course, save):
    watcher.begin()
    save("double is right")
    watcher.saved(["tiny"])
    assert read_progress(course.root).finished == {"tiny.double"}


# --- the command, with saves and keys as they are


@pytest.fixture
def terminal(course: Course, tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    opened = []

    def terminal(*arguments: str, **variables: str) -> Terminal:
        opened.append(Terminal(course.root, *arguments, TMPDIR=str(tmp_path), **variables))
        return opened[-1]

    yield terminal
    for one in opened:
        one.close()
    assert left_in(tmp_path) == []


@posix
def test_watching_shows_each_exercise_until_it_is_finished(terminal, course, save):
    watching = terminal("watch", "tiny")
    assert watching.shows("tiny.double")
    assert watching.shows("Waiting for you to save exercises/tiny.py")

    save("def double(x): return 3 * x\n" + STUB.replace("double", "halve"))
    assert watching.shows("Every number is doubled")
    assert watching.shows("Waiting for you to save")
    assert "\x1b[" in watching.raw  # colour, since this is a terminal

    watching.type(" ")  # too early to mean anything, as is a file of no unit
    (course.exercises_folder / "notes.txt").write_text("mine")
    assert not watching.shows("graded in", seconds=0.5)
    save("def double(x): return 2 * x\n" + STUB.replace("double", "halve"))
    assert watching.shows("Press any key")
    assert not watching.shows("tiny.halve", seconds=0.5)
    watching.type(" ")
    assert watching.shows("tiny.halve")
    assert watching.shows("Waiting for you to save")

    save(RIGHT)
    assert watching.shows("What you named is finished")
    assert watching.ends() == 0


@posix
def test_a_watch_ends_with_ctrl_c_and_leaves_nothing(terminal, save):
    save("def double(x): return 3 * x\n")
    watching = terminal("watch", "tiny", NO_COLOR="1")
    assert watching.shows("Every number is doubled")
    assert watching.shows("Waiting for you to save")
    assert "\x1b[" not in watching.raw
    started = descendants(watching.process.pid) if Path("/proc/self").exists() else []
    watching.type("\x03")
    assert watching.ends() == 130
    wait_for_end(*started)


def test_without_a_keyboard_it_goes_on_by_itself_and_a_notebook_is_watched_too(course):
    path = course.notebook("tiny")
    course.stub("tiny").rename(path)
    path.write_bytes(notebook(STUBS))
    saves = [notebook("def double(x): return 2 * x", STUBS.partition("\n\n\n")[2]), notebook(RIGHT)]
    shown = ""
    with subprocess.Popen(
        command_line("watch", "tiny", options=("-u",)),
        cwd=course.root,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as watching:
        for line in watching.stdout:
            shown += line
            if "Waiting for you to save exercises/tiny.ipynb" in line:
                path.write_bytes(saves.pop(0))
        assert watching.wait(SECONDS) == 0
    assert saves == []
    assert "tiny.double is finished" in shown
    assert "What you named is finished" in shown
