"""Which positions in memory a call has written, and where numbers stand afterwards."""

import numpy as np
import torch

from grader.suite import recorded
from grader.suite.pictures import curves, first_of, grid

ROWS = torch.tensor([True, False, True, False])


def positions(*shape):
    """A tensor whose every number is its own position in memory."""
    return torch.arange(torch.Size(shape).numel()).reshape(shape)


def from_array(student, reference):
    given, drawn = positions(2, 3), []
    rig = student.bring("rig_tensors")
    for copy, right in ((False, [[0, 1, 2], [3, 90, 5]]), (True, [[0, 1, 2], [3, 4, 5]])):
        array = np.array(given.tolist())
        seen, _ = rig.tensor_of(array, copy, "rows", (1, 1), (90, 91))
        title = f"from_array(array, copy={copy}), after array[1, 1] = 90"
        drawn.append(grid(title, given, seen, torch.tensor(right)))
    return tuple(drawn)


def to_numpy(student, reference):
    x = positions(2, 3)
    given = x.clone()
    seen = first_of(student.bring("rig_tensors").array_of_(x, (1, 1), 90), 0)
    return grid("to_numpy(x), after x[1, 1] = 90", given, seen, given)


def with_positions(student, reference):
    x = torch.zeros(1, 8, 1)
    right = reference.with_positions(x)
    yours = student.with_positions(x.clone())
    title = "with_positions(x) for T = 8 tokens of zeros"
    return curves(title, "t", "added to token t", range(8), yours, right)


def round_to_int(student, reference):
    x = torch.arange(-20, 21) / 8
    right = reference.round_to_int(x)
    yours = student.round_to_int(x.clone())
    return curves("round_to_int(x)", "x", "whole number", x, yours, right)


def set_where_(student, reference):
    memory, turned = positions(4, 3), positions(4, 4)
    given = memory.clone(), turned.clone()
    right = [with_value(x, 1) for x in (memory, turned.T[:, 1:])]
    right[1] = torch.cat([turned[:1], right[1].T])
    student.set_where_(memory, ROWS, 1, 90)
    student.set_where_(turned.T[:, 1:], ROWS, 1, 90)
    return (
        grid("x after set_where_(x, mask, 1, 90): rows 0 and 2", given[0], memory, right[0]),
        grid("memory after set_where_(memory.T[:, 1:], mask, 1, 90)", given[1], turned, right[1]),
    )


@recorded
def with_value(x, column):
    """x with 90 in the rows of the mask."""
    made = x.clone()
    for n in (0, 2):
        made[n, column] = 90
    return made


def swap_columns_(student, reference):
    x, turned = positions(3, 4), positions(3, 4)
    given = x.clone()
    right = exchanged(x, 0, 2), exchanged(turned.T, 0, 2).T
    student.swap_columns_(x, 0, 2)
    student.swap_columns_(turned.T, 0, 2)
    return (
        grid("x after swap_columns_(x, 0, 2)", given, x, right[0]),
        grid("memory after swap_columns_(memory.T, 0, 2)", given, turned, right[1]),
    )


@recorded
def exchanged(x, i, j):
    """x with two columns exchanged."""
    columns = [x[:, d] for d in range(x.shape[1])]
    columns[i], columns[j] = columns[j], columns[i]
    return torch.stack(columns, dim=1)
