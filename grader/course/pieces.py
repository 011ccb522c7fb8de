"""A unit's file taken apart into pieces, each a statement or a cell, and put together again."""

import ast
import codecs
import json
import re
import tokenize
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from io import BytesIO
from typing import Any

from grader.course.folder import digest
from grader.course.source import binding
from grader.course.stub_notebook import CHECK, IMPORTS, TITLE, cell_id
from grader.work.begun import defined_in
from grader.work.magics import without_magics
from grader.work.notebook import MAX_BYTES, Unreadable, cells_of, has_ids, plain
from grader.work.places import first_line

LESSON = "lesson"
_WORD = re.compile(r"\w+")
Names = Mapping[str, str]  # the ids of a unit's exercises, by their names


@dataclass(frozen=True)
class Piece:
    """What is kept or replaced as a whole: in a module a statement with the comments directly
    above, or other comments; in a notebook a cell.

    `role` says what it is there for, in words that are the same in every version of the course.
    `of` is the id of the exercise that it belongs to, and `defines` holds those that it defines.
    `gap` stands above it in a module; `cell` is the whole of it in a notebook.
    """

    text: str
    role: str
    of: str = ""
    defines: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    is_import: bool = False
    gap: str = ""
    cell: Mapping[str, Any] | None = field(default=None, compare=False)

    @cached_property
    def mark(self) -> str:
        return digest(self.text)

    @property
    def code(self) -> str:
        """What Python reads of it."""
        if self.cell is None:
            return self.text
        return without_magics(self.text) if self.cell.get("cell_type") == "code" else ""

    @cached_property
    def module(self) -> ast.Module | None:
        """What it says to Python; None if that is no Python, as while it is being written."""
        try:
            return parsed(self.code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self.text))


def exercise_role(identity: str) -> str:
    return f"exercise {identity}"


def names_role(binds: frozenset[str]) -> str:
    return f"names {' '.join(sorted(binds))}"


def parsed(code: str) -> ast.Module:
    """Raises: SyntaxError, ValueError, RecursionError or MemoryError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(code, "", "exec", dont_inherit=True)  # sees more than the parser alone
        return ast.parse(code)


@dataclass(frozen=True)
class _Module:
    """A unit's file, taken apart."""

    pieces: tuple[Piece, ...]
    names: Names
    tail: str
    newline: str
    signature: bytes  # the mark of UTF-8 that some editors put in front

    def new_imports(self, text: str, binds: frozenset[str]) -> Piece:
        """A piece for such a file, of imports alone."""
        return Piece(text, names_role(binds), binds=binds, is_import=True, gap="\n")

    def data(self, pieces: Sequence[Piece]) -> bytes:
        """The file as it is to be with these pieces. Raises: Unreadable if that would be none."""
        first = self.pieces[0].gap if self.pieces else ""
        parts = []
        for number, piece in enumerate(pieces):
            gap = piece.gap
            if number == 0:
                gap = gap if gap == first else ""
            elif "\n" not in gap:  # it was the first of its file
                gap = "\n\n"
            parts.append(f"{gap}{piece.text}")
        text = "".join(parts) + (self.tail or "\n")
        _checked(text)
        return self.signature + text.replace("\n", self.newline).encode()


def _module(data: bytes, names: Names) -> _Module:
    signature = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
        text = data[len(signature) :].decode("utf-8")
    except (SyntaxError, UnicodeDecodeError):
        encoding = ""
    if encoding not in ("utf-8", "utf-8-sig"):
        raise Unreadable(" is not UTF-8 text: save it with the encoding UTF-8")
    newline = "\r\n" if data.count(b"\r\n") * 2 > data.count(b"\n") else "\n"
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    pieces, tail = _pieces(text, _checked(text), names)
    return _Module(tuple(pieces), names, tail, newline, signature)


def _checked(text: str) -> ast.Module:
    try:
        return parsed(text)
    except SyntaxError as error:
        raise Unreadable(f":{error.lineno or 1}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(f" cannot be read: {error}") from None


def _pieces(text: str, module: ast.Module, names: Names) -> tuple[list[Piece], str]:
    """The pieces, and what follows the last one."""
    lines = text.split("\n")
    documented = ast.get_docstring(module, clean=False) is not None
    found: list[Piece] = []
    end = 0  # of the lines that are in pieces

    def add(first: int, last: int, nodes: Sequence[ast.stmt] = ()) -> None:
        nonlocal end
        gap = "\n" * bool(found) + "".join(f"{line}\n" for line in lines[end:first])
        body = "\n".join(lines[first:last])
        binds = frozenset(binding(nodes))
        role = names_role(binds) if binds else f"text {digest(body)}"
        if documented and nodes and nodes[0] is module.body[0]:
            role = LESSON
        found.append(_with_names(Piece(body, role, binds=binds, gap=gap), nodes, names))
        end = last

    for first, last, nodes in _spans(module, lines):
        for start, stop in _paragraphs(lines, end, first):
            add(start, stop)
        if nodes:
            add(first, last, nodes)
    rest = "".join(f"\n{line}" for line in lines[end:])
    return found, rest if found else rest[1:]


def _paragraphs(lines: Sequence[str], first: int, last: int) -> Iterator[tuple[int, int]]:
    """Where comments begin and end that stand between these lines."""
    start = first
    for number in range(first, last + 1):
        if number == last or not lines[number].strip():
            if start < number:
                yield start, number
            start = number + 1


def _spans(module: ast.Module, lines: Sequence[str]) -> list[tuple[int, int, list[ast.stmt]]]:
    """Where statements begin and end, those that share a line as one; last, the end of the file."""
    found: list[tuple[int, int, list[ast.stmt]]] = []
    for node in module.body:
        first, last = first_line(node) - 1, node.end_lineno or node.lineno
        above = found[-1][1] if found else 0
        if first < above:
            start, _, nodes = found.pop()
            found.append((start, max(above, last), [*nodes, node]))
            continue
        while first > above and lines[first - 1].startswith("#"):
            first -= 1
        found.append((first, last, [node]))
    return [*found, (len(lines), len(lines), [])]


def _with_names(piece: Piece, nodes: Sequence[ast.stmt], names: Names) -> Piece:
    """The piece, which these statements are, as that of the exercise that it defines."""
    defines = frozenset(names[name] for name in piece.binds if name in names)
    is_import = bool(nodes) and all(isinstance(n, (ast.Import, ast.ImportFrom)) for n in nodes)
    role, of = piece.role, piece.of
    if len(defines) == 1 and role != LESSON:
        (of,) = defines
        role = exercise_role(of)
    return replace(piece, role=role, of=of, defines=defines, is_import=is_import)


@dataclass(frozen=True)
class _Notebook:
    """The same of a notebook."""

    pieces: tuple[Piece, ...]
    names: Names
    book: Mapping[str, Any] = field(compare=False)

    def new_imports(self, text: str, binds: frozenset[str]) -> Piece:
        cell: dict[str, Any] = {
            "cell_type": "code",
            "execution_count": None,
            "id": IMPORTS,
            "metadata": {},
            "outputs": [],
            "source": text.splitlines(keepends=True),
        }
        role = f"cell {IMPORTS}"
        return Piece(text, role, binds=binds, is_import=True, cell=cell)

    def data(self, pieces: Sequence[Piece]) -> bytes:
        with_ids = has_ids(self.book)
        own = {id(piece.cell) for piece in self.pieces}
        taken = {
            str(piece.cell.get("id")) for piece in pieces if piece.cell and id(piece.cell) in own
        }
        cells = []
        for piece in pieces:
            cell = dict(piece.cell or {})
            if id(piece.cell) not in own:
                name = str(cell.pop("id", "cell"))
                while name in taken:
                    name = f"{name[:60]}-new"
                taken.add(name)
                if with_ids:
                    cell["id"] = name
            cells.append(cell)
        try:
            text = json.dumps({**self.book, "cells": cells}, indent=1, ensure_ascii=False)
            return f"{text}\n".encode()
        except (ValueError, RecursionError) as error:
            raise Unreadable(f" cannot be written again: {error}") from None


Page = _Module | _Notebook


def page_of(path: str, data: bytes, names: Names) -> Page:
    """Take the file apart. Raises: Unreadable, whose message goes on after the name of the file."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f" is larger than {MAX_BYTES // 1024} KiB")
    return _notebook(data, names) if path.endswith(".ipynb") else _module(data, names)


def _notebook(data: bytes, names: Names) -> _Notebook:
    cells_of(data)  # says what is wrong with it
    book = json.loads(data.decode("utf-8-sig"))
    if book["nbformat"] != 4 or not all(map(_is_text, book["cells"])):
        raise Unreadable(" is in an old format: open it in an editor for notebooks, and save it")
    roles = dict(_cell_roles(names))
    return _Notebook(tuple(_cell(cell, roles, names) for cell in book["cells"]), names, book)


def _is_text(cell: Mapping[str, Any]) -> bool:
    source = cell.get("source", "")
    lines = source if isinstance(source, list) else [source]
    return all(isinstance(line, str) for line in lines)


def _cell_roles(names: Names) -> Iterator[tuple[str, tuple[str, str]]]:
    """The role of each cell that the notebook of a unit has, and whose it is, by its id."""
    for name, identity in names.items():
        yield cell_id(f"{name}{TITLE}"), (f"title {identity}", identity)
        yield cell_id(f"{name}{CHECK}"), (f"check {identity}", identity)
    for name, identity in names.items():
        yield cell_id(name), (exercise_role(identity), identity)


def _cell(cell: Mapping[str, Any], roles: Mapping[str, tuple[str, str]], names: Names) -> Piece:
    source = cell.get("source", "")
    text = plain(source if isinstance(source, str) else "".join(source))
    piece = Piece(text, "", cell=cell)
    body = piece.module.body if piece.module else []
    binds = frozenset(binding(body) if piece.module else defined_in(piece.code))
    identity = str(cell.get("id", ""))
    own = f"cell {identity}" if identity else f"text {digest(text)}"
    role, of = roles.get(identity, (own, ""))
    return _with_names(replace(piece, role=role, of=of, binds=binds), body, names)
