"""What every page of ours has: a style, and a policy that allows no request, and no script but
the page's own."""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

from grader.formats.parts.markup import Content, Markup, element, joined
from grader.formats.parts.text import one_line


def sheet(name: str) -> str:
    """One of our style sheets; every page reads well without them, too."""
    return (files("grader.formats.parts") / "css" / f"{name}.css").read_text("utf-8")


STYLE = sheet("feedback") + sheet("page")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_BAR = 1000


def page(
    title: str,
    *body: Markup,
    style: str = "",
    scripts: Sequence[str] = (),
    policy: Sequence[str] = (),
) -> str:
    """A whole page; `style` is added to that of all pages. The scripts are ours: they run as they
    stand, at the end, and the policy names each by its hash. `policy` is what it says besides."""
    if any("</script" in script for script in scripts):
        raise ValueError("a script that would end before its end")
    own = [Markup(f"<script>{script}</script>") for script in scripts]
    named = [f"script-src {' '.join(map(hash_of, scripts))}"] if scripts else []
    said = "; ".join([POLICY, *named, *policy])
    head = joined(
        Markup('<meta charset="utf-8">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{said}">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", title),
        element("style", Markup(STYLE + style)),
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<head>{head}</head>\n'
        f"<body>{joined(*body, *own)}</body>\n</html>\n"
    )


def hash_of(text: str) -> str:
    """As a policy names a script or a style."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode()}'"


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


def section(title: str, *content: Markup) -> Markup:
    return element("section", element("h2", title), *content)


def table(
    label: str, columns: Mapping[str, str], rows: Iterable[Sequence[Content]], kind: str = "board"
) -> Markup:
    """`columns` are titles, each with the class of its cells; the first cell names its row."""
    kinds = list(columns.values())
    head = [_cell("th", title, kind, scope="col") for title, kind in columns.items()]
    body = [
        element(
            "tr",
            _cell("th", first, kinds[0], scope="row"),
            *(_cell("td", content, kind) for content, kind in zip(rest, kinds[1:], strict=True)),
        )
        for first, *rest in rows
    ]
    return element(
        "table",
        element("thead", element("tr", *head)),
        element("tbody", *body),
        class_=kind,
        aria_label=label,
    )


def _cell(name: str, content: Content, kind: str, **attributes: str) -> Markup:
    shown = content if isinstance(content, Markup) else one_line(content, characters=1000)
    return element(name, shown, **({"class_": kind} if kind else {}), **attributes)
