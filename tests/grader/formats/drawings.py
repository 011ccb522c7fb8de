"""Pictures for the tests of the formats: sound ones, and arbitrary ones."""

import dataclasses
import math

from hypothesis import strategies as st

from grader.report import Cells, Graph, Grid, Node, Plot, Report, Series

from .samples import any_text

X = tuple(k / 10 for k in range(-60, 61))
CURVE = Plot(
    "tanh(x) for x from -6 to 6",
    "x",
    "tanh(x)",
    (
        Series("right", "right", X, tuple(map(math.tanh, X))),
        Series("difference", "difference", X, tuple(x - math.tanh(x) for x in X)),
        Series("yours", "yours", X, tuple(math.nan if x < -4 else x for x in X)),
    ),
)
POINTS = Plot(
    "prediction against truth",
    "true y",
    "predicted y",
    (
        Series("right", "right", X[:5], X[:5], points=True),
        Series("data", "data", X[:5], X[:5], points=True),
        Series("yours", "yours", X[:5], X[5:10], points=True),
    ),
)
MOVED = Grid(
    "split_heads(x, heads=2)",
    Cells((2, 3), tuple(range(6))),
    Cells((1, 3, 2), tuple(range(6))),
    Cells((1, 3, 2), (0, 3, 1, 4, 2, 5)),
)
MADE = Graph(
    "y = a * a",
    (Node("a = 3", (), 3.0, 6.0), Node("y = a * a", (0, 0), 1.0, 1.0)),
)
PICTURES = (CURVE, POINTS, MOVED, MADE)

any_number = st.floats() | st.sampled_from([0.0, 5e-324, 1.7e308, -1.7e308, 1e17, 1.0])
_numbers = st.lists(any_number, max_size=40).map(tuple)
any_series = st.builds(
    Series,
    any_text,
    st.sampled_from(["yours", "right", "data", "difference"]) | any_text,
    _numbers,
    _numbers,
    st.booleans(),
)
any_plot = st.builds(
    Plot,
    any_text,
    any_text,
    any_text,
    st.lists(any_series, max_size=8).map(tuple),
    st.booleans(),
    st.booleans(),
)
any_cells = st.builds(
    Cells,
    st.lists(st.integers(-1, 10**9) | st.integers(0, 3), max_size=5).map(tuple),
    st.lists(st.none() | st.integers() | st.integers(0, 12), max_size=40).map(tuple),
)
any_grid = st.builds(Grid, any_text, any_cells, any_cells, any_cells)
any_node = st.builds(
    Node,
    any_text,
    st.lists(st.integers(-2, 20), max_size=4).map(tuple),
    st.none() | any_number,
    any_number,
)
any_graph = st.builds(Graph, any_text, st.lists(any_node, max_size=20).map(tuple))


def with_pictures(report: Report, *pictures: Plot | Grid | Graph) -> Report:
    """The same report, with these pictures at every exercise."""
    units = tuple(
        dataclasses.replace(
            unit,
            exercises=tuple(dataclasses.replace(e, pictures=pictures) for e in unit.exercises),
        )
        for unit in report.units
    )
    return dataclasses.replace(report, units=units)
