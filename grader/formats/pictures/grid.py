"""A tensor of memory positions as SVG: one square for each number, tinted by where it lay."""

import math
from collections.abc import Iterator
from functools import cached_property
from itertools import product

from grader.formats.parts.markup import Markup, element
from grader.formats.parts.text import counted, one_line
from grader.formats.pictures.drawing import drawing, label, path
from grader.report import Cells, Grid

_CELL_WIDTH, _CELL_HEIGHT, _GAP, _LABEL = 36, 30, 18, 20
_MOST_ACROSS, _MOST_DOWN, _MOST_BLOCKS, _MOST_CELLS = 16, 16, 12, 256
_ROOM = 640
_LIGHTEST, _DARKEST = 0.05, 0.5


# The last two axes of a tensor at one index of the others, as much of it as is drawn: that index,
# and row by row where in Cells.positions its cells are.
Block = tuple[str, list[range]]


class _Tensor:
    """Cells with the shape that is said, if that holds as many as there are; else in one row."""

    def __init__(self, cells: Cells) -> None:
        self.positions, shape = cells.positions, cells.shape
        fits = all(size >= 0 for size in shape) and len(shape) <= 12
        count = len(self.positions)
        self.shape = shape if fits and math.prod(shape) == count else (count,)
        *self.leading, self.rows, self.columns = (1, 1, *self.shape)[-max(len(self.shape), 2) :]

    @cached_property
    def blocks(self) -> list[Block]:
        """What is drawn."""
        columns = min(self.columns, _MOST_ACROSS)
        blocks: list[Block] = []
        left = _MOST_CELLS if self.positions else 0
        for number, index in enumerate(product(*map(range, self.leading)) if left else ()):
            shown = min(self.rows, _MOST_DOWN, left // columns)
            if number == _MOST_BLOCKS or not shown:
                break
            starts = [(number * self.rows + row) * self.columns for row in range(shown)]
            name = f"[{', '.join(map(str, index))}]" if index else ""
            blocks.append((name, [range(start, start + columns) for start in starts]))
            left -= shown * columns
        return blocks

    def is_cut(self) -> bool:
        return sum(len(row) for _, rows in self.blocks for row in rows) < len(self.positions)


def grid_svgs(grid: Grid) -> tuple[Markup, Markup, Markup]:
    """The input, what came back and what is right, one picture each."""
    given, yours, right = _tensors(grid)
    size = len(given.positions)
    return (
        _panel(grid, "input", given, size, frozenset()),
        _panel(grid, "yours", yours, size, _wrong(yours, right)),
        _panel(grid, "right", right, size, frozenset()),
    )


def grid_notes(grid: Grid) -> list[str]:
    """How much is wrong, in words."""
    given, yours, right = _tensors(grid)
    if yours.shape != right.shape:
        said = f"The shape is {yours.shape}; it should be {right.shape}."
    elif wrong := _wrong(yours, right):
        of = counted(len(right.positions), "number")
        stand = "stands" if len(wrong) == 1 else "stand"
        said = f"{len(wrong):,} of {of} {stand} in the wrong place: framed, with a corner."
    else:
        said = "Every number stands where it should."
    cut = any(tensor.is_cut() for tensor in (given, yours, right))
    return [said, *(["Only the first part of each tensor is drawn."] if cut else [])]


def _tensors(grid: Grid) -> tuple[_Tensor, _Tensor, _Tensor]:
    return _Tensor(grid.given), _Tensor(grid.yours), _Tensor(grid.right)


def _wrong(yours: _Tensor, right: _Tensor) -> frozenset[int]:
    if yours.shape != right.shape:
        return frozenset()
    pairs = zip(yours.positions, right.positions, strict=True)
    return frozenset(k for k, (mine, due) in enumerate(pairs) if mine != due)


def _panel(grid: Grid, name: str, tensor: _Tensor, size: int, wrong: frozenset[int]) -> Markup:
    blocks = tensor.blocks
    columns = max((len(row) for _, rows in blocks for row in rows), default=1)
    down = max((len(rows) for _, rows in blocks), default=1)
    width, height = columns * _CELL_WIDTH, down * _CELL_HEIGHT
    above = _LABEL if blocks and blocks[0][0] else 0
    in_a_row = max(tensor.leading[-1], 1) if tensor.leading else 1
    across = min(in_a_row, max(1, _ROOM // (width + _GAP)), max(len(blocks), 1))
    caption = f"{name} {tensor.shape}"
    drawn = [label(caption, 2, 15, class_=f"tk-name tk-name-{name}")]
    for number, (index, rows) in enumerate(blocks):
        left = 2 + (number % across) * (width + _GAP)
        top = 24 + (number // across) * (height + above + 10)
        if above:
            drawn.append(label(index, left, top + 13, size=12, class_="tk-index"))
        drawn += _cells(rows, tensor, size, wrong, left, top + above)
    return drawing(
        "grid",
        f"{grid.title}: {caption}",
        _described(tensor, wrong),
        *drawn,
        width=max(across * (width + _GAP) - _GAP, 9 * len(caption)) + 4,
        height=24 + max(1, math.ceil(len(blocks) / across)) * (height + above + 10),
    )


def _cells(
    rows: list[range], tensor: _Tensor, size: int, wrong: frozenset[int], left: int, top: int
) -> Iterator[Markup]:
    marked = []
    for row, places in enumerate(rows):
        for column, place in enumerate(places):
            x, y = left + column * _CELL_WIDTH, top + row * _CELL_HEIGHT
            yield _cell(x, y, tensor.positions[place], size)
            if place in wrong:
                marked.append((x, y))
    for x, y in marked:  # last, so that no neighbour covers a frame
        yield _frame(x, y)


def _cell(x: int, y: int, position: int | None, size: int) -> Markup:
    tint = 0.0
    if position is not None and 0 <= position < size:
        tint = _LIGHTEST + (_DARKEST - _LIGHTEST) * position / max(size - 1, 1)
    square = path(
        f"M{x} {y}h{_CELL_WIDTH}v{_CELL_HEIGHT}h-{_CELL_WIDTH}z",
        "cell",
        fill="#2273b3",
        stroke="currentColor",
        fill_opacity=f"{tint:.2f}",
        stroke_opacity=0.35,
    )
    middle, below = x + _CELL_WIDTH // 2, y + _CELL_HEIGHT // 2 + 5
    return element("g", square, label(_spoken(position), middle, below, text_anchor="middle"))


def _frame(x: int, y: int) -> Markup:
    right, bottom = x + _CELL_WIDTH, y + _CELL_HEIGHT
    edge = f"M{x + 1} {y + 1}H{right - 1}V{bottom - 1}H{x + 1}Z"
    stroke = path(edge, "wrong", stroke="#c2560c", stroke_width=2.5)
    corner = f"M{right - 10} {y + 1}H{right - 1}V{y + 10}Z"
    return element("g", stroke, path(corner, "corner", fill="#c2560c"))


def _described(tensor: _Tensor, wrong: frozenset[int]) -> str:
    """The numbers row by row, and which of them are wrong, for whoever cannot see the picture."""
    parts = []
    for index, rows in tensor.blocks:
        said = "; ".join(
            " ".join(_spoken(tensor.positions[k]) + " (wrong)" * (k in wrong) for k in row)
            for row in rows
        )
        parts.append(f"{index}: {said}" if index else said)
    return one_line(". ".join(parts) or "no cells", characters=2000)


def _spoken(position: int | None) -> str:
    if position is None:
        return "?"
    return str(position) if abs(position) < 10_000 else "…"
