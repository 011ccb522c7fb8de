"""What every page of ours has: a policy that allows no script and no request, and a style."""

from grader.formats.parts.markup import Markup, element, joined
from grader.formats.parts.style import page_style

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_BAR = 1000


def page(title: str, *body: Markup, style: str = "") -> str:
    """A whole page; `style` is added to that of all pages."""
    head = joined(
        Markup('<meta charset="utf-8">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", title),
        element("style", Markup(page_style() + style)),
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<head>{head}</head>\n'
        f"<body>{joined(*body)}</body>\n</html>\n"
    )


def bar(score: int, of: int) -> Markup:
    """How much is earned; for the eye alone, the numbers stand beside it."""
    return element(
        "svg",
        element("rect", class_="track", width=_BAR, height=8, rx=0),
        element("rect", class_="part", width=round(_BAR * score / of) if of else 0, height=8),
        viewBox=f"0 0 {_BAR} 8",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
