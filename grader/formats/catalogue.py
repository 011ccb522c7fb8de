"""The formats there are, and a report rendered in one of them."""

import os
from datetime import UTC, datetime
from importlib import import_module

from grader.errors import GraderFault
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
    from grader.formats.parts.summary import faults

    where, what = faults(report)[0]
    return (
        f"the grader itself failed, at {where}: {what}\nThe score is withheld, which costs nobody "
        "points. A classroom50 result cannot say so, and none was written."
    )
