"""What somebody has written of an exercise file: read as text, since it is never parsed here."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from grader.work.magics import end_of_statement

MOST_BLOCKS = 2000  # functions and classes of a text that are looked at
MOST_LEVELS = 4  # of them, one in another: each is read once for every one around it

_DOCSTRING = re.compile(r'\A(?:\s|#[^\n]*\n)*[rR]?("""|\'\'\').*?(?:\1|\Z)', re.DOTALL)
_DEFINITION = re.compile(r"^([ \t]{0,8})(?:async[ \t]+def|def)[ \t]", re.MULTILINE)
_NEXT = r"^[ \t]{0,%d}[^ \t\n#)\]}]"
_PART = re.compile(r"^([ \t]{0,16})(?:(class)|async[ \t]+def|def)[ \t]+(\w+)", re.MULTILINE)
_ANY_NAME = re.compile(
    r"^(?:[ \t]{0,8}(?:async[ \t]+def|def|class)[ \t]+(\w+)|(\w+)[ \t]*=(?!=))", re.MULTILINE
)
_ASSIGNED = re.compile(r"^(\w+)[ \t]*(?::[^\n=]*)?=(?!=)[ \t]*(lambda\b)?", re.MULTILINE)
_IMPORT = re.compile(
    r"(?:^|[:;])[ \t]*(?:from|import)[ \t]+([^\n(#;]*+(?:\([^()]{0,2000}+\))?)", re.MULTILINE
)
_BLOCK = re.compile(r"(?:if|elif|else|try|except|finally)\b")
_DEFINED = re.compile(r"(?:async[ \t]+def|def|class)[ \t]+(\w+)|(\w+)[ \t]*=(?!=)")
_NO_CODE = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*+")
_STRING = re.compile(r"[ \t]*[rR]?[\"\']")
_OPEN = re.compile(r"[ \t]*raise[ \t]+NotImplementedError\b")
_OPEN_AT_ONCE = re.compile(r":[ \t]*raise[ \t]+NotImplementedError\b[^\n]*\Z")


@dataclass(frozen=True)
class Part:
    """A function or class as it stands in a text, from its first line to its last.

    `name` tells what it stands in: `Model.forward`, `Model.__init__.forward`. `is_stub` says that
    it does nothing but raise NotImplementedError, and `level` how far its body is indented.
    """

    name: str
    first: int
    last: int
    is_class: bool
    is_stub: bool
    level: int


@lru_cache(maxsize=16)
def parts_of(text: str) -> tuple[Part, ...]:
    """Every function and class that is not indented too far, in the order of the text; of very many
    the first."""
    found: list[Part] = []
    first, counted = 1, 0
    names: list[str] = []
    for start, block, level in _blocks(text, _PART):
        names[level:] = [start[3]]
        first += text.count("\n", counted, start.start())
        counted = start.start()
        last = first + block.rstrip().count("\n")
        code, end = _code(block)
        body = block[code:]
        indent = len(body) - len(body.lstrip(" \t"))
        is_stub = end is not None and _is_all(block, end)
        found.append(Part(".".join(names), first, last, bool(start[2]), is_stub, indent))
    return tuple(found)


def part_at(parts: Sequence[Part], line: int) -> Part | None:
    """The innermost function that the line stands in."""
    around = (part for part in reversed(parts) if part.first <= line <= part.last)
    return next((part for part in around if not part.is_class), None)


def names_of(text: str) -> frozenset[str]:
    """The functions and classes that stand in it, written or not."""
    return frozenset(name for indent, _, name in _PART.findall(text) if not indent)


def mentioned(texts: Iterable[str]) -> frozenset[str]:
    """What they define, methods as well, written or not."""
    found = (names for text in texts for names in _ANY_NAME.findall(text))
    return frozenset(defined or assigned for defined, assigned in found)


def defined_in(text: str) -> list[str]:
    """What it seems to define, also under an `if` or `try` at its top level."""
    found, inner = [], 0
    for line in text.split("\n"):
        code = line.lstrip(" \t")
        indent = len(line) - len(code)
        if not code or code.startswith("#"):
            continue
        if not indent:
            inner = -1 if _BLOCK.match(code) else 0
        elif inner < 0:
            inner = indent
        if indent in (0, inner) and (name := _DEFINED.match(code)):
            found.append(name[1] or name[2])
    return found


def imported(text: str) -> list[str]:
    """The names in its imports, those of modules among them."""
    return [name for names in _IMPORT.findall(text) for name in re.findall(r"\w+", names)]


def written(text: str, names: Iterable[str] = ()) -> frozenset[str]:
    """The functions, as texts, that do more than say at once that they are not implemented.

    A lambda counts as a function, and so does whatever else is assigned to one of `names`.
    """
    text, wanted = _DOCSTRING.sub("", text), frozenset(names)
    given = (start for start in _ASSIGNED.finditer(text) if start[2] or start[1] in wanted)
    found = [block for _, block, _ in _blocks(text, _DEFINITION) if _code(block)[1] is None]
    found += [_block(text, start, 0) for start in islice(given, MOST_BLOCKS)]
    return frozenset("\n".join(map(str.rstrip, block.rstrip().split("\n"))) for block in found)


def _blocks(text: str, begins: re.Pattern[str]) -> Iterator[tuple[re.Match[str], str, int]]:
    """Where each begins, its text, and in how many others it stands."""
    around: list[int] = []  # where each ends that has begun
    for start in islice(begins.finditer(text), MOST_BLOCKS):
        while around and around[-1] <= start.start():
            around.pop()
        if len(around) < MOST_LEVELS:
            block = _block(text, start, len(start[1]))
            yield start, block, len(around)
            around.append(start.start() + len(block))


def _block(text: str, start: re.Match[str], indent: int) -> str:
    following = re.compile(_NEXT % indent, re.MULTILINE).search(text, start.end())
    return text[start.start() : following.start() if following else len(text)]


def _code(block: str) -> tuple[int, int | None]:
    """Where its code begins, below its first line, docstring and comments; and where the statement
    ends that says at once that there is none, if one does."""
    head = end_of_statement(block, 0)
    body = _after_comments(block, head + 1)
    if _STRING.match(block, body):
        body = _after_comments(block, end_of_statement(block, body) + 1)
    if _OPEN_AT_ONCE.search(block, block.rfind("\n", 0, head) + 1, head):
        return body, head
    return body, end_of_statement(block, body) if _OPEN.match(block, body) else None


def _is_all(block: str, end: int) -> bool:
    """Does nothing follow but comments?"""
    return not block[_after_comments(f"{block}\n", end + 1) :].strip()


def _after_comments(text: str, position: int) -> int:
    found = _NO_CODE.match(text, position)
    return found.end() if found else len(text)
