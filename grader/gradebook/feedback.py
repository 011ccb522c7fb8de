"""What goes back to a student: one issue in the repository, written anew each time."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.gradebook.exports import Row

ISSUE = "Feedback"
MAX_BODY = 65_000  # GitHub takes issues of 65,536 characters, and a report has 60 KB at most


class Feedback(StrEnum):
    """What each student is told."""

    NONE = "none"
    SCORES = "scores"
    FULL = "full"


def give(feedback: Feedback, row: "Row", report: dict[str, Any], markdown: Path) -> str:
    """Write the issue, or the one of an earlier run anew; the outcome, as scores.csv words it."""
    import json  # here, as every command line imports this module for Feedback

    from grader.gradebook.collect import Failed, gh

    if feedback is Feedback.NONE:
        return ""
    full = feedback is Feedback.FULL
    details = markdown.read_text(encoding="utf-8") if full else _scores(report)
    headline = f"**{row.score} of {row.max_score} points**, commit `{row.commit}`, {row.graded_at}"
    body = f"{headline}\n\n{details}"[:MAX_BODY]
    where = ("--repo", row.repository)
    every = ("--state", "all", "--limit", "200", "--json", "number,title")
    try:
        listed = json.loads(gh("issue", "list", *where, *every))
        numbers = [each["number"] for each in listed if each["title"] == ISSUE]
        change = ("edit", str(min(numbers))) if numbers else ("create", "--title", ISSUE)
        gh("issue", *change, *where, "--body-file", "-", text=body)
    except (Failed, ValueError) as reason:
        return f"not given: {reason}"
    return "given"


def _scores(report: dict[str, Any]) -> str:
    """Points alone: what the tests ask for is for those who mark to know."""
    lines = [
        f"| {unit['name']}.{each['name']} | {each['score']}/{each['max_score']} |"
        for unit in report["units"]
        for each in unit["exercises"]
    ]
    return "\n".join(["| exercise | points |", "|---|---|", *lines, ""])
