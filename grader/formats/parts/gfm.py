"""Untrusted text in GitHub's Markdown: only ever as code.

In code GitHub makes no link, mention or reference, and obeys neither Markdown nor HTML. Escapes
would not do: it looks for @names, #1 and addresses after it has undone them.
"""

import re
from collections.abc import Iterable

from grader.formats.parts.text import one_line

_FENCE = re.compile("`+")
# The one ends a code span, the other a table cell, wherever they stand.
_ENDING = re.compile(r"[`|]")


def code(text: str) -> str:
    """A code span on one line, in a table cell or elsewhere."""
    inner = _ENDING.sub(lambda sign: f"\\x{ord(sign[0]):x}", one_line(text))
    return f"`{inner or ' '}`"


def fenced(rows: Iterable[str]) -> str:
    """A block of rows that were made visible; no run of backticks in them can end it."""
    text = "\n".join(rows)
    longest = max(map(len, _FENCE.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
