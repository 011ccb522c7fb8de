"""The report on one unit, as a notebook shows it below a cell."""

from grader.formats import html, terminal
from grader.formats.parts.failures import name_of
from grader.formats.parts.markup import element, joined
from grader.formats.parts.scoreboard import points_of, word_of
from grader.report import Report

WIDTH = 88


def render(report: Report) -> dict[str, str]:
    """As `html`, and as `text` for where that is not shown."""
    (unit,) = report.units
    name = name_of(unit, unit.exercises[0]) if len(unit.exercises) == 1 else unit.name
    points, word = points_of(unit), word_of(unit)[0]
    headline = element("p", element("b", name), f" {points} · {word}")
    text = terminal.render_exercise(report, width=WIDTH, color=False)
    return {
        "html": joined(headline, html.fragment(report)),
        "text": f"{name}  {points}  {word}\n{text}",
    }
