"""Pictures of what a learner's exercise does, beside what is right.

The file pictures_UNIT.py of a suite has a function for each exercise that can be drawn, of the
same name. It gets `student` and `reference`, as a test does, and returns what the builders here
give: a picture, several of them in a tuple, or None where there is nothing to see.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.report import Cells, Graph, Grid, Node, Plot, Series

Picture = Plot | Grid | Graph
MOST_NUMBERS = 4096
_MOST_AXES = 8
# Two curves that are closer than this part of their height look the same.
_VISIBLE = 2e-3


def numbers(value: Any) -> tuple[float, ...] | None:
    """Real numbers in reading order, at most `MOST_NUMBERS`; None if `value` holds others.

    A number, a tensor, an array, or a list or tuple of numbers and tensors of one element.
    """
    if isinstance(value, (Tensor, np.ndarray, np.generic)):
        return _of_tensor(value)
    if isinstance(value, (bool, int, float)):
        return (_float(value),)
    if not isinstance(value, (list, tuple, range)):
        return None
    found: list[float] = []
    for item in value[:MOST_NUMBERS]:
        one = numbers(item) if not isinstance(item, (list, tuple)) else None
        if one is None or len(one) != 1:
            return None
        found += one
    return tuple(found)


def line(name: str, role: str, x: Any, y: Any, *, points: bool = False) -> Series | None:
    """A series through the numbers of `x` and `y`; None if they are not equally many numbers.

    `role` is yours, right, data or difference.
    """
    across, up = numbers(x), numbers(y)
    if not across or not up or len(across) != len(up):
        return None
    return Series(name, role, across, up, points)


def plot(
    title: str,
    x_label: str,
    y_label: str,
    *series: Series | None,
    x_log: bool = False,
    y_log: bool = False,
) -> Plot | None:
    """The series that are there, what is right first; None without one of the learner's."""
    there = [one for one in series if one is not None]
    if not any(one.role == "yours" for one in there):
        return None
    order = ("right", "data", "difference", "yours")
    there.sort(key=lambda one: order.index(one.role))
    return Plot(title, x_label, y_label, tuple(there), x_log, y_log)


def curves(
    title: str,
    x_label: str,
    y_label: str,
    x: Any,
    yours: Any,
    right: Any,
    *,
    difference: bool = False,
    x_log: bool = False,
    y_log: bool = False,
) -> Plot | None:
    """The learner's curve over the right one; None if they look the same, or are none.

    `x` may be longer than the learner's numbers: what is missing is not drawn.
    """
    got, expected, across = numbers(yours), numbers(right), numbers(x)
    if not got or not expected or not across or look_same(got, expected, log=y_log):
        return None
    apart = [a - b for a, b in zip(got, expected, strict=False)]
    return plot(
        title,
        x_label,
        y_label,
        line("right", "right", across[: len(expected)], expected[: len(across)]),
        line("difference", "difference", across[: len(apart)], apart) if difference else None,
        line("yours", "yours", across[: len(got)], got[: len(across)]),
        x_log=x_log,
        y_log=y_log,
    )


def look_same(yours: Any, right: Any, *, log: bool = False) -> bool:
    """Whether nobody could see a difference: as many numbers, and equal to a hair's breadth."""
    got, expected = numbers(yours), numbers(right)
    if got is None or expected is None or len(got) != len(expected):
        return False
    if log:
        return all(map(_same_on_log_axis, got, expected))
    finite = [number for number in expected if math.isfinite(number)]
    height = max(finite, default=0.0) - min(finite, default=0.0)
    least = _VISIBLE * (height or max(map(abs, finite), default=0.0) or 1.0)
    return all(a == b or abs(a - b) <= least for a, b in zip(got, expected, strict=True))


def _same_on_log_axis(a: float, b: float) -> bool:
    if not (math.isfinite(a) and math.isfinite(b) and a > 0 and b > 0):
        return a == b or (a <= 0 and b <= 0)
    return abs(math.log(a / b) if a / b > 0 else math.inf) <= 0.05


def grid(title: str, given: Any, yours: Any, right: Any) -> Grid | None:
    """Where the numbers of `given`, which is arange in some shape, stand; None if all stand right.

    Tensors, or lists of numbers.
    """
    cells = [_cells(value) for value in (given, yours, right)]
    if cells[0] is None or cells[1] is None or cells[2] is None or cells[1] == cells[2]:
        return None
    return Grid(title, cells[0], cells[1], cells[2])


def graph(title: str, *nodes: tuple[str, Sequence[int], Any, float]) -> Graph | None:
    """A computation, and the learner's gradient at each of its numbers; None if all look right.

    A node is (how it was made, the places of the nodes that it was made from, which come before it,
    the learner's gradient, the right one).
    """
    drawn = tuple(
        Node(made, tuple(sources), _one_number(yours), right)
        for made, sources, yours, right in nodes
    )
    if all(node.yours is not None and look_same(node.yours, node.right) for node in drawn):
        return None
    return Graph(title, drawn)


def _one_number(value: Any) -> float | None:
    found = numbers(value)
    return found[0] if found is not None and len(found) == 1 else None


def _cells(value: Any) -> Cells | None:
    found = numbers(value)
    if found is None:
        return None
    shape = tuple(value.shape) if isinstance(value, (Tensor, np.ndarray)) else (len(found),)
    if len(shape) > _MOST_AXES or math.prod(shape) != len(found):
        return None
    positions = (int(n) if abs(n) < 1e9 and n == int(n) else None for n in found)
    return Cells(tuple(map(int, shape)), tuple(positions))


def _of_tensor(value: Any) -> tuple[float, ...] | None:
    """Of anything with numbers in it, real ones; others have no place in a picture."""
    try:
        tensor = torch.as_tensor(value).detach()
        if tensor.is_complex() or tensor.layout != torch.strided:
            return None
        first = tensor.reshape(-1)[:MOST_NUMBERS] if tensor.numel() <= 1_000_000 else None
        return None if first is None else tuple(first.cpu().to(torch.float64).tolist())
    except (TypeError, ValueError, RuntimeError, NotImplementedError):
        return None


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def first_of(value: Any, position: int) -> Any:
    """One part of what a learner returned as a tuple or list; None if it is not there."""
    if isinstance(value, (list, tuple)) and len(value) > position:
        return value[position]
    return None


def largest_error(value: Any, right: Any) -> float | None:
    """The largest absolute difference; None if there are not as many numbers as there should be."""
    got, expected = numbers(value), numbers(right)
    if not got or not expected or len(got) != len(expected):
        return None
    apart = [abs(a - b) for a, b in zip(got, expected, strict=True)]
    return max(apart) if all(map(math.isfinite, apart)) else math.nan
