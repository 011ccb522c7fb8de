"""Lines of styled text that fit a width: wrapped, indented, aligned."""

from collections import deque
from io import StringIO
from itertools import zip_longest

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.text import Text

from grader.formats.parts.text import one_line

_NARROWEST, _WIDEST = 30, 100
# Text.wrap asks for a console, but takes nothing from it.
_ANY = Console(file=StringIO(), width=80, color_system=None, force_jupyter=False)


def page_width(width: int) -> int:
    """`width` within reason: below 30 cells a page is laid out for 30, above 100 for 100."""
    return min(max(width, _NARROWEST), _WIDEST)


def hanging(
    lead: str, text: str, width: int, *, lead_style: str = "", style: str = ""
) -> list[Text]:
    """`lead` and `text`, wrapped so that the further lines start where `text` does."""
    indent = cell_len(lead)
    pieces = wrapped(text, width - indent, style=style)
    first = Text.assemble((lead, lead_style), pieces[0])
    return [first, *(Text(" " * indent) + piece for piece in pieces[1:])]


def offered(lead: str, command: str, words: str, width: int) -> list[Text]:
    """What to type next; a command with a path stays in one piece, so that it can be copied."""
    said = f"{one_line(command)} {words}"
    if command != "grade" and cell_len(lead + said) > width:
        return [Text(lead.strip()), Text(said, "bold cyan")]
    return hanging(lead, said, width, style="bold cyan")


def wrapped(text: str, width: int, *, style: str = "") -> list[Text]:
    """Broken at spaces where there are any; never empty."""
    return list(Text(text, style).wrap(_ANY, max(width, 1), overflow="fold")) or [Text()]


def indented(lines: list[Text], by: int) -> list[Text]:
    return [Text(" " * by) + line for line in lines]


def with_points(lines: list[Text], points: str, width: int, *, style: str = "") -> list[Text]:
    """`points` at the right end of the first line, which must leave room for them."""
    gap = width - lines[0].cell_len - cell_len(points)
    return [Text.assemble(lines[0], " " * gap, (points, style)), *lines[1:]]


def verbatim(rows: list[str], width: int) -> list[Text]:
    """Rows as they are; where one is too long, the carets below it stay under what they mark."""
    lines: list[Text] = []
    rest = deque(rows)
    while rest:
        row = rest.popleft()
        if rest and rest[0] and not rest[0].strip(" ^~"):
            pieces = chop_cells(row, width), chop_cells(rest.popleft(), width)
            pairs = zip_longest(*pieces, fillvalue="")
            lines += [Text(piece) for pair in pairs for piece in pair if piece.strip()]
        else:
            lines += wrapped(row, width)
    return lines


def printed(lines: list[Text], *, width: int, color: bool) -> str:
    """The lines as one string; without color there is no escape sequence in it at all."""
    page = StringIO()
    console = Console(
        file=page,
        width=width,
        force_terminal=color,
        force_jupyter=False,
        color_system="standard" if color else None,
        no_color=not color,
        highlight=False,
        legacy_windows=False,
    )
    for line in lines:
        line.rstrip()
        console.print(line, soft_wrap=True)
    return page.getvalue()
