"""What a learner's code refers to: what it imports and needs, and how a name in it is changed."""

import ast
import builtins
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from tokenize import NAME, TokenError, TokenInfo, generate_tokens

from grader.course.pieces import Piece
from grader.course.source import at_top

_BUILTIN = frozenset(dir(builtins))


@dataclass(frozen=True)
class Import:
    """One name that is imported: `from module import name as alias`, or without a name
    `import module as alias`."""

    module: str
    name: str
    alias: str

    @property
    def binds(self) -> str:
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def statement(self) -> str:
        text = f"import {self.name or self.module}" + f" as {self.alias}" * bool(self.alias)
        return f"from {self.module} {text}" if self.name else text


def imports_of(pieces: Sequence[Piece]) -> list[Import]:
    """What they import at their top level, also under an `if` or `try`."""
    found: dict[Import, None] = {}
    for node in at_top(piece.module for piece in pieces if piece.module):
        if isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found |= {Import(module, a.name, a.asname or ""): None for a in node.names}
        elif isinstance(node, ast.Import):
            found |= {Import(a.name, "", a.asname or ""): None for a in node.names}
    return list(found)


def needs(piece: Piece) -> frozenset[str]:
    """The names that it takes from around it. Of code that is no Python it is not known: all."""
    if piece.module is None:
        return piece.words
    used: set[str] = set()
    own = set(_BUILTIN)
    for node in ast.walk(piece.module):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else own).add(node.id)
        elif isinstance(node, ast.arg):
            own.add(node.arg)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            own |= {a.asname or a.name.partition(".")[0] for a in node.names}
        elif named := getattr(node, "name", None):  # of functions, classes, errors that are caught
            own.add(named)
    return frozenset(used - own)


def with_name(pieces: Sequence[Piece], old: str, new: str) -> list[Piece] | None:
    """The pieces with a function or class of theirs called otherwise, wherever they refer to it.

    None if that is not certain: some other thing is called so as well, or has the new name already.
    """
    places: list[list[TokenInfo]] = []
    meant = 0
    for piece in pieces:
        if piece.module is None:
            return None
        try:
            tokens = list(_names(piece.code))
        except (SyntaxError, ValueError, TokenError):
            return None
        if any(token.string == new for token in tokens):
            return None
        places.append([token for token in tokens if token.string == old])
        meant += sum(
            isinstance(node, ast.Name) and node.id == old and isinstance(node.ctx, ast.Load)
            for node in ast.walk(piece.module)
        )
        meant += sum(getattr(node, "name", None) == old for node in piece.module.body)
    if meant != sum(map(len, places)):
        return None
    return [
        _renamed(piece, found, old, new) if found else piece
        for piece, found in zip(pieces, places, strict=True)
    ]


def _names(code: str) -> Iterator[TokenInfo]:
    """The names in it, but for those of attributes."""
    before = ""
    for token in generate_tokens(StringIO(code).readline):
        if token.type == NAME and before != ".":
            yield token
        before = token.string


def _renamed(piece: Piece, places: Sequence[TokenInfo], old: str, new: str) -> Piece:
    lines = piece.text.split("\n")
    for token in reversed(places):
        row, column = token.start
        line = lines[row - 1]
        lines[row - 1] = line[:column] + new + line[column + len(old) :]
    text = "\n".join(lines)
    binds = frozenset(new if name == old else name for name in piece.binds)
    cell = piece.cell and {**piece.cell, "source": text.splitlines(keepends=True)}
    return replace(piece, text=text, binds=binds, cell=cell)
