"""What an HTML page holds, as a strict reader sees it; and text that tries to be markup."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from grader.formats.parts.page import POLICY

ELEMENTS = frozenset(
    "html head meta title style body header main footer section article h1 h2 h3 h4 p small strong "
    "span table thead tbody tr th td ul li dl dt dd pre code details summary figure figcaption div "
    "svg desc g path rect text".split()
)
ATTRIBUTES = frozenset(
    "lang charset http-equiv content name class scope role aria-label aria-hidden tabindex width "
    "height x y rx d fill stroke fill-opacity stroke-opacity stroke-width stroke-dasharray "
    "stroke-linejoin stroke-linecap text-anchor font-size viewbox preserveaspectratio".split()
)
MARKUP = (
    "</title></style></pre></p></dl></svg>--><script>document.title='owned'</script>"
    "<img src=x onerror=\"document.title='owned'\"><svg onload=alert(1)><a href='javascript:1'>"
    "\" onmouseover=\"document.title='owned'\" style='background:url(https://example.org/x)' "
    "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe><base href=//example.org>"
    '<meta http-equiv=refresh content="0;url=https://example.org"><plaintext>&amp;&lt;b&#62;]]>'
)
LINKING = frozenset({"a", "ol"})  # and what comes with them
OF_LINKS = frozenset({"href", "rel", "open", "aria-current"})
OPEN = frozenset({"meta"})


@dataclass
class Page(HTMLParser):
    """Every element and attribute, the text outside style sheets, and what was left open."""

    elements: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str | None]] = field(default_factory=list)
    text: str = ""
    within: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs
        if tag not in OPEN:
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.within.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.within:
            self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def read(text: str, *, links: bool = False) -> Page:
    """The page, if nothing in it is anybody's but ours; a course's page also links to others."""
    page = Page()
    page.feed(text)
    page.close()
    assert page.within == []
    assert set(page.elements) <= ELEMENTS | (LINKING if links else set())
    assert {name for name, _ in page.attributes} <= ATTRIBUTES | (OF_LINKS if links else set())
    for name, value in page.attributes:
        assert value is not None
        if name == "content":
            assert value in (POLICY, "width=device-width, initial-scale=1")
        if name == "href":
            assert value.startswith(("https://", "http://"))
        if name in ("fill", "stroke"):
            assert "(" not in value
    return page
