"""A report on its way to whoever reads it: which formats, to which files, and the terminal."""

import os
import shutil
import sys
from datetime import UTC, datetime
from importlib import import_module
from itertools import zip_longest
from pathlib import Path

from grader.errors import GraderFault, UsageError
from grader.report import Report

FORMATS = (
    "terminal",
    "json",
    "html",
    "markdown",
    "junit",
    "github",
    "classroom",
    "classroom50",
    "gradescope",
)
MAX_WIDTH = 100
_PLAIN = str.maketrans({"█": "#", "░": ".", "…": "...", "·": "|", "→": ">"})


Wanted = list[tuple[str, Path | None]]


def wanted_of(formats: list[str], outputs: list[Path]) -> Wanted:
    """Each format with the file it goes to; what has no file is printed. Raises: UsageError."""
    for format in formats:
        if format not in FORMATS:
            raise UsageError(
                f"no format {format!r}: choose {', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
            )
    for output in outputs:
        check_output(output)
    formats = formats or ["terminal"]
    if len(outputs) > len(formats):
        raise UsageError("more --output than --format: name the format of each, in the same order")
    if len(formats) > len(outputs) + 1:
        raise UsageError("only one report can be printed: give the others an --output, in order")
    return list(zip_longest(formats, outputs))


def check_output(output: Path) -> None:
    """The report must have a place, and not that of somebody's work."""
    if not output.absolute().parent.is_dir():
        raise UsageError(f"cannot write {output}: its folder does not exist")
    if output.is_dir() or output.suffix in (".py", ".toml", ".ipynb"):
        raise UsageError(f"cannot write the report to {output}: choose a file of its own")


def deliver(report: Report, wanted: Wanted) -> None:
    """Write each format to its file; what has none is printed, or else what a terminal shows.

    Raises: UsageError if a file cannot be written; GraderFault, after all the others, if a format
    cannot say that the score is withheld.
    """
    printed, fault = "terminal", None
    for format, output in wanted:
        if output is None:
            printed = format
            continue
        try:
            text = render(report, format)
        except GraderFault as unsaid:
            fault = unsaid
            continue
        try:
            output.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            sys.stdout.write(text)
            raise UsageError(f"cannot write {output}: {error.strerror}") from None
    sys.stdout.write(show(report) if printed == "terminal" else render(report, printed))
    if fault is not None:
        raise fault


def render(report: Report, format: str) -> str:
    """The report in one of FORMATS, as a file holds it. Raises: GraderFault."""
    module = import_module(f"grader.formats.{format}")
    if format == "terminal":
        return str(module.render(report, width=MAX_WIDTH, color=False))
    if format == "classroom50":
        if report.score is None:
            raise GraderFault(_unspeakable(report))
        return str(module.render(report, module.facts(os.environ, datetime.now(UTC))))
    return str(module.render(report))


def _unspeakable(report: Report) -> str:
    from grader.formats.summary import faults

    where, what = faults(report)[0]
    return (
        f"the grader itself failed, at {where}: {what}\nThe score is withheld, which costs nobody "
        "points. A classroom50 result cannot say so, and none was written."
    )


def show(report: Report, *, only_failures: bool = False) -> str:
    """The report for this terminal: as wide as it is, coloured only where it shows colour."""
    from grader.formats import terminal

    render = terminal.render_exercise if only_failures else terminal.render
    width, color = terminal_size()
    return printable(render(report, width=width, color=color))


def printable(text: str) -> str:
    """Without the signs that this terminal does not have."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return text.translate(_PLAIN)
    return text


def terminal_size() -> tuple[int, bool]:
    """Its width, and whether it shows colour."""
    dumb = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    width = min(shutil.get_terminal_size((80, 24)).columns, MAX_WIDTH)
    return width, sys.stdout.isatty() and not dumb
