"""`grade watch --page`: the page follows the terminal, which stays as it is."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.cli.page import Follower
from grader.cli.watch import Watcher
from grader.course.model import Course
from grader.page.view import Parts
from grader.report import Report
from grader.work.submission import Submission
from tests.grader.command import SECONDS, environment, left_in
from tests.grader.page.listening import Tab, get
from tests.grader.tiny_course import RIGHT, STUB, STUBS, Unit

from .terminal import Terminal
from .test_watch import Believing

ADDRESS = re.compile(r"Page: (http://127\.0\.0\.1:\d+/[\w-]{43}/)\r?\n")
PICTURES = """
from grader.suite.pictures import line, plot


def double(student, reference):
    yours = line("yours", "yours", [0, 1], [0, 3])
    return plot("Twice as much", "x", "2 x", yours)
"""
MARKUP = "<img src=x onerror=alert(1)>"
WRONG = f"def double(x):\n    print({MARKUP!r})\n    return 3 * x\n\n\n"


@pytest.fixture
def course(make_course) -> Course:
    course = make_course()
    course.stub("tiny").write_text(STUBS)
    course.pictures("tiny").write_text(PICTURES)
    return course


@pytest.fixture
def watching(course: Course, tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(course.root, "watch", "--page", CI="1", TMPDIR=str(tmp_path))
    yield terminal
    terminal.close()
    assert left_in(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")
def test_the_page_shows_what_the_terminal_does_with_pictures(watching, course):
    halve = STUB.replace("double", "halve")
    assert watching.shows("Starting PyTorch")
    address = ADDRESS.search(watching.raw)[1]
    assert watching.shows("Waiting for you to save")
    with Tab(address) as tab:
        assert "tiny.double</code> is not started yet" in tab.next()

        course.stub("tiny").write_text(WRONG + halve)
        assert watching.shows("Every number is doubled")
        shown = tab.shows("Every number is doubled")
        assert "<figure" in shown
        assert "<img" not in shown
        assert "&lt;img src=x" in shown

        course.stub("tiny").write_text(RIGHT.partition("\n")[0] + "\n\n\n" + halve)
        assert watching.shows("Press any key")
        assert "1 test now passing" in tab.shows("tiny.double is finished")
        watching.type(" ")
        assert watching.shows("Now: tiny.halve")
        tab.shows("Now: tiny.halve")

        course.stub("tiny").write_text(RIGHT)
        assert watching.shows("Everything is finished")
        assert "5 of 5 points" in tab.shows("All of this is finished")
        assert tab.next() is None
        assert watching.ends() == 0
    with pytest.raises(ConnectionRefusedError):
        get(address)


class Drawing(Believing):
    """A session with no pictures."""

    def drawn(self, report: Report, submission: Submission) -> Report:
        return report


class Shown(list[Parts]):
    """In the place of a page: all that it was to show, part by part."""

    show = list.append

    def last(self, part: str) -> str:
        return " ".join(re.sub("<[^>]*>", " ", self[-1][part]).split())


def test_the_news_is_told_in_sentences_and_a_save_is_seen_while_it_is_graded(make_course):
    course = make_course(tiny=Unit(), other=Unit())
    course.stub("tiny").write_text(STUBS)
    course.stub("other").write_text("double is right")
    session: Any = Drawing()
    watcher = Watcher(course, course.select([]), session, lambda report: "")
    page: Any = Shown()
    follower = Follower(course, page)

    def save(text: str, *units: str) -> None:
        for unit in units:
            course.stub(unit).write_text(text)
        follower.grading(units)
        watcher.saved([*units])
        follower.see(watcher, units)

    watcher.begin()
    follower.see(watcher)
    assert page.last("said")[8:] == " Now: tiny.double."
    assert page.last("state") == "Following your saves"

    save("halve is right", "tiny", "other")
    assert "Grading tiny, other …" in page[-2]["state"]
    assert page.last("state") == "Following your saves"
    said = " tiny 2/4. other 2/4. 2 tests now passing, 1 test no longer passing."
    assert page.last("said")[8:] == said
    assert page.last("changes").endswith("No longer passing other.double : A law")

    save("broken", "other")
    assert page.last("said")[8:] == " other did not load. 1 test no longer passing."

    save("double is right, halve is right", "tiny")
    said = " tiny 4/4. 1 test now passing. tiny.double is finished."
    assert page.last("said")[8:] == said
    watcher.go_on()
    follower.see(watcher)
    assert page.last("said")[8:] == " Now: other.double."
    save("double is right, halve is right", "other")
    assert page.last("said").endswith("2 tests now passing. All of this is finished.")


def test_a_page_that_nothing_can_serve_is_one_line(course):
    ended = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import sys; sys.modules['uvicorn'] = None; sys.argv[1:] = ['watch', '--page']; "
            "from grader.cli.app import main; main()",
        ],
        cwd=course.root,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(
        r"grade: --page needs an extra: .+ install .*'torchkata\[page\]'\n", ended.stderr
    )
