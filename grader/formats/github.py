"""The report as workflow commands: a GitHub Actions step that prints it annotates the work."""

import hashlib
from collections.abc import Iterator

from grader.formats import terminal
from grader.formats.parts import failures, plain, summary
from grader.formats.parts.text import excerpt, one_line, visible
from grader.report import Location, Report

_ANNOTATIONS = 8  # GitHub keeps ten of a step
_CHARACTERS = 3000  # and cuts a message at 4096


def render(report: Report) -> str:
    """The page for people, in which nothing is a command, and the commands after it."""
    page = terminal.render(report)
    # The runner obeys nothing until it reads the token again. No text can hold the hash of a
    # page that it is part of, so whatever a learner prints stays text.
    token = hashlib.sha256(page.encode("utf-8", "backslashreplace")).hexdigest()
    return "\n".join(
        [f"::stop-commands::{token}", page.rstrip("\n"), f"::{token}::", *_commands(report), ""]
    )


def _commands(report: Report) -> list[str]:
    if report.score is None:
        text = f"{summary.WITHHELD} It costs nobody points. The log shows where it failed."
        return [_command("warning", text, title="Score withheld")]
    score = f"Score {report.score}/{report.max_score}"
    run = f"{score}, seed {report.seed}, device {one_line(report.device)}"
    errors = list(_errors(report))
    shown = errors[:_ANNOTATIONS]
    if len(errors) > len(shown):
        run += f". {len(shown)} of {len(errors)} things to look at are marked; the log has them all"
    return [*shown, _command("notice", run, title=score)]


def _errors(report: Report) -> Iterator[str]:
    """One for each unit that did not load, and one for each exercise: its first failure, and the
    first that it would have on a GPU."""
    for unit in report.units:
        if unit.message is not None:
            title = f"{one_line(unit.name)} did not load"
            text = "\n".join(excerpt(unit.message, lines=20, characters=_CHARACTERS))
            yield _command("error", text, **_place(plain.place_of(unit.message)), title=title)
        for exercise in unit.exercises:
            if failures.begun_and_failing(exercise):
                test, name = failures.missed(exercise)[0], failures.name_of(unit, exercise)
                title = f"{name}: {failures.title_of(test)}"
                yield _command("error", plain.details(test), **_place(test.location), title=title)
    for test in failures.rehearsals(report):
        title = f"{one_line(test.unit)}.{one_line(test.exercise)}: {summary.WOULD_FAIL}"
        yield _command("warning", plain.details(test), **_place(test.location), title=title)


def _place(location: Location | None) -> dict[str, str]:
    """In a notebook a line counts within its cell, so only the file can be marked."""
    if location is None or not location.file:
        return {}
    file = {"file": one_line(location.file)}
    return file if location.cell is not None else file | {"line": str(location.line)}


def _command(name: str, message: str, **properties: str) -> str:
    """One command on one line, escaped as the toolkit of GitHub Actions does."""
    safe = {k: _data(v).replace(":", "%3A").replace(",", "%2C") for k, v in properties.items()}
    given = ",".join(f"{key}={value}" for key, value in safe.items())
    cut = message if len(message) <= _CHARACTERS else f"{message[:_CHARACTERS]} …"
    return f"::{name} {given}::{_data(cut)}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
