"""A plot as SVG. Which line is whose is told by its dashes or marks and by a label at its end."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from grader.formats.parts.markup import Markup, element
from grader.formats.parts.text import counted, one_line
from grader.formats.pictures.axes import Axis, spanning
from grader.formats.pictures.drawing import drawing, label, path
from grader.report import Plot, Series

Point = tuple[float, float]
_WIDTH, _HEIGHT = 530, 324
_LEFT, _TOP, _RIGHT, _BOTTOM = 66, 24, 402, 276  # of the frame; the labels stand to its right
_ROW = 19
_MOST_SERIES, _MOST_POINTS = 6, 400
# How far, in heights of what is right, wrong numbers may stretch the frame.
_STRETCH = 3.0
# How each role is drawn: by its own dashes or marks, and in its own colour besides. The attributes
# are what remains where a style sheet was taken away.
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


@dataclass(frozen=True)
class _Frame:
    x: Axis
    y: Axis

    def point(self, x: float, y: float) -> Point:
        """In the picture; not finite where there is no place for it."""
        across, up = _near(self.x.place(x)), _near(self.y.place(y))
        return _LEFT + across * (_RIGHT - _LEFT), _BOTTOM - up * (_BOTTOM - _TOP)

    def holds(self, y: float) -> bool:
        """Whether it is inside, or has no place at all."""
        return not (self.y.place(y) < -1e-9 or self.y.place(y) > 1 + 1e-9)


def _near(place: float) -> float:
    """A line to somewhere far outside still leaves the frame in the right direction."""
    return min(max(place, -3.0), 4.0) if math.isfinite(place) else place


def plot_svg(plot: Plot) -> Markup:
    series = _drawn(plot)
    frame = _frame(plot, series)
    return drawing(
        "plot",
        plot.title,
        " ".join(map(_described, plot.series[:_MOST_SERIES])) or "Nothing to draw.",
        *(_axes(plot, frame) if frame else ()),
        _clipped(*(_lines(one, frame) for one in series if frame)),
        *(_gone(one, frame) for one in series if frame and one.role != "difference"),
        *_labels(series, frame),
        width=_WIDTH,
        height=_HEIGHT,
    )


def plot_notes(plot: Plot) -> list[str]:
    """What the picture cannot show: numbers that are none, or that lie far outside."""
    frame, notes = _frame(plot, _drawn(plot)), []
    for one in plot.series[:_MOST_SERIES]:
        if one.role == "difference":  # its gaps are those of its two parts
            continue
        name, points = one_line(one.name), _points(one)
        finite = [y for _, y in points if math.isfinite(y)]
        if missing := len(points) - len(finite):
            said = (
                f"{missing:,} of {counted(len(points), 'number')} {'is' if missing == 1 else 'are'}"
            )
            notes.append(f"{name}: {said} NaN or infinite, marked on the axis below.")
        if outside := [y for y in finite if frame and not frame.holds(y)]:
            notes.append(f"{name}: goes far outside, as far as {max(outside, key=abs):.3g}.")
    return notes


def _drawn(plot: Plot) -> tuple[Series, ...]:
    return tuple(map(_thinned, plot.series[:_MOST_SERIES]))


def _points(series: Series) -> list[Point]:
    return list(zip(series.x, series.y, strict=False))


def _frame(plot: Plot, series: tuple[Series, ...]) -> _Frame | None:
    points = [point for one in series for point in _points(one)]
    margin = 0.05 if any(one.points for one in series) else 0.0  # marks need room, lines may touch
    x = spanning((x for x, _ in points), log=plot.x_log, margin=margin)
    y = spanning(_within_reach(plot, series), log=plot.y_log, margin=0.06)
    return None if x is None or y is None else _Frame(x, y)


def _within_reach(plot: Plot, series: tuple[Series, ...]) -> list[float]:
    """The heights that the frame is made for: far outliers would leave no room for the rest."""
    heights = [y for one in series for _, y in _points(one)]
    sound = [y for one in series if one.role in ("right", "data") for _, y in _points(one)]
    base = [y for y in sound if math.isfinite(y)]
    if not base or plot.y_log:
        return heights
    low, high = min(base), max(base)
    room = _STRETCH * (high - low if low < high else abs(low) or 1.0)
    return [min(max(y, low - room), high + room) for y in heights if math.isfinite(y)]


def _axes(plot: Plot, frame: _Frame) -> Iterator[Markup]:
    for value, said in frame.x.ticks():
        across, _ = frame.point(value, frame.y.low)
        yield _line(across, _TOP, across, _BOTTOM, "rule")
        yield _text(across, _BOTTOM + 18, said, "middle")
    for value, said in frame.y.ticks():
        _, up = frame.point(frame.x.low, value)
        yield _line(_LEFT, up, _RIGHT, up, "rule")
        yield _text(_LEFT - 7, up + 4.5, said, "end")
    yield _line(_LEFT, _TOP, _LEFT, _BOTTOM, "axis")
    yield _line(_LEFT, _BOTTOM, _RIGHT, _BOTTOM, "axis")
    yield _text((_LEFT + _RIGHT) / 2, _HEIGHT - 10, one_line(plot.x_label, characters=50), "middle")
    yield _text(_LEFT, _TOP - 10, one_line(plot.y_label, characters=50), "start")


def _lines(series: Series, frame: _Frame) -> Markup:
    if series.points:
        points = [p for p in _placed(series, frame) if _is_finite(p)]
        return _marks(series.role, points)
    way, pen = "", "M"
    for x, y in _placed(series, frame):
        if not _is_finite((x, y)):
            pen = "M"
            continue
        way += f"{pen}{x:.1f} {y:.1f}" + ("h0" if pen == "M" else "")  # a lone point is a dot
        pen = "L"
    return _stroke(series.role, way)


def _placed(series: Series, frame: _Frame) -> list[Point]:
    return [frame.point(x, y) for x, y in _points(series)]


def _is_finite(point: Point) -> bool:
    return math.isfinite(point[0]) and math.isfinite(point[1])


def _thinned(series: Series) -> Series:
    """At most `_MOST_POINTS`: of each stretch its lowest and highest, and a gap if it had one."""
    points = _points(series)
    if len(points) <= _MOST_POINTS:
        return series
    size = math.ceil(3 * len(points) / _MOST_POINTS)
    kept: list[Point] = []
    for start in range(0, len(points), size):
        stretch = points[start : start + size]
        finite = [point for point in stretch if _is_finite(point)]
        if finite:
            ends = {min(finite, key=itemgetter(1)), max(finite, key=itemgetter(1))}
            kept += sorted(ends, key=finite.index)
        kept += [point for point in stretch if not _is_finite(point)][:1]
    return replace(series, x=tuple(x for x, _ in kept), y=tuple(y for _, y in kept))


def _gone(series: Series, frame: _Frame) -> Markup:
    """On the axis, where the line has gaps because its numbers are not finite."""
    places = [(frame.point(x, frame.y.low)[0], y) for x, y in _points(series)]
    groups = groupby(places, lambda place: math.isfinite(place[0]) and not math.isfinite(place[1]))
    runs = [[across for across, _ in group] for is_gone, group in groups if is_gone]
    way = "".join(f"M{run[0] - 1:.1f} {_BOTTOM}H{run[-1] + 1:.1f}" for run in runs)
    if not way:
        return Markup()
    return path(way, "gone", stroke="#c2560c", stroke_width=5)


def _labels(series: tuple[Series, ...], frame: _Frame | None) -> Iterator[Markup]:
    """Beside the end of each line, moved apart where they would meet."""
    wanted = sorted((_end(one, frame), k) for k, one in enumerate(series))
    at = [max(_TOP + 10, y) for y, _ in wanted]
    for k in range(1, len(at)):
        at[k] = max(at[k], at[k - 1] + _ROW)
    for k in reversed(range(len(at))):
        at[k] = min(at[k], _BOTTOM - 6 - (len(at) - 1 - k) * _ROW)
    for y, (_, k) in zip(at, wanted, strict=True):
        role, start = series[k].role, _RIGHT + 10
        if series[k].points:
            yield _marks(role, [(start + 13, y)])
        else:
            yield _stroke(role, f"M{start} {y:.1f}h26")
        yield _text(start + 33, y + 4.5, one_line(series[k].name, characters=12), "start")


def _end(series: Series, frame: _Frame | None) -> float:
    """How high in the picture the line ends."""
    placed = _placed(series, frame) if frame else []
    ends = [y for x, y in placed if _is_finite((x, y))]
    return min(max(ends[-1], _TOP), _BOTTOM) if ends else _BOTTOM


def _clipped(*content: Markup) -> Markup:
    """Inside the frame alone: a nested picture shows nothing beyond its edges."""
    width, height = _RIGHT - _LEFT, _BOTTOM - _TOP
    return element(
        "svg",
        *content,
        x=_LEFT,
        y=_TOP,
        width=width,
        height=height,
        viewBox=f"{_LEFT} {_TOP} {width} {height}",
    )


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    opacity = 0.14 if kind == "rule" else 0.6
    way = f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"
    return path(way, kind, stroke="currentColor", stroke_opacity=opacity)


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return label(text, f"{x:.1f}", f"{y:.1f}", text_anchor=anchor)


def _stroke(role: str, way: str) -> Markup:
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


def _marks(role: str, points: list[tuple[float, float]]) -> Markup:
    """A cross is yours, a ring is right, a dot is given, a triangle is a difference."""
    role = role if role in _COLOURS else "data"
    left, mark = _MARKS[role]
    way = "".join(f"M{x - left:.1f} {y:.1f}{mark}" for x, y in points)
    fill = _COLOURS[role] if role == "data" else "none"
    return path(way, role, fill=fill, stroke=_COLOURS[role], stroke_width=2)


def _described(series: Series) -> str:
    finite = [y for y in series.y if math.isfinite(y)]
    name = one_line(series.name)
    if not finite:
        return f"{name}: no numbers to draw."
    return f"{name}: {counted(len(finite), 'point')}, from {min(finite):.4g} to {max(finite):.4g}."
