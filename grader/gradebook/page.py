"""A class as one page that needs nothing beside it: tables that can be read without a script, and
with the page's own can be sorted and searched."""

from collections.abc import Iterable, Sequence
from importlib.resources import files

from grader.formats.parts.markup import Markup, element, joined
from grader.formats.parts.page import bar, page
from grader.formats.parts.text import counted, excerpt, one_line
from grader.gradebook import overview
from grader.gradebook.overview import Scores
from grader.gradebook.similar import Group
from grader.gradebook.store import Gradebook

Cells = Sequence[str | Markup]
_FILES = files("grader.gradebook") / "page_files"
_OUTCOMES = {"crashed": "crashed", "timed_out": "ran out of time"}
_TENTHS = (*(f"{n}0–{n}9%" if n else "0–9%" for n in range(10)), "100%")


def render(book: Gradebook, groups: Sequence[Group]) -> str:
    """A whole page of what stands in the gradebook now."""
    scores = overview.scores(book)
    sections = (
        ("Scores", _scores(scores)),
        ("Who needs help", _needy(book)),
        ("Misunderstandings", _misunderstandings(book)),
        ("Exercises", _exercises(book)),
        ("Tests", _tests(book)),
        ("Crashed, or out of time", _broke(book)),
        ("Near-identical work", _similar(groups)),
        ("Students", _students(book)),
    )
    main = element("main", *(_section(*both) for both in sections if both[1]))
    scripts = [_file("tabulator.min.js"), _file("page.js")]
    style = _file("tabulator.min.css") + _file("page.css")
    return page("A class", _header(scores), main, _footer(), style=style, scripts=scripts)


def _file(name: str) -> str:
    return (_FILES / name).read_text(encoding="utf-8")


def _section(title: str, content: Sequence[Markup]) -> Markup:
    return element("section", element("h2", title), *content)


def _header(scores: Scores) -> Markup:
    told = ", ".join(
        f"{times:,} {status.replace('_', ' ')}" for status, times in sorted(scores.statuses.items())
    )
    lead = [element("p", f"{told}.", class_="lead")] if told else []
    if scores.mean is not None and scores.median is not None:
        said = f"Mean {scores.mean:.0f}%, median {scores.median:.0f}% of the points."
        lead.append(element("p", said, class_="lead"))
    return element("header", element("h1", counted(scores.students, "student")), *lead)


def _scores(scores: Scores) -> list[Markup]:
    most = max(scores.tenths)
    rows = [
        [share, element("span", bar(times, most), class_="bar"), f"{times:,}"]
        for share, times in zip(_TENTHS, scores.tenths, strict=True)
    ]
    columns = {"Share of the points": "", "": "bar", "Students": "number"}
    return [_table("Distribution of scores", columns, rows, kind="board")] if scores.scored else []


def _needy(book: Gradebook) -> list[Markup]:
    columns = {"Student": "name", "Name": "name", "Score": "number", "Why": "long"}
    rows = [[n.student, n.name, n.score, n.why] for n in overview.needy(book)]
    return _sortable("Who needs help", columns, rows)


def _misunderstandings(book: Gradebook) -> list[Markup]:
    columns = {
        "Exercise": "name",
        "What is likely": "long",
        "Students": "number",
        "For example": "long",
    }
    rows = [
        [each.exercise, each.likely, f"{each.students}", _call(each.called, each.got)]
        for each in overview.misunderstandings(book)
    ]
    return _sortable("Misunderstandings", columns, rows)


def _call(called: str, got: str) -> str:
    """As text: what somebody has called, and what came of it."""
    shown = [" ".join(excerpt(text, lines=4, characters=300)) for text in (called, got)]
    return " gave ".join(filter(None, shown))


def _exercises(book: Gradebook) -> list[Markup]:
    columns = {
        "Exercise": "name",
        "Passed": "number",
        "Pass rate": "number",
        "Points": "number",
        "Not started": "number",
        "Broke": "number",
    }
    rows = [
        [
            each.name,
            f"{each.passed}",
            _percent(each.passed, each.graded),
            f"{each.share:.0f}%",
            f"{each.not_started}",
            f"{each.broke}",
        ]
        for each in overview.exercises(book)
    ]
    return _sortable("Exercises", columns, rows)


def _tests(book: Gradebook) -> list[Markup]:
    columns = {
        "Test": "name",
        "What it says": "long",
        "Passed": "number",
        "Pass rate": "number",
        "Not started": "number",
        "Separates nobody": "",
    }
    rows = [
        [
            each.name,
            each.title,
            f"{each.passed}",
            _percent(each.passed, each.graded),
            f"{each.not_started}",
            each.separates_nobody,
        ]
        for each in overview.tests(book)
    ]
    return _sortable("Tests", columns, rows)


def _broke(book: Gradebook) -> list[Markup]:
    columns = {"Exercise": "name", "Outcome": "", "Students": "number", "Who": "long"}
    rows = [
        [
            each.exercise,
            _OUTCOMES[each.outcome],
            f"{each.students}",
            _named(each.named, each.students),
        ]
        for each in overview.broke(book)
    ]
    return _sortable("Crashed, or out of time", columns, rows)


def _similar(groups: Sequence[Group]) -> list[Markup]:
    columns = {"Unit": "", "In common": "number", "Students": "number", "Who": "long"}
    rows = [
        [
            group.unit,
            f"{100 * group.share:.0f}%",
            f"{len(group.students)}",
            _named(group.students[: overview.NAMED], len(group.students)),
        ]
        for group in groups
    ]
    hint = element(
        "p",
        "A hint to look, never a verdict: much the same steps, whatever the names and the layout. "
        "Students who work together, or from one example, write so too.",
    )
    return [hint, *_sortable("Near-identical work", columns, rows)] if rows else []


def _students(book: Gradebook) -> list[Markup]:
    columns = {
        "Student": "name",
        "Name": "name",
        "Score": "number",
        "Of": "number",
        "State": "",
        "Note": "long",
    }
    rows = (
        [
            row.student,
            row.name,
            "" if row.score is None else f"{row.score}",
            "" if row.max_score is None else f"{row.max_score}",
            row.status.replace("_", " "),
            row.note,
        ]
        for row in book.rows()
    )
    return _sortable("Students", columns, rows)


def _named(names: Sequence[str], of: int) -> str:
    more = of - len(names)
    return ", ".join(map(one_line, names)) + (f" and {more:,} more" if more else "")


def _percent(part: int, of: int) -> str:
    return f"{100 * part / of:.0f}%" if of else ""


def _sortable(title: str, columns: dict[str, str], rows: Iterable[Cells]) -> list[Markup]:
    """The table, or nothing without a row."""
    held = list(rows)
    if not held:
        return []
    return [element("div", _table(title, columns, held, kind="board sortable"), class_="wide")]


def _table(title: str, columns: dict[str, str], rows: Iterable[Cells], *, kind: str) -> Markup:
    kinds = list(columns.values())
    head = [_cell("th", name, kind, scope="col") for name, kind in columns.items()]
    body = [
        element(
            "tr",
            _cell("th", first, kinds[0], scope="row"),
            *(_cell("td", text, kind) for text, kind in zip(rest, kinds[1:], strict=True)),
        )
        for first, *rest in rows
    ]
    return element(
        "table",
        element("thead", element("tr", *head)),
        element("tbody", joined(*body)),
        class_=kind,
        aria_label=title,
    )


def _cell(name: str, content: str | Markup, kind: str, **attributes: str) -> Markup:
    shown = content if isinstance(content, Markup) else one_line(content, characters=1000)
    return element(name, shown, **({"class_": kind} if kind else {}), **attributes)


def _footer() -> Markup:
    said = ["Made by ", element("code", "grade class page"), ". It holds names and scores."]
    return element("footer", element("p", *said))
