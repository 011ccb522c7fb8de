"""What only a notebook understands is left out of a cell, and every line keeps its number.

Lines that begin with %, ! or ?, lines such as `files = !ls`, and `name?` are no Python anywhere but
inside a string or a bracket. So what Python can read is never changed here.
"""

import re

# Cell magics that run their cell as Python, and leave what it defines.
PYTHON = frozenset({"capture", "prun", "time"})

_CELL_MAGIC = re.compile(r"(?:[ \t]*\n)*%%(?P<name>\w*)[^\n]*")
_MAGIC = re.compile(
    r"[ \t]*(?:"
    r"[%!?]"  # %matplotlib inline    !pip install torch    ?torch.sum
    r"|[^\n=#'\"]+=[ \t]*[%!]"  # files = !ls
    r"|%{0,2}(?!\d)[\w*]+(?:\.\w+|\[-?\d+\])*\?{1,2}[ \t]*(?:\n|\Z)"  # torch.sum?
    r")"
)
_MAGIC_LINE = re.compile(r"(?P<indent>[ \t]*)(?P<rest>[^\n]*(?:(?<=\\)\n[^\n]*)*)")
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


def without_magics(cell: str) -> str:
    """The Python of a cell; a line that is none becomes empty, or `pass` where it is indented."""
    blank = ""
    while cell_magic := _CELL_MAGIC.match(cell):
        if cell_magic["name"] not in PYTHON:
            return blank + "\n" * cell.count("\n")
        blank += "\n" * cell_magic[0].count("\n")
        cell = cell[cell_magic.end() :]
        if not cell:
            return blank
        # The line of the magic is empty now; another magic may stand below it.
        blank, cell = blank + "\n", cell[1:]
    return blank + _without_line_magics(cell)


def _without_line_magics(text: str) -> str:
    kept, position = [], 0
    while position < len(text):
        if _MAGIC.match(text, position):
            line = _MAGIC_LINE.match(text, position)
            assert line is not None
            kept.append(line["indent"] + "pass" if line["indent"] else "")
            kept.append("\n" * line["rest"].count("\n"))
            end = line.end()
        else:
            end = _end_of_statement(text, position)
            kept.append(text[position:end])
        if text.startswith("\n", end):
            kept.append("\n")
            end += 1
        position = end
    return "".join(kept)


def _end_of_statement(text: str, start: int) -> int:
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
