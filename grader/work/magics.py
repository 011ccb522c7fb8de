"""What only a notebook understands is left out of a cell, and every line keeps its number.

Lines that begin with %, ! or ?, lines such as `files = !ls`, and `name?` are no Python anywhere but
inside a string or a bracket. So what Python can read is never changed here.
"""

import re
from functools import lru_cache

# Cell magics that run their cell as Python, and leave what it defines.
PYTHON = frozenset({"capture", "prun", "time"})

# Possessive throughout: whatever a line holds, it is read once.
_CELL_MAGIC = re.compile(r"(?:[ \t]*+\n)*+%%(?P<name>\w*+)[^\n]*+")
_MAGIC = re.compile(
    r"(?P<indent>[ \t]*+)(?="
    r"[%!?]"  # %matplotlib inline    !pip install torch    ?torch.sum
    r"|[^\n=#'\"]++=[ \t]*+[%!]"  # files = !ls
    r"|(?!\d)[\w*]++(?:\.\w++|\[-?\d++\])*+\?{1,2}+[ \t]*+(?:\n|\Z)"  # torch.sum?
    r")(?P<rest>[^\n]*(?:(?<=\\)\n[^\n]*)*)"
)
_PIECE = re.compile(
    r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(?:"""|\Z)'
    r"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:'''|\Z)"
    r'|"(?:[^"\\\n]|\\.)*"?'
    r"|'(?:[^'\\\n]|\\.)*'?"
    r"|#[^\n]*"
    r"|\\."
    r"|[\[\](){}\n]",
    re.DOTALL,
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@lru_cache(maxsize=16)
def without_magics(cell: str) -> str:
    """The Python of a cell; a line that is none becomes empty, or `pass` where it is indented."""
    start = 0
    while cell_magic := _CELL_MAGIC.match(cell, start):
        if cell_magic["name"] not in PYTHON:
            return "\n" * cell.count("\n")
        start = cell_magic.end() + 1  # another magic may stand on the next line
    return "\n" * cell.count("\n", 0, start) + _without_line_magics(cell, start)


def _without_line_magics(text: str, position: int) -> str:
    kept = []
    while position < len(text):
        if line := _MAGIC.match(text, position):
            kept.append(line["indent"] + "pass" if line["indent"] else "")
            kept.append("\n" * line["rest"].count("\n"))
            end = line.end()
        else:
            end = end_of_statement(text, position)
            kept.append(text[position:end])
        if text.startswith("\n", end):
            kept.append("\n")
            end += 1
        position = end
    return "".join(kept)


def end_of_statement(text: str, start: int) -> int:
    """The position of the line end that ends the statement: none inside strings or brackets."""
    depth = 0
    for piece in _PIECE.finditer(text, start):
        match piece[0]:
            case "\n" if depth == 0:
                return piece.start()
            case "(" | "[" | "{":
                depth += 1
            case ")" | "]" | "}":
                depth = max(0, depth - 1)
    return len(text)


def is_closed(text: str) -> bool:
    """Does every string and every bracket of it end?"""
    awaited = []
    for piece in _PIECE.finditer(text):
        match piece[0]:
            case "(" | "[" | "{" as bracket:
                awaited.append(_CLOSING[bracket])
            case ")" | "]" | "}" as bracket:
                if not awaited or awaited.pop() != bracket:
                    return False
            case string if string[0] in "\"'" and not _is_whole(string):
                return False
    return not awaited


def _is_whole(string: str) -> bool:
    quote = string[0]
    if string.startswith(quote * 3):
        return len(string) >= 6 and string.endswith(quote * 3)
    return len(string) >= 2 and string.endswith(quote)
