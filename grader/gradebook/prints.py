"""Fingerprints of Python: of the shape of its syntax tree, without names, constants and layout.

Schleimer, Wilkerson, Aiken: Winnowing (2003): of all runs of so many nodes some are kept, in such a
way that a longer run that two texts share is always among them.
"""

import ast
import signal
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from grader.work.magics import without_magics

Prints = npt.NDArray[np.uint64]
Text = Sequence[str]  # a module, or the cells of a notebook

RUN, WINDOW = 12, 4  # nodes in a run, and runs of which one is kept
MAX_CHARACTERS = 200_000  # of a unit; nobody writes more by hand
CPU_SECONDS = 5.0  # for a text
MEMORY_BYTES = 4 << 30
CHUNK = 50
_NONE = np.empty(0, dtype=np.uint64)
_FACTORS = np.array([pow(0x9E3779B97F4A7C15, n, 1 << 64) for n in range(RUN)], dtype=np.uint64)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LEFT_OUT = {"annotation", "returns", "ctx", "type_comment", "type_params", "decorator_list"}


def prints_of(texts: Sequence[Text], processes: int) -> list[Prints]:
    """Of each text; none of a part that is no Python. Texts of strangers are parsed in processes
    that may die of it."""
    chunks = [texts[n : n + CHUNK] for n in range(0, len(texts), CHUNK)]
    return [prints for found in _parsed(chunks, processes) for prints in found]


def _parsed(chunks: Sequence[Sequence[Text]], processes: int) -> list[list[Prints]]:
    """A chunk that ends its process is parsed again in halves, down to the text that does it."""
    found: list[list[Prints] | None] = []
    with ProcessPoolExecutor(max(1, min(processes, len(chunks))), initializer=_bounded) as pool:
        for future in [pool.submit(_prints_of_all, chunk) for chunk in chunks]:
            try:
                found.append(future.result())
            except BrokenExecutor:
                found.append(None)
    return [
        _again(chunk) if prints is None else prints
        for chunk, prints in zip(chunks, found, strict=True)
    ]


def _again(chunk: Sequence[Text]) -> list[Prints]:
    if len(chunk) == 1:
        with ProcessPoolExecutor(1, initializer=_bounded) as pool:
            try:
                return pool.submit(_prints_of_all, chunk).result()
            except BrokenExecutor:
                return [_NONE]
    half = len(chunk) // 2
    return [p for part in (chunk[:half], chunk[half:]) for one in _parsed([part], 1) for p in one]


def _bounded() -> None:
    """What a text may take; the signal ends the process even while it parses."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)


def _prints_of_all(texts: Iterable[Text]) -> list[Prints]:
    found = []
    for text in texts:
        _may_take(CPU_SECONDS)
        found.append(prints(text))
    _may_take(0)
    return found


def _may_take(seconds: float) -> None:
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)


def prints(text: Text) -> Prints:
    """Those that are kept, in rising order, each once."""
    return _together([winnowed(hashes) for part in text for hashes in _runs(part)])


def all_prints(text: Text) -> Prints:
    """Of every run, kept or not: to be taken out of others."""
    return _together([hashes for part in text for hashes in _runs(part)])


def _together(runs: Sequence[Prints]) -> Prints:
    return np.unique(np.concatenate(runs)) if runs else _NONE


def winnowed(hashes: Prints) -> Prints:
    """Of so many in a row the least one."""
    if len(hashes) <= WINDOW:
        return hashes[[hashes.argmin()]]
    least: Prints = np.lib.stride_tricks.sliding_window_view(hashes, WINDOW).min(axis=1)
    return least


def _runs(text: str) -> Iterator[Prints]:
    """By function: the order in which functions stand tells nothing."""
    if len(text) > MAX_CHARACTERS:
        return
    try:
        tree = ast.parse(without_magics(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for nodes in _pieces(tree):
        if len(nodes) >= RUN:
            numbers = np.array(nodes, dtype=np.uint64)
            view = np.lib.stride_tricks.sliding_window_view(numbers, RUN)
            yield (view * _FACTORS).sum(axis=1, dtype=np.uint64)


def _pieces(tree: ast.Module) -> Iterator[list[int]]:
    """The nodes of each function, and of what stands outside of them, in the order of the text."""
    pieces: list[list[int]] = [[]]
    waiting: list[tuple[ast.AST, list[int]]] = [(tree, pieces[0])]
    while waiting:
        node, piece = waiting.pop()
        if isinstance(node, _FUNCTIONS):
            piece = []
            pieces.append(piece)
        piece.append(_number(node))
        for field in reversed(node._fields):
            if field in _LEFT_OUT:
                continue
            value = getattr(node, field, None)
            if isinstance(value, ast.AST):
                waiting.append((value, piece))
            elif isinstance(value, list):
                inner = [each for each in value if isinstance(each, ast.AST)]
                waiting += [(each, piece) for each in reversed(inner) if not _is_text(each)]
    yield from pieces


def _is_text(node: ast.AST) -> bool:
    """A docstring, or a string that serves as a comment."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _number(node: ast.AST) -> int:
    """What it is. Names of a library stay, since nobody can choose them."""
    name = type(node).__name__
    if isinstance(node, ast.Attribute):
        own = isinstance(node.value, ast.Name) and node.value.id == "self"
        return _hashed(name if own else f"{name} {node.attr}")
    if isinstance(node, ast.keyword):
        return _hashed(f"{name} {node.arg}")
    return _hashed(name)


@lru_cache(maxsize=10_000)
def _hashed(name: str) -> int:
    low, high = zlib.crc32(name.encode("utf-8", "replace")), zlib.adler32(name.encode())
    return (high << 32 | low) % sys.maxsize
