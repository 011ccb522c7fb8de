"""The map of a course on a terminal: the units, or the exercises of some."""

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from grader.course.map import Map, Step, Stop
from grader.formats.parts.lines import hanging, indented, offered, page_width, printed, wrapped
from grader.formats.parts.scoreboard import LONGEST_BAR, SHORTEST_BAR, bar
from grader.formats.parts.text import one_line

_HERE, _ELSEWHERE, _GAP = "→ ", "  ", "  "
_TITLE = 20  # cells that a title must have beside its exercise


def render_units(course_map: Map, *, width: int, color: bool, command: str) -> str:
    """A row for each unit, and below it what it teaches; fits `width` cells, within reason."""
    columns = page_width(width)
    lines = [line for stop in course_map.stops for line in _unit(course_map, stop, columns)]
    lines += [Text(), *wrapped(course_map.total, columns, style="bold")]
    if course_map.next is None:
        return printed([*lines, Text("All done.", "green")], width=columns, color=color)
    following = f"{one_line(str(course_map.next.name))}, {one_line(course_map.next.title)}"
    lines += hanging("Next: ", following, columns)
    unit = one_line(course_map.next.name.unit)
    lines += offered("More: ", command, f"list {unit}", columns)
    return printed(lines, width=columns, color=color)


def render_exercises(course_map: Map, *, width: int, color: bool) -> str:
    """A row for each exercise of these units."""
    columns = page_width(width)
    lines: list[Text] = []
    for stop in course_map.stops:
        lines += [*_heading(course_map, stop, columns), Text()]
        names = max((cell_len(one_line(step.name.exercise)) for step in stop.steps), default=0)
        lines += [
            line for step in stop.steps for line in _exercise(course_map, step, names, columns)
        ]
        lines.append(Text())
    return printed([*lines, *wrapped(course_map.total, columns)], width=columns, color=color)


def _unit(course_map: Map, stop: Stop, width: int) -> list[Text]:
    points = {s: f"{s.earned}/{s.worth}" for s in course_map.stops}
    number = max(map(len, points.values()))
    word = max(len(course_map.word_of(s)) for s in course_map.stops)
    room = width - len(_HERE) - number - word - 2 * len(_GAP)
    name = min(max(cell_len(one_line(s.unit.name)) for s in course_map.stops), room)
    cells = min(room - name - len(_GAP), LONGEST_BAR)
    here = course_map.is_here(stop)
    row = Text.assemble((_HERE if here else _ELSEWHERE, "bold cyan"))
    row.append(set_cell_size(one_line(stop.unit.name), name) + _GAP, "bold" if here else "")
    if cells >= SHORTEST_BAR:
        full, empty = bar(stop.earned, stop.worth, stop.is_done, cells)
        row.append(full, "green" if stop.is_done else "cyan")
        row.append(empty + _GAP, "dim")
    row.append(points[stop].rjust(number) + _GAP)
    row.append(course_map.word_of(stop), "green" if stop.is_done else "cyan")
    summary = one_line(stop.unit.summary)
    return [row, *(indented(wrapped(summary, width - 4), 4) if summary else [])]


def _heading(course_map: Map, stop: Stop, width: int) -> list[Text]:
    worth = f"{stop.worth} of {stop.unit.points} points here"
    points = worth if course_map.is_kit else f"{stop.unit.points} points"
    title = f"{one_line(stop.unit.name)}: {one_line(stop.unit.title)} ({points})"
    summary = one_line(stop.unit.summary)
    below = indented(wrapped(summary, width - 2), 2) if summary else []
    return [*wrapped(title, width, style="bold"), *below]


def _exercise(course_map: Map, step: Step, names: int, width: int) -> list[Text]:
    mark = _HERE if step == course_map.next else _ELSEWHERE
    done = (course_map.done if step.is_done else "").ljust(len(course_map.done))
    shown = f"{step.worth}" if step.earned is None else f"{step.earned}/{step.worth}"
    name = set_cell_size(one_line(step.name.exercise), names)
    lead = f"{mark}{done}{_GAP}{name} {shown:>5}{_GAP}"
    if width - cell_len(lead) < _TITLE:
        rest = indented(wrapped(one_line(step.title), width - 6), 6)
        return [*wrapped(lead.rstrip(), width), *rest]
    return hanging(lead, one_line(step.title), width)
