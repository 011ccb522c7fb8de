"""The formats there are, and a report rendered in one of them."""

import os
from datetime import UTC, datetime
from enum import StrEnum
from importlib import import_module

from grader.errors import GraderFault
from grader.report import Report

MAX_WIDTH = 100


class Format(StrEnum):
    """Each is named after its module."""

    TERMINAL = "terminal"
    JSON = "json"
    HTML = "html"
    MARKDOWN = "markdown"
    JUNIT = "junit"
    GITHUB = "github"
    GCC = "gcc"
    CLASSROOM = "classroom"
    CLASSROOM50 = "classroom50"
    GRADESCOPE = "gradescope"


def render(report: Report, format: Format) -> str:
    """The report as a file holds it. Raises: GraderFault."""
    module = import_module(f"grader.formats.{format}")
    if format is Format.TERMINAL:
        return str(module.render(report, width=MAX_WIDTH, color=False))
    if format is Format.CLASSROOM50:
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
