"""One row for each unit: its name, a bar, its points, and how it stands in a word or two."""

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from grader.formats.parts.text import one_line
from grader.report import Outcome, Report, UnitResult

_WORDS = {
    Outcome.PASSED: ("passed", "green"),
    Outcome.FAILED: ("in progress", "cyan"),
    Outcome.NOT_STARTED: ("not started", ""),
    Outcome.CRASHED: ("crashed", "red"),
    Outcome.TIMED_OUT: ("timed out", "red"),
    Outcome.BLOCKED: ("waiting", "cyan"),
    Outcome.PENDING: ("pending", "cyan"),
    Outcome.REHEARSED: ("rehearsed", "cyan"),
    Outcome.GRADER_FAULT: ("grader fault", "red"),
}
_DID_NOT_LOAD = ("did not load", "red")
LONGEST_BAR, SHORTEST_BAR = 10, 4
_GAP = "  "


def scoreboard(report: Report, width: int) -> list[Text]:
    name, bar, points = _columns(report, width)
    rows = []
    for unit in report.units:
        word, style = word_of(unit)
        row = Text(set_cell_size(one_line(unit.name), name) + _GAP)
        if bar:
            full, empty = bar_of(unit, bar)
            row.append(full, "green" if unit.status is Outcome.PASSED else "cyan")
            row.append(empty + _GAP, "dim")
        row.append(points_of(unit).rjust(points) + _GAP)
        rows.append(row.append(word, style))
    total = Text.assemble(
        set_cell_size("total", name),
        _GAP,
        " " * (bar + len(_GAP) if bar else 0),
        (total_of(report).rjust(points), "bold"),
    )
    return [*rows, total]


def _columns(report: Report, width: int) -> tuple[int, int, int]:
    """How wide the names, the bars and the points are: on a narrow page the bar gives way first,
    then the names do."""
    points = max(map(len, [total_of(report), *map(points_of, report.units)]))
    word = max((len(word_of(unit)[0]) for unit in report.units), default=0)
    room = width - points - word - 2 * len(_GAP)
    name = min(max(map(cell_len, ["total", *(one_line(u.name) for u in report.units)])), room)
    bar = min(room - name - len(_GAP), LONGEST_BAR)
    return name, bar if bar >= SHORTEST_BAR else 0, points


def bar_of(unit: UnitResult, cells: int) -> tuple[str, str]:
    """The part of the bar that is earned, and the rest."""
    return bar(unit.score, unit.max_score, unit.status is Outcome.PASSED, cells)


def bar(score: int, of: int, is_done: bool, cells: int) -> tuple[str, str]:
    """Some only where there are points, all only where it is done."""
    filled = cells if is_done else 0
    if score and not is_done:
        filled = min(max(cells * score // of, 1), cells - 1)
    return "█" * filled, "░" * (cells - filled)


def points_of(unit: UnitResult) -> str:
    score = "?" if unit.status is Outcome.GRADER_FAULT else unit.score
    return f"{score}/{unit.max_score}"


def total_of(report: Report) -> str:
    return "withheld" if report.score is None else f"{report.score}/{report.max_score}"


def word_of(unit: UnitResult) -> tuple[str, str]:
    return _WORDS[unit.status] if unit.message is None else _DID_NOT_LOAD
