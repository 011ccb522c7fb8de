"""What the page says, and that nothing in it is anybody's but ours."""

from dataclasses import replace
from itertools import pairwise

import pytest

from grader.course.map import map_of
from grader.course.names import Name
from grader.course.progress import Progress
from grader.formats.parts.markup import joined
from grader.page.view import Changes, Focus, Moment, changes, parts_of, state, whole
from grader.report import ExerciseResult, Outcome, Plot, Report, Series, TestResult, UnitResult
from tests.grader.formats.drawings import with_pictures
from tests.grader.formats.pages import ATTRIBUTES, ELEMENTS, LINKING, MARKUP, OF_LINKS
from tests.grader.formats.pages import Page as Reader
from tests.grader.formats.samples import report_of
from tests.grader.tiny_course import Unit

ELEMENTS_HERE = ELEMENTS | LINKING | {"nav", "script", "noscript"}
ATTRIBUTES_HERE = ATTRIBUTES | OF_LINKS | {"id", "aria-labelledby", "data-text"}


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.within == []
    assert set(reader.elements) <= ELEMENTS_HERE
    assert {name for name, _ in reader.attributes} <= ATTRIBUTES_HERE
    return reader


def result(name: str, outcome: Outcome, exercise: str = "double") -> TestResult:
    return TestResult("tiny", exercise, name, f"Law {name}.", outcome, 2)


def report(*tests: TestResult, message: str | None = None) -> Report:
    exercise = ExerciseResult("double", tests)
    return Report((UnitResult("tiny", "A tiny unit", (exercise,), message),), 0, "cpu")


@pytest.fixture(scope="module")
def moment(make_course) -> Moment:
    course = make_course()
    course_map = map_of(course, Progress(course.root), course.everything)
    failing = report(result("a", Outcome.FAILED))
    focus = Focus("tiny.double", "twice as much", failing, "exercises/tiny.py", is_resting=False)
    return Moment(course_map, focus, None, "12:00:00 Now: tiny.double.", "grade")


def text_of(moment: Moment) -> str:
    return " ".join(read(joined(*parts_of(moment).values())).text.split())


def test_what_failed_is_shown_with_the_file_to_save_and_where_to_ask(moment):
    shown = text_of(moment)
    assert "Law a" in shown
    assert "Waiting for you to save exercises/tiny.py" in shown
    assert "Stuck? grade hint tiny.double" in shown
    assert "Nothing was saved since the watch began" in shown


@pytest.mark.parametrize(
    ("tests", "message", "is_resting", "says", "hint"),
    [
        ([result("a", Outcome.NOT_STARTED)], None, False, "tiny.double is not started yet", True),
        ([result("a", Outcome.BLOCKED)], "tiny.py:1: no", False, "tiny.py:1: no", False),
        ([result("a", Outcome.PASSED)], None, True, "tiny.double is finished", False),
    ],
)
def test_the_focus_says_how_it_stands(moment, tests, message, is_resting, says, hint):
    focus = replace(moment.focus, report=report(*tests, message=message), is_resting=is_resting)
    shown = text_of(replace(moment, focus=focus))
    assert says in shown
    assert ("Stuck?" in shown) is hint
    assert ("press any key in the terminal" in shown) is is_resting


def test_without_a_focus_everything_is_finished(moment):
    assert "All of this is finished" in text_of(replace(moment, focus=None))


def test_what_a_save_has_changed_is_named_and_counted():
    passed, failed, crashed = Outcome.PASSED, Outcome.FAILED, Outcome.CRASHED
    before = report(result("a", passed), result("b", passed), result("c", failed))
    after = report(*map(result, ("a", "b", "c", "new"), (passed, crashed, passed, passed)))
    found = changes([before], [after])
    assert [test.name for test in found.passing] == ["c"]
    assert [test.name for test in found.failing] == ["b"]
    assert str(found) == "1 test now passing, 1 test no longer passing"
    assert str(changes([before], [before])) == "The same tests pass as before"


def test_many_changes_are_cut_short_and_none_are_told(moment):
    many = Changes(failing=tuple(result(f"n{n}", Outcome.BLOCKED) for n in range(20)))
    shown = text_of(replace(moment, changes=many))
    assert "No longer passing" in shown
    assert "Now passing" not in shown
    assert "tiny.double: Law n7" in shown
    assert "Law n8" not in shown
    assert "(12 more tests)" in shown
    assert "The same tests pass" in text_of(replace(moment, changes=Changes()))


def test_the_path_shows_the_course_with_the_learner_at_the_focus(moment):
    shown = text_of(moment)
    assert "The course0 of 5 points." in shown
    assert "you are here" in shown


def test_no_text_of_anybody_becomes_markup(make_course):
    unit = Unit(title=MARKUP, summary=MARKUP, reading=(MARKUP,))
    course = make_course(tiny=unit)
    course_map = map_of(course, Progress(course.root), course.everything)
    line = Series(MARKUP, MARKUP, (0.0, 1.0), (0.0, 1.0))
    graded = with_pictures(report_of(MARKUP), Plot(MARKUP, MARKUP, MARKUP, (line,)))
    test = TestResult(MARKUP, MARKUP, MARKUP, MARKUP, Outcome.FAILED, 2)
    focus = Focus(str(Name(MARKUP, MARKUP)), MARKUP, graded, MARKUP, is_resting=False)
    changed = Changes((test,), (test,))
    said = parts_of(Moment(course_map, focus, changed, MARKUP, MARKUP))
    page = read(whole(said | {"state": state(MARKUP)}, title=MARKUP, command=MARKUP))
    assert page.elements.count("script") == page.elements.count("noscript") == 1
    assert "onerror=" in page.text, "the text itself is shown"
    for name, value in page.attributes:
        assert name != "href" or value.startswith(("https://", "http://"))
        assert not name.startswith("on")
    read(joined(*said.values()))


def test_every_part_is_a_landmark_or_speaks_and_has_a_heading(moment):
    page = read(whole(parts_of(moment), title="tiny", command="grade"))
    said = dict.fromkeys(value for name, value in page.attributes if name == "id")
    assert {"state", "ended", "said", "focus", "changes", "path"} <= set(said)
    labels = {value for name, value in page.attributes if name == "aria-labelledby"}
    assert labels <= set(said)
    assert page.attributes.count(("role", "status")) == 2
    headings = [int(name[1]) for name in page.elements if name in ("h1", "h2", "h3", "h4")]
    assert headings[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(headings))
