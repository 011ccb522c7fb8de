"""HTML and SVG as text: the one place where text becomes part of a page, and is escaped."""

import html

from grader.formats.parts.text import visible


class Markup(str):
    """Text that is markup already, made by `element` and `joined` alone."""

    __slots__ = ()


Content = str | Markup


def escaped(text: str) -> Markup:
    """`text` as it is to be seen: no character of it acts, in the page or on the reader."""
    return text if isinstance(text, Markup) else Markup(html.escape(visible(text)))


def element(name: str, /, *content: Content, **attributes: str | float) -> Markup:
    """One element; everything in it that is not markup is escaped.

    `_` in the name of an attribute stands for `-`, and is left out at its end (`class_`).
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(str(value))}"'
        for key, value in attributes.items()
    )
    return Markup(f"<{name}{written}>{joined(*content)}</{name}>")


def joined(*content: Content) -> Markup:
    return Markup("".join(map(escaped, content)))
