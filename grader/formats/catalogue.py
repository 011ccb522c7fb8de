"""The formats there are, and a report rendered in one of them."""

import os
from datetime import UTC, datetime
from enum import StrEnum
from importlib import import_module

from grader.report import Report


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


def render(report: Report, format: Format) -> str | None:
    """The report as a file holds it; None if its format cannot say that the score is withheld."""
    module = import_module(f"grader.formats.{format}")
    if format is Format.CLASSROOM50:
        text: str | None = module.render(report, module.facts(os.environ, datetime.now(UTC)))
        return text
    return str(module.render(report))
