"""What there is to see after a save, and that as a page: parts that are replaced, each under its
id, and the whole around them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from grader.course.map import Map
from grader.formats import html
from grader.formats.parts.failures import title_of
from grader.formats.parts.markup import Markup, element
from grader.formats.parts.page import STYLE, hash_of, page
from grader.formats.parts.text import counted, left_out, one_line
from grader.page import map_page
from grader.report import Outcome, Report, TestResult

Parts = dict[str, Markup]
STATE = "state"  # the part that says what the watch is doing
_FOLLOWING = "Following your saves"
_NO_SCRIPT = "Your browser runs no script here: reload the page to see more."
_MOST_TESTS = 8
_FILES = files("grader.page") / "files"
_STYLE = map_page.STYLE + (_FILES / "page.css").read_text(encoding="utf-8")
_SCRIPT = (_FILES / "page.js").read_text(encoding="utf-8")
_CONNECT = "connect-src 'self'"
POLICY = "; ".join(
    (
        f"default-src 'none'; style-src {hash_of(STYLE + _STYLE)}",
        f"script-src {hash_of(_SCRIPT)}; {_CONNECT}",
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
)


@dataclass(frozen=True)
class Changes:
    """The tests that pass since a save and did not before, and those that no longer do."""

    passing: tuple[TestResult, ...] = ()
    failing: tuple[TestResult, ...] = ()

    def __str__(self) -> str:
        told = (("now passing", self.passing), ("no longer passing", self.failing))
        said = [f"{counted(len(tests), 'test')} {what}" for what, tests in told if tests]
        return ", ".join(said) or "The same tests pass as before"


def changes(before: Iterable[Report], after: Iterable[Report]) -> Changes:
    """What became of the tests that both know."""
    passed = {test.id: test.outcome is Outcome.PASSED for report in before for test in report.tests}
    known = [test for report in after for test in report.tests if test.id in passed]
    changed = [test for test in known if passed[test.id] is not (test.outcome is Outcome.PASSED)]
    return Changes(
        tuple(test for test in changed if test.outcome is Outcome.PASSED),
        tuple(test for test in changed if test.outcome is not Outcome.PASSED),
    )


@dataclass(frozen=True)
class Focus:
    """The exercise in hand: `report` is on it alone, and `file` holds the work. Once it is finished
    it rests, until the learner goes on."""

    name: str
    title: str
    report: Report
    file: str
    is_resting: bool


@dataclass(frozen=True)
class Moment:
    """All that the page shows. Without a focus everything is finished; before the first save there
    are no changes. `said` is the news in one line; `command` is what starts `grade`."""

    map: Map
    focus: Focus | None
    changes: Changes | None
    said: str
    command: str


def whole(parts: Parts, *, title: str, command: str) -> str:
    """The page as it is opened; its script then replaces the parts that change."""
    ended = (
        "The watch has ended, or cannot be reached. "
        f"Start it again with {command} watch --page, and this page goes on."
    )
    header = element(
        "header",
        element("h1", one_line(title)),
        parts[STATE],
        element("p", id="ended", class_="note", role="status", data_text=ended),
        element("noscript", element("p", _NO_SCRIPT, class_="note")),
        parts["said"],
    )
    beside = element("div", parts["changes"], parts["path"], class_="beside")
    main = element("main", parts["focus"], beside)
    name = f"{one_line(title)}: watch"
    return page(name, header, main, style=_STYLE, scripts=[_SCRIPT], policy=[_CONNECT])


def parts_of(moment: Moment) -> Parts:
    """Each part of the page by its id."""
    total = element("p", f"{moment.map.total}.", class_="lead")
    return {
        STATE: state(_FOLLOWING),
        "said": element("p", moment.said, id="said", role="status"),
        "focus": _part("section", "focus", *_focus(moment)),
        "changes": _part("section", "changes", *_changes(moment.changes)),
        "path": _part("nav", "path", "The course", [total, map_page.path(moment.map, level=3)]),
    }


def state(text: str) -> Markup:
    """What the watch is doing. It is not read out: the verdict, which follows, is."""
    return element("p", text, id=STATE)


def _part(kind: str, name: str, heading: str, content: Sequence[Markup]) -> Markup:
    """A landmark that can take the focus of what was in it and is gone."""
    label = f"{name}-heading"
    title = element("h2", heading, id=label)
    return element(kind, title, *content, id=name, aria_labelledby=label, tabindex=-1)


def _focus(moment: Moment) -> tuple[str, list[Markup]]:
    focus = moment.focus
    if focus is None:
        return "All of this is finished", [element("p", "Well done!", class_="lead")]
    name, heading = element("code", one_line(focus.name)), one_line(focus.title)
    if focus.is_resting:
        next_one = element("p", "For the next one, press any key in the terminal.")
        return heading, [element("p", name, " is finished.", class_="lead"), next_one]
    wait = element("p", "Waiting for you to save ", element("code", one_line(focus.file)), ".")
    if focus.report.units[0].message is not None:  # it has not loaded
        return heading, [*html.blocks(focus.report), wait]
    command = element("code", f"{moment.command} hint {one_line(focus.name)}")
    stuck = element("p", "Stuck? ", command)
    if focus.report.status is Outcome.NOT_STARTED:
        return heading, [element("p", name, " is not started yet.", class_="lead"), wait, stuck]
    return heading, [*html.blocks(focus.report), wait, stuck]


def _changes(found: Changes | None) -> tuple[str, list[Markup]]:
    heading = "What the last save changed"
    if found is None:
        return heading, [element("p", "Nothing was saved since the watch began.")]
    listed = [
        *_tests("Now passing", found.passing, "passing"),
        *_tests("No longer passing", found.failing, "failing"),
    ]
    return heading, listed or [element("p", "The same tests pass as before.")]


def _tests(heading: str, tests: Sequence[TestResult], kind: str) -> list[Markup]:
    if not tests:
        return []
    items = [
        element("li", element("code", f"{test.unit}.{test.exercise}"), ": ", title_of(test))
        for test in tests[:_MOST_TESTS]
    ]
    if (more := len(tests) - _MOST_TESTS) > 0:
        items.append(element("li", left_out(more, "test")))
    return [element("h3", heading), element("ul", *items, class_=f"names {kind}")]
