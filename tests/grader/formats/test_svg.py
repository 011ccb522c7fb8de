"""Pictures: well-formed and bounded whatever the numbers are, and true where they are sound."""

import math
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.formats.pictures.axes import spanning
from grader.formats.pictures.figure import figure
from grader.formats.pictures.grid import grid_notes
from grader.formats.pictures.plot import plot_notes
from grader.report import Cells, Graph, Grid, Node, Plot, Series

from .drawings import CURVE, MADE, MOVED, POINTS, any_graph, any_grid, any_number, any_plot

MOST_BYTES = 300_000


def parsed(picture: Plot | Grid | Graph) -> ElementTree.Element:
    text = figure(picture)
    assert len(text) < MOST_BYTES
    return ElementTree.fromstring(text)


def texts(root: ElementTree.Element, name: str) -> list[str]:
    return ["".join(node.itertext()) for node in root.iter(name)]


@given(any_plot)
def test_any_plot_is_well_formed_and_bounded(plot: Plot) -> None:
    root = parsed(plot)
    for node in root.iter():
        drawn = " ".join(node.get(key, "") for key in ("d", "x", "y", "viewBox"))
        assert "nan" not in drawn
        assert "inf" not in drawn
        assert all(abs(float(n)) < 1e5 for n in re.findall(r"-?\d+\.?\d*(?:e\S+)?", drawn))


@given(any_grid)
def test_any_grid_is_well_formed_and_bounded(grid: Grid) -> None:
    assert len(list(parsed(grid).iter("svg"))) == 3


@given(any_graph)
def test_any_graph_is_well_formed_and_bounded(graph: Graph) -> None:
    (drawn,) = parsed(graph).iter("svg")
    assert int(drawn.get("width", "")) < 5000
    assert int(drawn.get("height", "")) < 5000


def test_a_graph_frames_what_is_wrong_and_draws_every_use() -> None:
    root = parsed(MADE)
    assert [p.get("class") for p in root.iter("path")] == [
        "tk-edge",
        "tk-edge",
        "tk-wrong",
        "tk-corner",
        "tk-node",
    ]
    assert "1 of 2 gradients is wrong" in "".join(root.itertext())
    right = Graph("y = a", (Node("a = 3", (), 1.0, 1.0),))
    assert "Every gradient is right." in "".join(parsed(right).itertext())


def test_a_long_series_is_thinned_and_keeps_its_extremes() -> None:
    count = 100_000
    y = [0.0] * count
    y[54_321] = 1.0
    for points in (False, True):
        series = Series("yours", "yours", tuple(map(float, range(count))), tuple(y), points)
        root = parsed(Plot("spike", "x", "y", (series,)))
        (longest,) = {max((p.get("d", "") for p in root.iter("path")), key=len)}
        heights = [float(n) for n in re.findall(r"[ML][\d.-]+ ([\d.-]+)", longest)]
        assert max(heights) - min(heights) > 150, "the spike is gone"


def test_every_picture_has_a_name_and_a_description() -> None:
    for picture in (CURVE, POINTS, MOVED, MADE):
        for svg in parsed(picture).iter("svg"):
            if svg.get("role"):
                assert svg.get("role") == "img"
                assert [child.tag for child in svg][:2] == ["title", "desc"]
                assert texts(svg, "desc") != [""]


def test_roles_differ_by_more_than_colour() -> None:
    lines = {
        role: re.sub(r"#\w{6}|tk-\w+", "", figure(line))
        for role in ("yours", "right", "data", "difference")
        for line in [Plot("t", "x", "y", (Series("s", role, (0.0, 1.0), (0.0, 1.0)),))]
    }
    marks = {
        role: re.sub(r"#\w{6}|tk-\w+", "", figure(cloud))
        for role in ("yours", "right", "data", "difference")
        for cloud in [Plot("t", "x", "y", (Series("s", role, (0.0, 1.0), (0.0, 1.0), True),))]
    }
    assert len(set(lines.values())) == len(set(marks.values())) == 4


def test_gaps_break_the_line_and_are_told() -> None:
    y = (0.0, 1.0, math.nan, math.inf, 1.0, 0.0)
    plot = Plot("t", "x", "y", (Series("yours", "yours", tuple(map(float, range(6))), y),))
    drawn = [p.get("d", "") for p in parsed(plot).iter("path") if p.get("class") == "tk-yours"]
    assert max(path.count("M") for path in drawn) == 2
    assert plot_notes(plot) == [
        "yours: 2 of 6 numbers are NaN or infinite, marked on the axis below."
    ]
    (gone,) = (p.get("d") for p in parsed(plot).iter("path") if p.get("class") == "tk-gone")
    assert gone is not None
    assert gone.count("M") == 1


def test_what_is_far_outside_leaves_room_for_what_is_right() -> None:
    x = (0.0, 1.0, 2.0)
    right, yours = Series("right", "right", x, (0.0, 1.0, 0.0)), (0.0, 1e30, -1e30)
    plot = Plot("t", "x", "y", (right, Series("yours", "yours", x, yours)))
    labels = texts(parsed(plot), "text")
    assert {"0", "2", "4"} <= set(labels)
    assert plot_notes(plot) == ["yours: goes far outside, as far as 1e+30."]


def test_labels_of_lines_that_end_together_stay_apart() -> None:
    x = (0.0, 1.0)
    series = tuple(Series(f"s{k}", "data", x, x) for k in range(6))
    heights = sorted(
        float(node.get("y", "0"))
        for node in parsed(Plot("t", "x", "y", series)).iter("text")
        if (node.text or "").startswith("s")
    )
    assert len(heights) == 6
    assert all(b - a >= 18 for a, b in pairwise(heights))


def test_wrong_cells_are_framed_and_named() -> None:
    root = parsed(MOVED)
    frames = [node for node in root.iter("path") if node.get("class") == "tk-wrong"]
    corners = [node for node in root.iter("path") if node.get("class") == "tk-corner"]
    assert len(frames) == len(corners) == 4
    assert "1 (wrong) 2 (wrong)" in " ".join(texts(root, "desc")).replace(";", "")
    assert grid_notes(MOVED) == ["4 of 6 numbers stand in the wrong place: framed, with a corner."]


def test_another_shape_is_said_in_words() -> None:
    flat = Cells((6,), tuple(range(6)))
    notes = grid_notes(Grid("t", MOVED.given, flat, MOVED.right))
    assert notes == ["The shape is (6,); it should be (1, 3, 2)."]


def test_a_large_tensor_is_cut_and_says_so() -> None:
    large = Cells((64, 64), tuple(range(4096)))
    picture = Grid("t", large, large, Cells((64, 64), tuple(reversed(range(4096)))))
    assert (
        len(list(parsed(picture).iter("path"))) <= 1280
    )  # 256 of each tensor, and a frame with its corner for each wrong one
    assert grid_notes(picture)[-1] == "Only the first part of each tensor is drawn."


def test_an_empty_tensor_has_no_cells_whatever_its_axes() -> None:
    empty = Cells((10**9, 0, 1, 1), ())
    assert "no cells" in texts(parsed(Grid("t", empty, empty, MOVED.right)), "desc")


@given(st.lists(any_number, min_size=1, max_size=5), st.booleans(), st.sampled_from([0.0, 0.06]))
def test_axes_hold_their_numbers_and_a_few_round_ticks(
    values: list[float], log: bool, margin: float
) -> None:
    axis = spanning(values, log=log, margin=margin)
    if axis is None:
        assert not any(abs(v) < 1e250 and (v > 1e-250 or not log) for v in values)
        return
    assert axis.low < axis.high
    for value in values:
        place = axis.place(value)
        assert math.isfinite(place) == (math.isfinite(value) and (value > 0 or not log))
        if abs(value) <= 1e250 and (value >= 1e-250 or not log):
            assert -1e-6 <= place <= 1 + 1e-6
    ticks = axis.ticks()
    assert 1 <= len(ticks) <= 12
    assert all(a[0] < b[0] for a, b in pairwise(ticks))
    assert len({label for _, label in ticks}) == len(ticks)
    assert all(len(label) <= 14 for _, label in ticks)
    for value, label in ticks:
        assert -1e-9 <= axis.place(value) <= 1 + 1e-9
        named = float(label.replace("\N{MINUS SIGN}", "-"))
        assert math.isclose(named, value, rel_tol=1e-9, abs_tol=1e-260)


@pytest.mark.parametrize(
    ("values", "log", "labels"),
    [
        ((-6, 6), False, "−6 −4 −2 0 2 4 6"),
        ((0, 1), False, "0.0 0.2 0.4 0.6 0.8 1.0"),
        ((1e-12, 1e-2), True, "1e−12 1e−10 1e−8 1e−6 1e−4 0.01"),
        ((0.3, 30), True, "0.5 1 2 5 10 20"),
        ((3, 3), False, "2.998 3.000 3.002"),
        ((0, 3e-5), False, "0 1e−5 2e−5 3e−5"),
    ],
)
def test_ticks_as_one_would_write_them(values: tuple[float, ...], log: bool, labels: str) -> None:
    axis = spanning(map(float, values), log=log)
    assert axis is not None
    assert " ".join(label for _, label in axis.ticks()) == labels
