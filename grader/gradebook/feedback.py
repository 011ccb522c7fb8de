"""What goes back to students: a page for each, or one issue in the repository on GitHub, written
anew each time."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from grader.errors import UsageError
from grader.formats import html, markdown
from grader.formats.parts.gfm import code
from grader.formats.parts.markup import element
from grader.formats.parts.page import page, table
from grader.formats.parts.text import one_line
from grader.gradebook.choices import Told
from grader.gradebook.exports.platforms import safe_text
from grader.gradebook.filenames import file_names
from grader.gradebook.github import Failed, gh
from grader.gradebook.store import NEEDS_A_LOOK, Gradebook, Row
from grader.report import Report

ISSUE = "Feedback"
MAX_BODY = 65_000  # GitHub takes issues of 65,536 characters, and a report has 60 KB at most
INDEX = "index.csv"


def write(book: Gradebook, folder: Path, told: Told) -> int:
    """A page and a Markdown file for every student, and a list of whose is which; how many
    students there are. Raises: UsageError if they cannot be written."""
    try:
        folder.mkdir(exist_ok=True)
        names = file_names(row.student for row in book.rows())
        with (folder / INDEX).open("w", encoding="utf-8", newline="") as file:
            index = csv.writer(file)
            index.writerow(["student", "name", "html", "markdown"])
            for row in book.rows():
                name = names[row.student]
                report = None if row.result is None else said_of(row, book.report(row.result))
                as_html, as_markdown = _page(row, report, told), _markdown(row, report, told)
                (folder / f"{name}.html").write_bytes(as_html.encode("utf-8", "backslashreplace"))
                (folder / f"{name}.md").write_bytes(as_markdown.encode("utf-8", "backslashreplace"))
                index.writerow([row.student, safe_text(row.name), f"{name}.html", f"{name}.md"])
    except OSError as error:
        raise UsageError(f"cannot write into {folder}: {error.strerror}") from None
    return len(names)


def said_of(row: Row, report: Report) -> Report:
    """With what was found and not taken, which the report itself does not know."""
    left_out = [said for said in row.note.split("; ") if said and said not in report.notes]
    if row.status != NEEDS_A_LOOK or not left_out:
        return report
    return replace(report, notes=(*report.notes, *left_out))


def _page(row: Row, report: Report | None, told: Told) -> str:
    if report is None:
        why = element("p", one_line(row.note or row.status, characters=2000), class_="note")
        return page("No score", element("header", element("h1", "No score"), why))
    if told is Told.FULL:
        return html.render(report)
    title = "Score withheld" if report.score is None else f"{report.score}/{report.max_score}"
    notes = [element("p", f"Note: {one_line(note)}", class_="note") for note in report.notes]
    messages = [
        element("p", f"{one_line(unit.name)}: ", element("code", one_line(unit.message)))
        for unit in report.units
        if unit.message
    ]
    points = [(name, f"{e.score}/{e.max_score}") for name, e in report.exercises.items()]
    board = table("Points", {"Exercise": "", "Points": "number"}, points)
    header = element("header", element("h1", title), *notes)
    return page(title, header, element("main", board, *messages))


def _markdown(row: Row, report: Report | None, told: Told) -> str:
    if report is None:
        return f"**No score**\n\n{code(row.note or row.status)}\n"
    if told is Told.FULL:
        return markdown.render(report)
    score = "withheld" if report.score is None else f"{report.score} of {report.max_score} points"
    return f"**Score: {score}**\n\n{scores(report)}"


def give(book: Gradebook, told: Told) -> Iterator[tuple[Row, str]]:
    """Write the issue of every repository that has a score; each student with what became of it."""
    for row in book.rows():
        if row.result is not None and row.score is not None:
            yield row, _give(row, said_of(row, book.report(row.result)), told)


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
    lines = [f"| {name} | {e.score}/{e.max_score} |" for name, e in report.exercises.items()]
    messages = [f"- {unit.name}: {code(unit.message)}" for unit in report.units if unit.message]
    notes = [f"- note: {code(note)}" for note in report.notes]
    table = ["| exercise | points |", "|---|---|", *lines, ""]
    return "\n".join([*table, *messages, *notes]).rstrip() + "\n"
