"""The map of a course as a page that needs nothing beside it: no script, no request; and its path
as a part of others."""

import re
from importlib.resources import files

from grader.course.map import Map, Stop
from grader.formats.parts.markup import Markup, element
from grader.formats.parts.page import bar, page, table
from grader.formats.parts.text import counted, one_line

_LINK = re.compile(r"(?P<title>.*?):?\s*(?P<address>https?://\S+)")
STYLE = (files("grader.page") / "files" / "map.css").read_text(encoding="utf-8")


def render(course_map: Map) -> str:
    """A whole page: the units as a list, what each teaches, its exercises behind a fold."""
    lead = [element("p", f"{course_map.total}.", class_="lead")]
    if course_map.next is None:
        lead.append(element("p", "All done.", class_="lead"))
    else:
        name, title = one_line(str(course_map.next.name)), one_line(course_map.next.title)
        lead.append(element("p", "Next: ", element("code", name), f", {title}.", class_="lead"))
    title = one_line(course_map.title)
    header = element("header", element("h1", title), *lead)
    said = ["Made by ", element("code", "grade list --format html"), "; make it again to see more."]
    footer = element("footer", element("p", *said))
    return page(title, header, element("main", path(course_map)), footer, style=STYLE)


def path(course_map: Map, *, level: int = 2) -> Markup:
    """The units alone, in the style above; their headings are of this level."""
    units = [_unit(course_map, stop, level) for stop in course_map.stops]
    return element("ol", *units, class_="path", role="list")


def _unit(course_map: Map, stop: Stop, level: int) -> Markup:
    word = course_map.word_of(stop)
    so_far = [
        element("span", bar(stop.earned, stop.worth), class_="bar"),
        element("span", f"{stop.earned} of {counted(stop.worth, 'point')}"),
        *([element("span", word)] if word else []),
    ]
    summary = one_line(stop.unit.summary)
    folded = [
        element("summary", counted(len(stop.steps), "exercise")),
        _exercises(course_map, stop),
    ]
    here = course_map.is_here(stop)
    return element(
        "li",
        element(f"h{level}", one_line(stop.unit.title)),
        element("p", element("code", one_line(stop.unit.name))),
        *([element("p", summary)] if summary else []),
        element("p", *so_far, class_="so-far"),
        element("details", *folded, *_reading(stop, level + 1), **({"open": ""} if here else {})),
        **({"aria-current": "step"} if here else {}),
    )


def _exercises(course_map: Map, stop: Stop) -> Markup:
    columns = {"Exercise": "", "What it does": "title", "Points": "number", "State": "word"}
    rows = [
        (
            element("code", one_line(step.name.exercise)),
            one_line(step.title),
            f"{step.earned or 0}/{step.worth}",
            course_map.done if step.is_done else "next" if step == course_map.next else "",
        )
        for step in stop.steps
    ]
    return table(f"Exercises of {one_line(stop.unit.name)}", columns, rows)


def _reading(stop: Stop, level: int) -> list[Markup]:
    items = [element("li", _page_to_read(one_line(text))) for text in stop.unit.reading]
    heading = element(f"h{level}", "To read")
    return [heading, element("ul", *items, class_="names")] if items else []


def _page_to_read(text: str) -> Markup:
    """A link, if what its author wrote ends in an address."""
    found = _LINK.fullmatch(text)
    if found is None:
        return element("span", text)
    title = found["title"] or found["address"]
    return element("a", title, href=found["address"], rel="noreferrer")
