"""A graph of computation as SVG: a box for each number, with its gradient beside the right one."""

import math
from collections.abc import Iterator

from grader.formats.parts.markup import Markup, element
from grader.formats.parts.text import counted, one_line
from grader.formats.pictures.drawing import drawing, label, path
from grader.report import Graph, Node

_WIDTH, _HEIGHT, _ACROSS, _DOWN, _EDGE = 132, 62, 44, 18, 3
_MOST_NODES = 16

Place = tuple[int, int]


def graph_svg(graph: Graph) -> Markup:
    nodes = graph.nodes[:_MOST_NODES]
    places = _places(nodes)
    return drawing(
        "graph",
        graph.title,
        "; ".join(map(_described, nodes)) or "Nothing to draw.",
        *_edges(nodes, places),
        *(_box(node, place) for node, place in zip(nodes, places, strict=True)),
        width=max((x for x, _ in places), default=0) + _WIDTH + _EDGE,
        height=max((y for _, y in places), default=0) + _HEIGHT + _EDGE,
    )


def graph_notes(graph: Graph) -> list[str]:
    """How many gradients are wrong, in words."""
    wrong = sum(map(_is_wrong, graph.nodes))
    of = counted(len(graph.nodes), "gradient")
    said = f"{wrong} of {of} {'is' if wrong == 1 else 'are'} wrong: framed, with a corner."
    return [said if wrong else "Every gradient is right."]


def _sources(node: Node, number: int) -> list[int]:
    """Those that stand before it: whatever else is named has no place in a picture."""
    return [source for source in node.sources if 0 <= source < number]


def _places(nodes: tuple[Node, ...]) -> list[Place]:
    """A column to the right of all that a number was made from; in it, one below the other."""
    columns: list[int] = []
    for number, node in enumerate(nodes):
        columns.append(1 + max((columns[s] for s in _sources(node, number)), default=-1))
    rows = [columns[:number].count(column) for number, column in enumerate(columns)]
    return [
        # Every other column stands half a box lower, so that no edge runs through a box unseen.
        (_EDGE + column * (_WIDTH + _ACROSS), _EDGE + row * (_HEIGHT + _DOWN) + column % 2 * 40)
        for column, row in zip(columns, rows, strict=True)
    ]


def _edges(nodes: tuple[Node, ...], places: list[Place]) -> Iterator[Markup]:
    for number, node in enumerate(nodes):
        x, y = places[number]
        for source in _sources(node, number):
            left, top = places[source]
            start = f"M{left + _WIDTH} {top + _HEIGHT // 2}"
            way = f"{start}C{x - 20} {top + _HEIGHT // 2} {x - 20} {y + _HEIGHT // 2}"
            way += f" {x} {y + _HEIGHT // 2}"
            yield path(way, "edge", stroke="currentColor", stroke_opacity=0.5)


def _box(node: Node, place: Place) -> Markup:
    (x, y), wrong = place, _is_wrong(node)
    way = f"M{x} {y}h{_WIDTH}v{_HEIGHT}h-{_WIDTH}z"
    how = ("wrong", "#c2560c", 2.5) if wrong else ("node", "currentColor", 1)
    frame = path(way, how[0], stroke=how[1], stroke_width=how[2])
    parts = [frame, label(one_line(node.made, characters=18), x + 8, y + 17)]
    if wrong:
        corner = f"M{x + _WIDTH - 11} {y}h11v11z"
        parts.append(path(corner, "corner", fill="#c2560c"))
    parts.append(label(f"yours {_spoken(node.yours)}", x + 8, y + 36, size=13))
    parts.append(label(f"right {_spoken(node.right)}", x + 8, y + 54, size=13))
    return element("g", *parts)


def _is_wrong(node: Node) -> bool:
    return node.yours is None or not math.isclose(node.yours, node.right, rel_tol=1e-6)


def _spoken(number: float | None) -> str:
    return "is no number" if number is None else f"{number:.4g}"


def _described(node: Node) -> str:
    wrong = " (wrong)" if _is_wrong(node) else ""
    made = one_line(node.made, characters=40)
    return f"{made}: {_spoken(node.yours)}{wrong}, right is {_spoken(node.right)}"
