"""From the bytes of an .ipynb file to its code cells. Nothing in it is trusted.

Only the kind and the source of each cell are looked at: ids, outputs and attachments, which are
most of a file and often broken, are nobody's work.
"""

import codecs
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_BYTES = 16 * 1024 * 1024  # pictures lie in the file as well
MAX_CODE = 1024 * 1024
MAX_STRUCTURES = 250_000  # each list and object of a JSON file takes memory when it is read
MAX_CELLS = 10_000

Sources = dict[int, str | list[str]]  # of code cells by number, as a text or in lines

_CONFLICT = re.compile(rb"^(?:<{7}|={7}|>{7})(?:[ \r\n]|\Z)", re.MULTILINE)


class Unreadable(Exception):
    """Why there are no cells to be had; the message goes on after the name of the file."""


@dataclass(frozen=True)
class Cell:
    """The text of a code cell; its number counts all cells, or in a kernel all that were run.

    Where a kernel has no numbers, it has a name.
    """

    number: int
    text: str
    name: str = ""


def cells_of(data: bytes) -> tuple[Cell, ...]:
    """The code cells of a notebook, numbered from 1 among all its cells, as editors count them.

    Raises: Unreadable.
    """
    if not data.strip():
        raise Unreadable(" is empty: open it in an editor for notebooks, and save it")
    notebook = _parsed(data)
    if not isinstance(notebook, dict):
        raise Unreadable(" is not a notebook: it holds JSON of some other kind")
    version = notebook.get("nbformat")
    if type(version) is not int or version not in (2, 3, 4):
        raise Unreadable(" cannot be read here: save it as a notebook of format 4")
    sheets = [notebook] if version == 4 else _list_of("worksheets", notebook, dict)
    found = [cell for sheet in sheets for cell in _list_of("cells", sheet)]
    if len(found) > MAX_CELLS:
        raise Unreadable(f" has more than {MAX_CELLS:,} cells")
    sources = _sources(found, "source" if version == 4 else "input")
    if version < 4:
        sources = _upgraded(version, sources)
    cells = tuple(Cell(number, plain("".join(lines))) for number, lines in sources.items())
    if sum(len(cell.text) for cell in cells) > MAX_CODE:
        raise Unreadable(f" holds more than {MAX_CODE // 1024} KiB of code")
    return cells


def has_ids(notebook: Mapping[str, Any]) -> bool:
    """Has each of its cells to have an id, as from format 4.5 on?"""
    minor = notebook.get("nbformat_minor")
    return type(minor) is int and minor >= 5


def _parsed(data: bytes) -> Any:
    if data.count(b"{") + data.count(b"[") > MAX_STRUCTURES:
        raise Unreadable(": too much to read; clear the outputs of all cells, and save it")
    try:
        wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return json.loads(data.decode("utf-16" if wide else "utf-8-sig"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise Unreadable(f":{line}: not UTF-8 text; save it with the encoding UTF-8") from None
    except RecursionError:
        raise Unreadable(" is not a notebook: its lists and objects are nested too deep") from None
    except json.JSONDecodeError as error:
        if conflict := _CONFLICT.search(data):
            line = data.count(b"\n", 0, conflict.start()) + 1
            raise Unreadable(
                f":{line}: two versions were merged, and git left its marks in the file; "
                "git checkout --ours (or --theirs) with the name of the file keeps one of them"
            ) from None
        raise Unreadable(f":{error.lineno}: not a notebook: {error.msg}") from None
    except ValueError:  # Python reads no integers of more than some thousand digits
        raise Unreadable(" holds a number that is too long to read") from None


def _list_of(what: str, holder: dict[str, Any], kind: type = object) -> list[Any]:
    found = holder.get(what)
    if not isinstance(found, list) or not all(isinstance(item, kind) for item in found):
        raise Unreadable(f" is not a notebook: it has no list of {what}")
    return found


def _sources(cells: list[Any], key: str) -> Sources:
    """What stands in the code cells, by the number of the cell."""
    sources: Sources = {}
    for number, cell in enumerate(cells, start=1):
        if not isinstance(cell, dict):
            raise Unreadable(f" is not a notebook: its cell {number} is not a cell")
        if cell.get("cell_type") == "code":
            source = cell.get(key, "")
            lines = [source] if isinstance(source, str) else source
            if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
                raise Unreadable(f" is not a notebook: the source of its cell {number} is not text")
            sources[number] = source
    return sources


def _upgraded(version: int, sources: Sources) -> Sources:
    """The same in format 4. Nothing but code: outputs can be broken so that they take minutes."""
    import nbformat  # slow to import, and hardly ever needed

    cells = [{"cell_type": "code", "input": lines, "outputs": []} for lines in sources.values()]
    old = {"nbformat": version, "metadata": {}, "worksheets": [{"cells": cells}]}
    upgraded = nbformat.reads(json.dumps(old), as_version=4).cells
    return {number: cell.source for number, cell in zip(sources, upgraded, strict=True)}


def plain(text: str) -> str:
    """With line ends made alike, and without halves of characters, which only JSON can hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
