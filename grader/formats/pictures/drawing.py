"""What every picture is made of."""

from grader.formats.parts.markup import Markup, element
from grader.formats.parts.text import one_line


def drawing(
    kind: str, title: str, described: str, *drawn: Markup, width: int, height: int
) -> Markup:
    """A picture with its title, and in words what it shows."""
    return element(
        "svg",
        element("title", one_line(title)),
        element("desc", described),
        *drawn,
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        class_=f"tk-{kind}",
    )


def path(way: str, kind: str, *, fill: str = "none", **how: str | float) -> Markup:
    return element("path", d=way, class_=f"tk-{kind}", fill=fill, **how)


def label(text: str, x: int | str, y: int | str, *, size: int = 14, **how: str) -> Markup:
    return element("text", text, x=x, y=y, **how, fill="currentColor", font_size=size)
