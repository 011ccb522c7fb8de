"""An audit on its author's terminal: a table for each unit, then its holes."""

from collections.abc import Callable
from itertools import groupby

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from grader.audit.findings import Audit, Hole, Row, UnitAudit
from grader.formats.parts.lines import hanging, indented, page_width, printed, wrapped
from grader.formats.parts.text import counted, excerpt, one_line

_SHARED = "(shared)"
_GAP = "  "
# Each column: what it belongs to, its head, and what stands in it.
_COLUMNS: tuple[tuple[str, str, Callable[[Row], object]], ...] = (
    ("", "tests", lambda row: row.tests),
    ("", "points", lambda row: row.points),
    ("wrong answers", "caught", lambda row: f"{row.wrong_caught}/{row.wrong}"),
    ("wrong answers", "diagnosed", lambda row: f"{row.wrong_diagnosed}/{row.wrong}"),
    ("mutants", "caught", lambda row: f"{row.mutants_caught}/{row.mutants}"),
    ("mutants", "equivalent", lambda row: row.mutants_equivalent),
    ("mutants", "survived", lambda row: row.mutants_survived),
)


def render(audit: Audit, *, width: int, color: bool) -> str:
    """Fits `width` cells, within reason; without room for a table, a few lines per exercise."""
    columns = page_width(width)
    names = [_name(row) for unit in audit.units for row in unit.rows]
    longest = max(map(cell_len, ["exercise", *names]))
    lines: list[Text] = []
    for unit in audit.units:
        lines += [*_unit(unit, longest, columns), Text()]
    return printed([*lines, *_closing(audit, columns)], width=columns, color=color)


def _unit(unit: UnitAudit, longest: int, width: int) -> list[Text]:
    table = _table(unit, longest)
    if max(line.cell_len for line in table) > width:
        table = _stacked(unit, width)
    lines = [*wrapped(one_line(unit.unit), width, style="bold"), *table]
    for mend, holes in groupby(unit.holes, lambda hole: hole.mend):
        lines.append(Text())
        for hole in holes:
            lines += _hole(hole, width)
        lines += hanging("  ", one_line(mend), width, style="cyan")
    return lines


def _table(unit: UnitAudit, longest: int) -> list[Text]:
    above = " " * longest
    for group in ("", "wrong answers", "mutants"):
        heads = [head for owner, head, _ in _COLUMNS if owner == group]
        above += _GAP + group.rjust(len(_GAP.join(heads)))
    head = _line("exercise", [head for _, head, _ in _COLUMNS], longest)
    rows = [
        _line(_name(row), [str(figure(row)) for *_, figure in _COLUMNS], longest)
        for row in unit.rows
    ]
    for line, row in zip(rows, unit.rows, strict=True):
        if row.mutants_survived or row.wrong_diagnosed < row.wrong:
            line.stylize("red")
    head.stylize("dim")
    return [Text(above, "dim"), head, *rows]


def _line(name: str, figures: list[str], longest: int) -> Text:
    pairs = zip(figures, _COLUMNS, strict=True)
    cells = [figure.rjust(len(head)) for figure, (_, head, _) in pairs]
    return Text(_GAP.join([set_cell_size(name, longest), *cells]))


def _stacked(unit: UnitAudit, width: int) -> list[Text]:
    lines = []
    for row in unit.rows:
        figures = (f"{group} {head} {figure(row)}".strip() for group, head, figure in _COLUMNS)
        text = ", ".join(figures)
        lines += [*wrapped(_name(row), width), *hanging("  ", text, width)]
    return lines


def _name(row: Row) -> str:
    return one_line(row.exercise) or _SHARED


def _hole(hole: Hole, width: int) -> list[Text]:
    subject = f"{hole.exercise}: " if hole.change and hole.exercise else ""
    first, *rest = wrapped(f"{hole.place}  {one_line(subject + hole.what)}", width - 2)
    first.stylize("bold", 0, len(hole.place))
    lines = [first, *indented(rest, 2)]
    if hole.change is not None:
        before, after = hole.change
        lines += [line for row in _rows(before) for line in hanging("    ", row, width)]
        lead = "  → "
        for row in _rows(after or "(nothing)"):
            lines += hanging(lead, row, width)
            lead = "    "
    return lines


def _rows(text: str) -> list[str]:
    return excerpt(text, lines=8, characters=800)


def _closing(audit: Audit, width: int) -> list[Text]:
    number = len(audit.holes)
    found = counted(number, "hole") if number else "No holes"
    sample = " in a sample" if audit.sampled else ""
    run = f"{counted(audit.total, 'grading')}, {audit.graded:,} new · {audit.seconds:.0f} s"
    return wrapped(f"{found}{sample} · {run}", width, style="bold red" if number else "bold green")
