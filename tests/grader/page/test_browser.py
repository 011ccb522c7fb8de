"""The page in a real browser: it follows, finds the next watch, and runs nothing of a learner's."""

import re
from dataclasses import replace

import pytest

from grader.course.map import map_of
from grader.course.progress import Progress
from grader.page.live import Page
from grader.page.view import Changes, Focus, Moment, parts_of
from tests.grader.cli.terminal import Terminal
from tests.grader.formats.drawings import with_pictures
from tests.grader.formats.pages import MARKUP
from tests.grader.formats.samples import TYPICAL, report_of
from tests.grader.tiny_course import RIGHT, STUBS

from .browser import Browser


@pytest.fixture(scope="module")
def browser():
    with Browser() as browser:
        yield browser


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch):
    monkeypatch.setenv("CI", "1")


@pytest.fixture
def moment(make_course) -> Moment:
    course = make_course()
    course_map = map_of(course, Progress(course.root), course.everything)
    focus = Focus("tiny.double", "twice as much", TYPICAL, "exercises/tiny.py", is_resting=False)
    return Moment(course_map, focus, None, "12:00:00 first", "grade")


def test_it_follows_saves_and_finds_the_watch_that_is_started_again(browser, make_course):
    course = make_course()
    course.stub("tiny").write_text(STUBS)

    def watch() -> tuple[Terminal, str]:
        terminal = Terminal(course.root, "watch", "--page", CI="1")
        assert terminal.shows("Waiting for you to save")
        return terminal, re.search(r"http://[^\s]+", terminal.raw)[0]

    terminal, address = watch()
    browser.complaints.clear()
    browser.open(address)
    browser.shows("tiny.double is not started yet")
    course.stub("tiny").write_text("def double(x): return 3 * x\n")
    browser.shows("Every number is doubled")
    assert browser.complaints == []
    terminal.type("\x03")
    assert terminal.ends() == 130
    terminal.close()
    browser.shows("The watch has ended")
    course.stub("tiny").write_text("def double(x): return 2 * x\n")
    terminal, again = watch()
    assert again == address
    browser.shows("Now: tiny.halve")
    assert browser.asks("document.querySelector('#ended').textContent") == ""
    course.stub("tiny").write_text(RIGHT)
    browser.shows("All of this is finished")
    assert terminal.ends() == 0
    terminal.close()


def test_nothing_of_a_hostile_moment_runs(browser, moment, tmp_path):
    hostile = with_pictures(report_of(MARKUP))
    focus = replace(moment.focus, name=MARKUP, title=MARKUP, report=hostile, file=MARKUP)
    changes = Changes(hostile.tests, hostile.tests)
    with Page(tmp_path, title=MARKUP, command=MARKUP) as page:
        page.show(parts_of(moment))
        browser.open(str(page.address))
        browser.complaints.clear()
        page.show(parts_of(replace(moment, focus=focus, changes=changes, said=MARKUP)))
        browser.shows("onerror=")
        assert "owned" in browser.asks("document.title")  # as text of the course's title
        assert browser.asks("document.title") != "owned"
        assert browser.asks("document.querySelectorAll('img, iframe, base').length") == 0
        assert browser.asks("document.querySelectorAll('script').length") == 1
        assert browser.complaints == []


def test_a_script_would_not_run_either(browser, moment, tmp_path):
    with Page(tmp_path, title="tiny", command="grade") as page:
        page.show(parts_of(moment))
        browser.open(str(page.address))
        browser.complaints.clear()
        browser.asks(
            "document.body.insertAdjacentHTML('beforeend', "
            '\'<img src=x onerror="document.title = 1"><p style="color:red">\')'
        )
        browser.waits_for("document.images[0].complete")
        assert browser.asks("document.title") == "tiny: watch"
        assert any("Content Security Policy" in said for said in browser.complaints)


def test_what_the_reader_has_opened_and_the_focus_stay(browser, moment, tmp_path):
    with Page(tmp_path, title="tiny", command="grade") as page:
        page.show(parts_of(moment))
        browser.open(str(page.address))
        browser.asks("document.querySelector('#focus summary').focus()")
        browser.presses("Enter")
        browser.waits_for("document.querySelector('#focus details').open")
        browser.asks("document.querySelector('#path summary').click()")
        browser.waits_for("!document.querySelector('#path details').open")
        changed = replace(moment.focus, file="exercises/tiny.ipynb")
        done = replace(moment.map, next=None)
        page.show(parts_of(replace(moment, focus=changed, map=done, said="12:00:01 second")))
        browser.shows("12:00:01 second")
        browser.shows("exercises/tiny.ipynb")
        assert browser.asks("document.activeElement.matches('#focus summary')")
        assert browser.asks("document.querySelector('#focus details').open")
        assert not browser.asks("document.querySelector('#path details').open")
        page.show(parts_of(replace(moment, focus=None, said="12:00:02 third")))
        browser.shows("12:00:02 third")
        assert browser.asks("document.activeElement.id") == "focus"
