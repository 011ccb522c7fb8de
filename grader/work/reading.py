"""From the bytes of a file to its text, or to the cells of a notebook. Nothing in it is trusted.

Only regular files inside the folder are opened, without following links out of it, and only up
to a bound.
"""

import codecs
import os
import re
import stat
from pathlib import Path

from grader.work import notebook
from grader.work.notebook import Cell, Unreadable, cells_of

MAX_BYTES = 1024 * 1024

_NOTEBOOK = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\s*\"")  # no module begins like that
_NOTEBOOK_KEY = re.compile(rb'"nbformat"\s*:')
_OTHERS = (
    (
        re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)\b", re.IGNORECASE),
        " is a web page: download the file itself, not the page that shows it",
    ),
    (re.compile(rb"PK\x03\x04"), " is a zip under another name: unpack it"),
)
_COOKIE = re.compile(  # PEP 263
    rb"\A(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))??"
    rb"[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)"
)
# By their names in Python. Others can be slow to read, or are no texts at all.
_ENCODING = re.compile(
    r"ascii|utf-8(?:-sig)?|iso8859-\d+|cp\d+|koi8-[rtu]|mac-\w+|gb\w+|big5\w*|johab|tis-620"
    r"|shift_jis\w*|euc_\w+"
)


def read(folder: Path, name: str) -> str | tuple[Cell, ...]:
    """The text of a module with its line ends made alike, or the cells of a notebook.

    A notebook stays one whatever its file is called. Raises: Unreadable, OSError.
    """
    data = _bytes(folder, name)
    if other := next((said for form, said in _OTHERS if form.match(data)), ""):
        raise Unreadable(other)
    if name.endswith(".ipynb") or (_NOTEBOOK.match(data) and _NOTEBOOK_KEY.search(data)):
        if len(data) > notebook.MAX_BYTES:
            raise _too_large(notebook.MAX_BYTES, ": clear its outputs, and save it")
        return cells_of(data)
    if len(data) > MAX_BYTES:
        raise _too_large(MAX_BYTES)
    return _decoded(data).replace("\r\n", "\n").replace("\r", "\n")


def _too_large(bound: int, what_to_do: str = "") -> Unreadable:
    return Unreadable(f" is larger than {bound // 1024} KiB{what_to_do}")


def _decoded(data: bytes) -> str:
    encoding, said = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f":{line}: not {said}; save the file with the encoding UTF-8") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Unreadable(f":{line}: not text: a null byte; save the file with the encoding UTF-8")
    return text


def _encoding(data: bytes) -> tuple[str, str]:
    """The one that a module names in its first lines, as Python reads it, and in words."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "the UTF-16 text that it begins like"
    cookie = _COOKIE.match(data)
    if cookie is None or data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", "UTF-8 text"
    named = cookie[1].decode("ascii")
    try:
        encoding = codecs.lookup(named).name
    except LookupError:
        encoding = ""
    if not _ENCODING.fullmatch(encoding):
        line = data.count(b"\n", 0, cookie.start(1)) + 1
        raise Unreadable(
            f":{line}: {named[:40]} is no encoding that can be read here; "
            "delete that line, and save the file with the encoding UTF-8"
        )
    return encoding, "UTF-8 text" if encoding == "utf-8" else f"the {named} text that it says it is"


def _bytes(folder: Path, name: str) -> bytes:
    """As many as may be read, and one more."""
    try:
        real = (folder / name).resolve()
    except RuntimeError:  # before Python 3.13, for a link that leads back to itself
        raise Unreadable(" is a link to itself") from None
    if not real.is_relative_to(folder.resolve()):
        raise Unreadable(" is a link to a file outside the submission")
    # Not blocking: opening a FIFO would otherwise wait for somebody to write to it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    if not stat.S_ISREG(real.lstat().st_mode):
        raise Unreadable(" is not a regular file")
    descriptor = os.open(real, flags | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable(" is not a regular file")
        return file.read(notebook.MAX_BYTES + 1)
