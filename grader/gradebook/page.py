"""A class as one page that needs nothing beside it: tables that can be read without a script, and
with the page's own can be sorted and searched."""

from collections.abc import Sequence
from importlib.resources import files

from grader.formats.parts.markup import Markup, element
from grader.formats.parts.page import bar, page, section, table
from grader.formats.parts.text import counted
from grader.gradebook import overview
from grader.gradebook.overview import Scores, Table
from grader.gradebook.similar import Group
from grader.gradebook.store import Gradebook

_FILES = files("grader.gradebook") / "page_files"
_TENTHS = (*(f"{n}0–{n}9%" if n else "0–9%" for n in range(10)), "100%")


def render(book: Gradebook, groups: Sequence[Group]) -> str:
    """A whole page of what stands in the gradebook now."""
    scores = overview.scores(book)
    sections = [_scores(scores)] if any(scores.tenths) else []
    sections += [_sortable(each) for each in overview.tables(book, groups) if each.rows]
    scripts = [_file("tabulator.min.js"), _file("page.js")]
    style = _file("tabulator.min.css") + _file("page.css")
    main = element("main", *sections)
    return page("A class", _header(scores), main, _footer(), style=style, scripts=scripts)


def _file(name: str) -> str:
    return (_FILES / name).read_text(encoding="utf-8")


def _header(scores: Scores) -> Markup:
    students = counted(sum(scores.statuses.values()), "student")
    told = ", ".join(
        f"{times:,} {status.replace('_', ' ')}" for status, times in sorted(scores.statuses.items())
    )
    lead = [element("p", f"{told}.", class_="lead")] if told else []
    if scores.mean is not None and scores.median is not None:
        said = f"Mean {scores.mean:.0f}%, median {scores.median:.0f}% of the points."
        lead.append(element("p", said, class_="lead"))
    return element("header", element("h1", students), *lead)


def _scores(scores: Scores) -> Markup:
    most = max(scores.tenths)
    rows = [
        (share, element("span", bar(times, most), class_="bar"), f"{times:,}")
        for share, times in zip(_TENTHS, scores.tenths, strict=True)
    ]
    columns = {"Share of the points": "", "": "bar", "Students": "number"}
    return section("Scores", table("Distribution of scores", columns, rows))


def _sortable(told: Table) -> Markup:
    hint = [element("p", told.hint)] if told.hint else []
    made = table(told.title, told.columns, told.rows, kind="board sortable")
    return section(told.title, *hint, element("div", made, class_="wide"))


def _footer() -> Markup:
    said = ["Made by ", element("code", "grade class page"), ". It holds names and scores."]
    return element("footer", element("p", *said))
