"""Relations between right numbers in wrong places: other axes, another order, another shape."""

import itertools
from collections.abc import Iterator

from torch import Tensor

from grader.suite.compare.closeness import (
    Closeness,
    Finder,
    count_unique,
    distinct,
    is_round,
    line_name,
)

MAX_LINES = 64


def reversed_order(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    if distinct(expected) < 3:
        return None
    for axis in range(got.ndim):
        if close(got.flip(axis), expected):
            return "the order is reversed" + f" along axis {axis}" * (got.ndim > 1)
    return None


def shifted(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    if got.ndim != 1 or len(got) < 4 or distinct(expected[1:-1]) < 2:
        return None
    if close(got[:-1], expected[1:]):
        return "every entry comes one place too early"
    if close(got[1:], expected[:-1]):
        return "every entry comes one place too late"
    return None


def moved_axes(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    if distinct(expected) < 3 or got.ndim != expected.ndim:
        return None
    for axes in _orders(got.ndim):
        if not close(got.permute(axes), expected):
            continue
        if got.ndim == 2:
            return "it is transposed: got.T would be right"
        moved = [axis for axis in range(got.ndim) if axes[axis] != axis]
        if len(moved) == 2:
            return f"axes {moved[0]} and {moved[1]} are exchanged"
        return f"the axes are in another order: got.permute{axes} would be right"
    return None


def regrouped(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    """`view` used where axes had to move.

    Read along other axes first, `expected` gives the numbers of `got` one by one. Where they are
    all different that is no chance.
    """
    if got.is_complex() or expected.is_complex() or count_unique(expected) < max(got.numel(), 6):
        return None
    for axes in _orders(expected.ndim):
        if close(got.flatten(), expected.permute(axes).flatten()):
            return (
                "the right numbers, regrouped: view and reshape keep the order in memory, "
                "only transpose and permute move axes"
            )
    return None


def other_lines(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    """Whole rows (or columns, or slices) that stand elsewhere."""
    if got.is_complex() or expected.is_complex() or got.ndim < 2:
        return None
    for axis in range(got.ndim):
        here, there = (t.movedim(axis, 0).flatten(1) for t in (got, expected))
        if not 3 <= len(here) <= MAX_LINES or here.shape[1] < 2:
            continue
        nearest = (here[:, None] - there[None]).abs().amax(2).argmin(0)
        if count_unique(nearest) == len(here) and close(here[nearest], there):
            return f"the {line_name(axis, got.ndim)} are right, but in another order"
    return None


def other_places(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    if got.is_complex() or expected.is_complex() or distinct(expected) < 4:
        return None
    if close(got.flatten().sort().values, expected.flatten().sort().values):
        return "the numbers are the right ones, but in other places"
    return None


def axis_of_one(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    """The shapes differ by one axis of size 1."""
    if not close(got.reshape(-1), expected.reshape(-1)):
        return None
    for axis in range(max(got.ndim, expected.ndim)):
        if _without(expected, axis) == got.shape:
            return f"the numbers are right, but axis {axis}, of size 1, is missing"
        if _without(got, axis) == expected.shape:
            return f"the numbers are right, but axis {axis}, of size 1, is one too many"
    return None


def _without(tensor: Tensor, axis: int) -> tuple[int, ...] | None:
    """The shape without this axis, if its size is 1."""
    shape = tuple(tensor.shape)
    return shape[:axis] + shape[axis + 1 :] if shape[axis : axis + 1] == (1,) else None


def other_shape(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    if distinct(expected) < 3 or not close(got.reshape(-1), expected.reshape(-1)):
        return None
    shape = tuple(expected.shape)
    return f"the numbers and their order are right: got.reshape{shape} would be right"


def repeated(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    """The expected numbers, broadcast along axes that they should not have."""
    extra = got.ndim - expected.ndim
    if extra < 0 or got.numel() <= expected.numel():
        return None
    sizes = (1,) * extra + tuple(expected.shape)
    axes = [axis for axis in range(got.ndim) if sizes[axis] == 1 < got.shape[axis]]
    if any(sizes[axis] != got.shape[axis] for axis in range(got.ndim) if axis not in axes):
        return None
    if not close(got, expected.expand(got.shape)):
        return None
    where = " and ".join(f"axis {axis}" for axis in axes)
    return f"the expected numbers are repeated along {where}"


def reduced(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    """One is the sum or the mean of the other."""
    for large, small, missing in ((got, expected, True), (expected, got, False)):
        if small.numel() >= large.numel() or distinct(large) < 2:
            continue
        if small.numel() == 1 and (small.is_complex() or is_round(float(small))):
            continue
        for name, axis, value in _reductions(large):
            if value.numel() == small.numel() and close(value.flatten(), small.flatten()):
                over = "all entries" if axis is None else f"axis {axis}"
                if axis is not None and close(value.unsqueeze(axis).expand_as(large), large):
                    return f"the expected numbers are repeated along {over}" if missing else None
                if missing:
                    return f"take the {name} over {over} too"
                return f"it is the {name} over {over} of what is expected"
    return None


def _reductions(tensor: Tensor) -> Iterator[tuple[str, int | None, Tensor]]:
    yield "mean", None, tensor.mean()
    yield "sum", None, tensor.sum()
    for axis in range(tensor.ndim if tensor.ndim > 1 else 0):
        yield "mean", axis, tensor.mean(axis)
        yield "sum", axis, tensor.sum(axis)


def cut(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    """The first or last entries are missing, or too many."""
    if got.ndim != expected.ndim:
        return None
    axes = [axis for axis in range(got.ndim) if got.shape[axis] != expected.shape[axis]]
    if len(axes) != 1:
        return None
    axis = axes[0]
    longer, shorter = sorted((got, expected), key=lambda t: t.shape[axis], reverse=True)
    size = shorter.shape[axis]
    count = longer.shape[axis] - size
    if distinct(shorter) < 2 or bool(((shorter == 0) | (shorter == 1)).all()):
        return None  # answers to yes-or-no questions agree by chance
    for end, start in (("last", 0), ("first", count)):
        if close(longer.narrow(axis, start, size), shorter):
            lines = line_name(axis, got.ndim, count)
            which = f"{lines} is" if count == 1 else f"{count} {lines} are"
            return f"the {end} {which} {'missing' if shorter is got else 'too many'}"
    return None


def _orders(axes: int) -> Iterator[tuple[int, ...]]:
    """Every order of the axes but the given one; those that move fewest axes come first."""
    orders = list(itertools.permutations(range(axes)))[1:]
    yield from sorted(orders, key=lambda order: sum(a != i for i, a in enumerate(order)))


SAME_SHAPE: tuple[Finder, ...] = (
    reversed_order,
    moved_axes,
    shifted,
    regrouped,
    other_lines,
    other_places,
)
OTHER_SHAPE: tuple[Finder, ...] = (
    axis_of_one,
    moved_axes,
    other_shape,
    repeated,
    reduced,
    cut,
    other_places,
)
