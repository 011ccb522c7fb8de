"""How each role of a plot is drawn: by its own dashes or marks, and in its own colour besides."""

from grader.formats.parts.markup import Markup
from grader.formats.pictures.drawing import path

# The attributes are what remains where a style sheet was taken away.
_COLOURS = {"yours": "#c2560c", "right": "#2273b3", "data": "#6f7683", "difference": "#8b5cd6"}
_DASHES = {"yours": "7 5", "data": "1 5", "difference": "9 4 2 4"}
# How far to the left of its middle a mark begins, and its way from there.
_MARKS = {
    "yours": (4, "m0 -4l8 8m0 -8l-8 8"),
    "right": (5, "a5 5 0 1 0 10 0a5 5 0 1 0 -10 0"),
    "data": (1.5, "a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0 -3 0"),
    "difference": (5, "m0 4l5 -9l5 9z"),
}
_WIDTHS = {"yours": 2.4, "right": 3.2, "data": 2.4, "difference": 1.8}


def stroke(role: str, way: str) -> Markup:
    role = role if role in _COLOURS else "data"
    dashes = {"stroke_dasharray": _DASHES[role]} if role in _DASHES else {}
    return path(
        way,
        role,
        stroke=_COLOURS[role],
        stroke_width=_WIDTHS[role],
        stroke_linejoin="round",
        stroke_linecap="butt" if role in ("yours", "difference") else "round",
        **dashes,
    )


def marks(role: str, points: list[tuple[float, float]]) -> Markup:
    """A cross is yours, a ring is right, a dot is given, a triangle is a difference."""
    role = role if role in _COLOURS else "data"
    left, mark = _MARKS[role]
    way = "".join(f"M{x - left:.1f} {y:.1f}{mark}" for x, y in points)
    fill = _COLOURS[role] if role == "data" else "none"
    return path(way, role, fill=fill, stroke=_COLOURS[role], stroke_width=2)
