"""The code of the notebook that Python runs in: as it was run last, whether or not it is saved.

In IPython, and so in Jupyter, VS Code and Colab, it is what cells were run; in marimo, the cells
themselves. Elsewhere there is none.
"""

import os
import re
import sys
from importlib import import_module
from typing import Any

MAX_CHARACTERS = 1024 * 1024
_DEFINES = re.compile(
    r"^(?:async[ \t]+def|def|class|import|from|try|if|for|while|with)\b|^@|^[^\s#=][^#=\n]*=(?!=)"
    r"|^\w+\.\w+\(",
    re.MULTILINE,
)
_DEFINED = re.compile(r"^(?:async[ \t]+def|def|class)[ \t]+(\w+)", re.MULTILINE)
_MARIMO = re.compile(r"^(?=import marimo\b|from marimo\b)", re.MULTILINE)

Named = tuple[int | str, str]  # the number of a run, or what marimo's cell is called, and its text


class Unanswered(Exception):
    """Why nothing can be judged, and what to do about it."""


def shell() -> Any:
    """The IPython that runs here; None if none does."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def shows_results() -> bool:
    """Whether the value of a line is shown as it is here, so that nothing has to be printed."""
    if (mode := _marimo_mode()) is not None:
        return mode != "script"
    return shell() is not None or hasattr(sys, "ps1")


def _marimo_mode() -> str | None:
    """How marimo runs the notebook in this thread; None if there is none."""
    marimo = sys.modules.get("marimo")
    mode = marimo.app_meta().mode if marimo is not None else None
    return mode if mode in ("edit", "run", "script") else None


def folder() -> str:
    """Where the notebook lies, if that is known, or else where Python was started.

    Raises: FileNotFoundError if that is gone.
    """
    found = sys.modules["marimo"].notebook_dir() if _marimo_mode() else None
    return str(found or os.getcwd())


def cells() -> list[Named] | None:
    """What may define something in the notebook, in the order that it ran in; None outside of one.

    Raises: Unanswered.
    """
    if _marimo_mode() is not None:
        return _newest(_of_marimo())
    if (running := shell()) is not None:
        texts = running.history_manager.input_hist_raw
        last = {text: number for number, text in enumerate(texts)}  # where each was run last
        return _newest(sorted((number, text) for text, number in last.items()))
    return None


def _of_marimo() -> list[Named]:
    """Each cell before those that use it. Its cells have no numbers, so what one defines names it;
    and marimo itself, which shows things, is left out, since importing it takes a while."""
    try:  # it offers no public way to its cells
        graph = import_module("marimo._runtime.context").get_context().graph
        order = import_module("marimo._runtime.dataflow").topological_sort(graph, graph.cells)
        texts = [str(graph.cells[cell].code) for cell in order]
    except (ImportError, AttributeError) as error:
        raise Unanswered(
            "this version of marimo keeps its cells where they are not found: put your code into "
            "exercises/, and grade it in a terminal"
        ) from error
    named: list[Named] = []
    for number, text in enumerate(texts, start=1):
        defined = _DEFINED.search(text)
        name = f"the cell of {defined[1]}" if defined else f"cell {number} of marimo"
        named.append((name, _MARIMO.sub("# ", text)))
    return named


def _newest(found: list[Named]) -> list[Named]:
    """Those that may define something; the last of them, if they are very many."""
    kept, characters = [], 0
    for name, text in reversed(found):
        if not _DEFINES.search(text):
            continue
        characters += len(text)
        if characters > MAX_CHARACTERS:
            break
        kept.append((name, text))
    return kept[::-1]
