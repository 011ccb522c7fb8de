"""A tensor of memory positions as SVG: one square for each number, tinted by where it lay."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from grader.formats.parts.markup import Markup, element
from grader.formats.parts.text import counted, one_line
from grader.report import Cells, Grid

_CELL_WIDTH, _CELL_HEIGHT, _GAP, _LABEL = 36, 30, 18, 20
_MOST_ACROSS, _MOST_DOWN, _MOST_BLOCKS, _MOST_CELLS = 16, 16, 12, 256
_ROOM = 640
_LIGHTEST, _DARKEST = 0.05, 0.5


@dataclass(frozen=True)
class _Block:
    """The last two axes of a tensor at one index of the others, as much of it as is drawn."""

    index: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]  # where in Cells.positions each cell is


def grid_svgs(grid: Grid) -> tuple[Markup, Markup, Markup]:
    """The input, what came back and what is right, one picture each."""
    wrong = _wrong(grid)
    size = len(grid.given.positions)
    return (
        _panel(grid, "input", grid.given, size, frozenset()),
        _panel(grid, "yours", grid.yours, size, wrong),
        _panel(grid, "right", grid.right, size, frozenset()),
    )


def grid_notes(grid: Grid) -> list[str]:
    """How much is wrong, in words."""
    if _shape(grid.yours) != _shape(grid.right):
        said = f"The shape is {_written(grid.yours)}; it should be {_written(grid.right)}."
    elif wrong := _wrong(grid):
        of = counted(len(grid.right.positions), "number")
        stand = "stands" if len(wrong) == 1 else "stand"
        said = f"{len(wrong):,} of {of} {stand} in the wrong place: framed, with a corner."
    else:
        said = "Every number stands where it should."
    cut = any(_is_cut(cells) for cells in (grid.given, grid.yours, grid.right))
    return [said, *(["Only the first part of each tensor is drawn."] if cut else [])]


def _wrong(grid: Grid) -> frozenset[int]:
    if _shape(grid.yours) != _shape(grid.right):
        return frozenset()
    pairs = zip(grid.yours.positions, grid.right.positions, strict=True)
    return frozenset(k for k, (yours, right) in enumerate(pairs) if yours != right)


def _shape(cells: Cells) -> tuple[int, ...]:
    """As it is said, if that holds as many cells as there are."""
    fits = all(size >= 0 for size in cells.shape) and len(cells.shape) <= 12
    if fits and math.prod(cells.shape) == len(cells.positions):
        return cells.shape
    return (len(cells.positions),)


def _written(cells: Cells) -> str:
    shape = _shape(cells)
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(map(str, shape))})"


def _split(cells: Cells) -> tuple[tuple[int, ...], int, int]:
    """The leading axes, and how many rows and columns there are in each block."""
    shape = _shape(cells)
    *leading, rows, columns = (1, 1, *shape)[-max(len(shape), 2) :]
    return tuple(leading), rows, columns


def _is_cut(cells: Cells) -> bool:
    return sum(len(row) for b in _blocks(cells) for row in b.rows) < len(cells.positions)


def _blocks(cells: Cells) -> list[_Block]:
    leading, rows, columns = _split(cells)
    blocks: list[_Block] = []
    left = _MOST_CELLS if cells.positions else 0
    for number, index in enumerate(product(*map(range, leading)) if left else ()):
        shown = min(rows, _MOST_DOWN, left // min(columns, _MOST_ACROSS))
        if number == _MOST_BLOCKS or not shown:
            break
        start = number * rows * columns
        kept = tuple(
            tuple(start + row * columns + k for k in range(min(columns, _MOST_ACROSS)))
            for row in range(shown)
        )
        left -= sum(map(len, kept))
        blocks.append(_Block(index, kept))
    return blocks


def _panel(grid: Grid, name: str, cells: Cells, size: int, wrong: frozenset[int]) -> Markup:
    blocks = _blocks(cells)
    columns = max((len(row) for block in blocks for row in block.rows), default=1)
    rows = max((len(block.rows) for block in blocks), default=1)
    width, height = columns * _CELL_WIDTH, rows * _CELL_HEIGHT
    label = _LABEL if blocks and blocks[0].index else 0
    across = min(_across(cells), max(1, _ROOM // (width + _GAP)), max(len(blocks), 1))
    down = math.ceil(len(blocks) / across) if blocks else 1
    caption = f"{name} {_written(cells)}"
    total_width = max(across * (width + _GAP) - _GAP, 9 * len(caption)) + 4
    total_height = 24 + down * (height + label + 10)
    drawn: list[Markup] = [_caption(caption, name)]
    for number, block in enumerate(blocks):
        left = 2 + (number % across) * (width + _GAP)
        top = 24 + (number // across) * (height + label + 10)
        if label:
            drawn.append(_text(left, top + 13, f"[{', '.join(map(str, block.index))}]", "tk-index"))
        drawn += _cells(block, cells, size, wrong, left, top + label)
    return element(
        "svg",
        element("title", one_line(f"{grid.title}: {caption}")),
        element("desc", _described(cells, wrong)),
        *drawn,
        viewBox=f"0 0 {total_width} {total_height}",
        width=total_width,
        height=total_height,
        role="img",
        class_="tk-grid",
    )


def _across(cells: Cells) -> int:
    leading, _, _ = _split(cells)
    return max(leading[-1], 1) if leading else 1


def _cells(
    block: _Block, cells: Cells, size: int, wrong: frozenset[int], left: int, top: int
) -> Iterator[Markup]:
    marked = []
    for row, places in enumerate(block.rows):
        for column, place in enumerate(places):
            x, y = left + column * _CELL_WIDTH, top + row * _CELL_HEIGHT
            yield _cell(x, y, cells.positions[place], size)
            if place in wrong:
                marked.append((x, y))
    for x, y in marked:  # last, so that no neighbour covers a frame
        yield _frame(x, y)


def _cell(x: int, y: int, position: int | None, size: int) -> Markup:
    tint = 0.0
    if position is not None and 0 <= position < size:
        tint = _LIGHTEST + (_DARKEST - _LIGHTEST) * position / max(size - 1, 1)
    square = element(
        "path",
        d=f"M{x} {y}h{_CELL_WIDTH}v{_CELL_HEIGHT}h-{_CELL_WIDTH}z",
        class_="tk-cell",
        fill="#2273b3",
        stroke="currentColor",
        fill_opacity=f"{tint:.2f}",
        stroke_opacity=0.35,
    )
    shown = _spoken(position)
    place = {"x": x + _CELL_WIDTH // 2, "y": y + _CELL_HEIGHT // 2 + 5}
    number = element(
        "text", shown, **place, text_anchor="middle", fill="currentColor", font_size=14
    )
    return element("g", square, number)


def _frame(x: int, y: int) -> Markup:
    right, bottom = x + _CELL_WIDTH, y + _CELL_HEIGHT
    edge = f"M{x + 1} {y + 1}H{right - 1}V{bottom - 1}H{x + 1}Z"
    stroke = element(
        "path", d=edge, class_="tk-wrong", fill="none", stroke="#c2560c", stroke_width=2.5
    )
    corner = f"M{right - 10} {y + 1}H{right - 1}V{y + 10}Z"
    return element("g", stroke, element("path", d=corner, class_="tk-corner", fill="#c2560c"))


def _caption(text: str, name: str) -> Markup:
    return element(
        "text", text, x=2, y=15, class_=f"tk-name tk-name-{name}", fill="currentColor", font_size=14
    )


def _text(x: int, y: int, text: str, kind: str) -> Markup:
    return element("text", text, x=x, y=y, class_=kind, fill="currentColor", font_size=12)


def _described(cells: Cells, wrong: frozenset[int]) -> str:
    """The numbers row by row, and which of them are wrong, for whoever cannot see the picture."""
    parts = []
    for block in _blocks(cells):
        rows = "; ".join(
            " ".join(_spoken(cells.positions[k]) + " (wrong)" * (k in wrong) for k in row)
            for row in block.rows
        )
        parts.append(f"[{', '.join(map(str, block.index))}]: {rows}" if block.index else rows)
    return one_line(". ".join(parts) or "no cells", characters=2000)


def _spoken(position: int | None) -> str:
    if position is None:
        return "?"
    return str(position) if abs(position) < 10_000 else "…"
