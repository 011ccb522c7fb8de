"""What goes back to a student on GitHub: one issue in the repository, written anew each time."""

import json
from collections.abc import Iterator

from grader.formats import markdown
from grader.gradebook.choices import Told
from grader.gradebook.github import Failed, gh
from grader.gradebook.store import Gradebook, Row
from grader.report import Report

ISSUE = "Feedback"
MAX_BODY = 65_000  # GitHub takes issues of 65,536 characters, and a report has 60 KB at most


def give(book: Gradebook, told: Told) -> Iterator[tuple[Row, str]]:
    """Write the issue of every repository that has a score; each student with what became of it."""
    for row in book.rows():
        if row.result is not None and row.score is not None:
            yield row, _give(row, book.report(row.result), told)


def _give(row: Row, report: Report, told: Told) -> str:
    details = markdown.render(report) if told is Told.FULL else scores(report)
    headline = f"**{row.score} of {row.max_score} points**, commit `{row.commit}`"
    body = f"{headline}\n\n{details}"[:MAX_BODY]
    where = ("--repo", row.place)
    every = ("--state", "all", "--limit", "200", "--json", "number,title")
    try:
        listed = json.loads(gh("issue", "list", *where, *every))
        numbers = [each["number"] for each in listed if each["title"] == ISSUE]
        change = ("edit", str(min(numbers))) if numbers else ("create", "--title", ISSUE)
        gh("issue", *change, *where, "--body-file", "-", text=body)
    except (Failed, ValueError) as reason:
        return f"not given: {reason}"
    return "given"


def scores(report: Report) -> str:
    """Points alone, and why a unit could not be loaded: what the tests ask for is for those who
    mark to know."""
    from grader.formats.parts.gfm import code

    lines = [
        f"| {unit.name}.{each.name} | {each.score}/{each.max_score} |"
        for unit in report.units
        for each in unit.exercises
    ]
    messages = [f"- {unit.name}: {code(unit.message)}" for unit in report.units if unit.message]
    notes = [f"- note: {code(note)}" for note in report.notes]
    table = ["| exercise | points |", "|---|---|", *lines, ""]
    return "\n".join([*table, *messages, *notes]).rstrip() + "\n"
