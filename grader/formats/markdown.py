"""The report as a page of GitHub's Markdown: a step summary or a comment on an issue."""

from itertools import accumulate

from grader.formats.parts import failures, summary
from grader.formats.parts.gfm import code, fenced
from grader.formats.parts.scoreboard import bar_of, points_of, total_of, word_of
from grader.formats.parts.text import counted, left_out
from grader.report import Report

# A comment may have 65536 characters. What the other sections leave is for the failures.
_PAGE = 60_000
_NOTES, _TABLE, _FAULTS, _LISTED, _BLOCK = 4_000, 12_000, 8_000, 8_000, 8_000
_NAMES = 1_000
_REMARK = 100  # room for a line that says what was left out
_WIDTH = 88
_BAR = 10


def render(report: Report) -> str:
    """At most 60 KB of UTF-8, whatever the report holds; what is left out is said."""
    before = [
        f"## Score {total_of(report)}",
        f"seed {report.seed} · device {code(report.device)}",
        *_notes(report),
        *_table(report),
        *_faults(report),
    ]
    after = [
        *_rehearsals(report),
        *_not_started(report),
        *_pending(report),
        *summary.conclusion(report),
    ]
    room = _PAGE - sum(_size(part) + 2 for part in before + after)
    parts = [*before, *_failures(report, room), *after]
    return "\n\n".join(parts) + "\n"


def _notes(report: Report) -> list[str]:
    items = [f"- note: {code(note)}" for note in report.notes]
    return _list(items, _NOTES, "note")


def _table(report: Report) -> list[str]:
    if not report.units:
        return []
    rows = [
        f"| {code(unit.name)} | {''.join(bar_of(unit, _BAR))} | {points_of(unit)} "
        f"| {word_of(unit)[0]} |"
        for unit in report.units
    ]
    kept, left = _fitting(rows, _TABLE)
    table = "\n".join(["| unit | | points | |", "|:--|:--|--:|:--|", *kept])
    return [table, left_out(left, "unit")] if left else [table]


def _faults(report: Report) -> list[str]:
    found = summary.faults(report)
    if not found:
        return []
    blocks = [
        _block([title, *(f"  {row}" for row in rows)]) for title, rows in summary.in_short(found)
    ]
    lead = f"**{summary.WITHHELD}** {summary.NOT_YOUR_FAULT}"
    return [lead, *_bounded(blocks, _FAULTS, "fault")]


def _failures(report: Report, room: int) -> list[str]:
    """What the terminal shows of each exercise, in a block of its own."""
    blocks = [
        _block([line.plain.rstrip() for line in lines]) for lines in failures.blocks(report, _WIDTH)
    ]
    if not blocks:
        return []
    title = "### What to look at next"
    room -= _size(title) + _REMARK
    return [title, *_bounded(blocks, room, "failure")]


def _rehearsals(report: Report) -> list[str]:
    said = [*summary.rehearsed(report)]
    blocks = [
        _block([line.plain.rstrip() for line in failures.rehearsal(test, _WIDTH)])
        for test in failures.rehearsals(report)
    ]
    if blocks:
        lead = [f"### {summary.WOULD_FAIL}", summary.ONLY_REHEARSED]
        said += [*lead, *_bounded(blocks, _LISTED, "failure")]
    return said


def _not_started(report: Report) -> list[str]:
    items = []
    for unit, exercises in summary.unbegun(report):
        names, left = _fitting([code(exercise.name) for exercise in exercises], _NAMES)
        more = f" and {left:,} more" if left else ""
        points = summary.worth(exercises)
        items.append(f"- {code(unit.name)}: {', '.join(names)}{more} ({points})")
    return ["### Not started", *_list(items, _LISTED, "unit")] if items else []


def _pending(report: Report) -> list[str]:
    items = [
        f"- {code(reason)} ({counted(points, 'point')})"
        for reason, points in summary.pending(report).items()
    ]
    return ["### Pending", *_list(items, _LISTED, "reason")] if items else []


def _block(rows: list[str]) -> str:
    return fenced(_bounded(rows, _BLOCK, "line"))


def _list(items: list[str], room: int, noun: str) -> list[str]:
    kept = _bounded(items, room, noun, lead="- ")
    return ["\n".join(kept)] if kept else []


def _bounded(parts: list[str], room: int, noun: str, *, lead: str = "") -> list[str]:
    """The parts that find room, and how many did not."""
    kept, left = _fitting(parts, room)
    return [*kept, lead + left_out(left, noun)] if left else kept


def _fitting(parts: list[str], room: int) -> tuple[list[str], int]:
    """The first of `parts` that fit into `room` bytes, and the number of the others."""
    taken = accumulate(_size(part) + 2 for part in parts)
    kept = [part for part, size in zip(parts, taken, strict=True) if size <= room]
    return kept, len(parts) - len(kept)


def _size(text: str) -> int:
    return len(text.encode("utf-8"))
