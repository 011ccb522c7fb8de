"""The report on one unit, as a notebook shows it below a cell."""

from grader.formats import html, terminal
from grader.formats.parts.failures import name_of
from grader.formats.parts.markup import element, joined
from grader.formats.parts.scoreboard import points_of, word_of
from grader.report import Report

WIDTH = 88


def as_html(report: Report) -> str:
    name, points, word = _headline(report)
    return joined(element("p", element("b", name), f" {points} · {word}"), html.fragment(report))


def as_text(report: Report) -> str:
    """For where no HTML is shown."""
    headline = "  ".join(_headline(report))
    return f"{headline}\n{terminal.render_exercise(report, width=WIDTH, color=False)}"


def _headline(report: Report) -> tuple[str, str, str]:
    (unit,) = report.units
    name = name_of(unit, unit.exercises[0]) if len(unit.exercises) == 1 else unit.name
    return name, points_of(unit), word_of(unit)[0]
