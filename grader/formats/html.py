"""The report as a page that needs nothing beside it, and its failures as a piece of others.

No script, no request: the page forbids both to itself. `markup` escapes all text.
"""

from grader.formats.parts import failures, summary
from grader.formats.parts.markup import Markup, element, joined
from grader.formats.parts.page import bar, page, section, sheet, table
from grader.formats.parts.scoreboard import points_of, total_of, word_of
from grader.formats.parts.text import counted, one_line
from grader.formats.pictures.figure import figure
from grader.report import ExerciseResult, Outcome, Report, TestResult, UnitResult

_CODE = {"look at": "code"} | dict.fromkeys(("called", "expected", "got", "printed"), "pre")
_MOST_PICTURES = 4
# Nothing outside the fragment is touched: every rule is nested in its class.
FRAGMENT_STYLE = f"{sheet('fragment')}.torchkata {{\n{sheet('feedback')}}}\n"


def render(report: Report) -> str:
    """A whole page."""
    main = element("main", *_sections(report))
    return page(f"Score {total_of(report)}", _header(report), main, _footer(report))


def fragment(report: Report) -> str:
    """What there is to say, for the output of a notebook's cell."""
    style = element("style", Markup(FRAGMENT_STYLE))
    return element("div", style, *blocks(report), class_="torchkata")


def blocks(report: Report) -> list[Markup]:
    """The failures and pictures alone; where nothing failed, that there is nothing left to do."""
    told = [*_failures(report), *_rehearsals(report)]
    said = [*_notes(report), *_faults(report), *told, *_pending(report)]
    return said or _lead(report) or _not_started(report)


def _header(report: Report) -> Markup:
    if report.score is None:
        score = Markup("Score withheld")
    else:
        of = element("small", f" of {counted(report.max_score, 'point')}")
        score = joined(f"{report.score:,}", of)
    return element("header", element("h1", score), *_lead(report), *_notes(report))


def _notes(report: Report) -> list[Markup]:
    return [
        element("p", f"Note: {one_line(note)}", class_="note", role="note") for note in report.notes
    ]


def _lead(report: Report) -> list[Markup]:
    said = [*summary.conclusion(report), *summary.rehearsed(report)]
    return [element("p", text, class_="lead") for text in said]


def _sections(report: Report) -> list[Markup]:
    if summary.untouched(report) and report.tests:
        welcome = element("p", element("strong", summary.welcome(report)))
        first_step = element("p", summary.first_step(report))
        return [_board(report), section("Where to begin", welcome, first_step)]
    sections = {
        "A fault of the grader": _faults(report),
        "What to look at next": [*_failures(report), *_hint(report)],
        summary.WOULD_FAIL: _rehearsals(report),
        "Not started": _not_started(report),
        "Pending": _pending(report),
    }
    board = [_board(report)] if report.units else []
    return board + [section(title, *said) for title, said in sections.items() if said]


def _failures(report: Report) -> list[Markup]:
    return [block for unit in report.units for block in _unit(unit)]


def _rehearsals(report: Report) -> list[Markup]:
    found = failures.rehearsals(report)
    blocks = [element("p", summary.ONLY_REHEARSED)] if found else []
    for test in found:
        name = element("h3", f"{one_line(test.unit)}.{one_line(test.exercise)}")
        title = element("h4", failures.title_of(test))
        blocks.append(element("article", name, title, *_details(test), class_="exercise"))
    return blocks


def _pending(report: Report) -> list[Markup]:
    items = [
        element("li", f"{one_line(reason)}: {counted(points, 'point')} pending")
        for reason, points in summary.pending(report).items()
    ]
    return _names(items)


def _names(items: list[Markup]) -> list[Markup]:
    return [element("ul", *items, class_="names")] if items else []


def _board(report: Report) -> Markup:
    columns = {"Unit": "name", "Progress": "bar", "Points": "number", "State": "word"}
    return table("Points by unit", columns, map(_row, report.units))


def _row(unit: UnitResult) -> list[str]:
    score = 0 if unit.status is Outcome.GRADER_FAULT else unit.score
    return [unit.name, bar(score, unit.max_score), points_of(unit), word_of(unit)[0]]


def _faults(report: Report) -> list[Markup]:
    shown, more = summary.first_faults(report)
    if not shown:
        return []
    words = joined(element("strong", summary.WITHHELD), " ", summary.NOT_YOUR_FAULT)
    said = [joined(element("h3", title), _verbatim(rows)) for title, rows in shown]
    return [element("p", words), *said, *(element("p", text) for text in more)]


def _unit(unit: UnitResult) -> list[Markup]:
    blocks = []
    if unit.message is not None:
        title, rows = failures.not_loaded(unit, unit.message)
        blocks.append(element("article", element("h3", title), _verbatim(rows), class_="exercise"))
    return blocks + [_exercise(unit, e) for e in unit.exercises if failures.shown(unit, e)]


def _exercise(unit: UnitResult, exercise: ExerciseResult) -> Markup:
    score = _points(f"{exercise.score}/{exercise.max_score}")
    name = element("h3", score, failures.name_of(unit, exercise))
    missed = failures.missed(exercise)
    first = [element("h4", failures.title_of(missed[0])), *_details(missed[0])] if missed else []
    pictures = [figure(picture) for picture in exercise.pictures[:_MOST_PICTURES]]
    others = [_folded(test) for test in missed[1:]]
    waiting = [
        element("p", reason, _points(f"0/{points}"), class_="waiting")
        for reason, points in failures.waiting(exercise).items()
    ]
    return element("article", name, *first, *pictures, *others, *waiting, class_="exercise")


def _points(text: str) -> Markup:
    return joined(element("span", text, class_="points"), " ")


def _folded(test: TestResult) -> Markup:
    """A further failure: its title, and the rest for whoever asks."""
    points = _points(f"0/{test.max_points}")
    title = joined(points, "Also: ", failures.title_of(test))
    details = _details(test)
    if not details:
        return element("p", title, class_="waiting")
    return element("details", element("summary", title), *details)


def _details(test: TestResult) -> list[Markup]:
    rows = [_keyed(key, rows) for key, rows in failures.details(test)]
    return [element("dl", *rows)] if rows else []


def _keyed(key: str, rows: list[str]) -> Markup:
    said = element(_CODE.get(key, "p"), "\n".join(rows))
    return joined(element("dt", key), element("dd", said, class_=key.replace(" ", "-")))


def _verbatim(rows: list[str]) -> Markup:
    """As it is, since carets mark what stands above them; it scrolls where it is too wide."""
    return element("pre", "\n".join(rows), class_="verbatim", tabindex=0)


def _hint(report: Report) -> list[Markup]:
    for unit, exercise in summary.exercises_of(report):
        if failures.begun_and_failing(exercise):
            command = f"grade hint {failures.name_of(unit, exercise)}"
            return [element("p", "Stuck? ", element("code", command))]
    return []


def _not_started(report: Report) -> list[Markup]:
    items = []
    for unit, exercises in summary.unbegun(report):
        names = ", ".join(one_line(exercise.name) for exercise in exercises)
        name = element("strong", one_line(unit.name))
        items.append(element("li", name, f": {names} ({summary.worth(exercises)})"))
    return _names(items)


def _footer(report: Report) -> Markup:
    run = [f"seed {report.seed}", f"device {one_line(report.device)}"]
    run += [f"{one_line(name)} {one_line(v)}" for name, v in report.versions.items()]
    return element("footer", element("p", " · ".join(run)))
