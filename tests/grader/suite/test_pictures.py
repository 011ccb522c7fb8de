"""What builders of pictures make of any numbers, and of what is none."""

import math

import numpy as np
import pytest
import torch

from grader.suite import pictures
from grader.suite.pictures import curves, graph, grid, line, look_same, numbers, plot

from .strange import STRANGE


@pytest.mark.parametrize("value", STRANGE)
def test_no_builder_stumbles_over_any_value(value: str) -> None:
    try:
        got = eval(value, {"torch": torch})
    except ZeroDivisionError:
        return
    right = torch.arange(6.0)
    for made in (
        numbers(got),
        line("yours", "yours", got, got),
        curves("t", "x", "y", range(6), got, right, difference=True),
        curves("t", "x", "y", got, got, got, x_log=True, y_log=True),
        grid("t", right, got, right),
        grid("t", got, got, got),
        graph("t", ("a", (), got, 1.0)),
    ):
        assert len(repr(made)) < 500_000
    look_same(got, right)


def test_numbers_are_taken_from_whatever_holds_them() -> None:
    assert numbers(3) == (3.0,)
    assert numbers(np.float32(0.5)) == (0.5,)
    assert numbers([torch.tensor(1.0), 2, np.array([3])]) == (1.0, 2.0, 3.0)
    assert numbers(torch.ones(2, 2, dtype=torch.bfloat16)) == (1.0,) * 4
    assert numbers(10**400) == (math.inf,)
    assert numbers("12") is None
    assert len(numbers([0.0] * 10**5) or ()) == pictures.MOST_NUMBERS


def test_a_plot_needs_something_of_the_learner() -> None:
    right = line("right", "right", [0, 1], [0, 1])
    assert plot("t", "x", "y", right, None) is None
    made = plot("t", "x", "y", line("yours", "yours", [0, 1], [1, 1]), right)
    assert made is not None
    assert [series.role for series in made.series] == ["right", "yours"]


def test_what_looks_the_same_is_not_drawn() -> None:
    x = torch.linspace(0, 1, 5)
    assert curves("t", "x", "y", x, x + 1e-6, x) is None
    assert curves("t", "x", "y", x, x + 0.1, x) is not None
    assert curves("t", "x", "y", range(9), x[:4], x) is not None
    assert curves("t", "x", "y", range(9), [1e-9] * 3, [1.02e-9] * 3, y_log=True) is None
    assert curves("t", "x", "y", range(9), [1e-9] * 3, [1e-7] * 3, y_log=True) is not None
    assert grid("t", torch.arange(6), torch.arange(6), torch.arange(6)) is None


def test_a_graph_is_drawn_where_a_gradient_is_wrong() -> None:
    assert graph("t", ("a", (), 2.0, 2.0), ("y = a * a", (0, 0), torch.tensor(1.0), 1.0)) is None
    made = graph("t", ("a", (), None, 2.0), ("y = a * a", (0, 0), 1.0, 1.0))
    assert made is not None
    assert [node.yours for node in made.nodes] == [None, 1.0]


def test_cells_that_are_no_positions_are_none() -> None:
    made = grid("t", torch.arange(3), torch.tensor([0.5, math.nan, 2.0]), torch.arange(3))
    assert made is not None
    assert made.yours.positions == (None, None, 2)
