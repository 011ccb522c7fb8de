"""`%grade` and `grader.check`: the cells that were run go to the judge, its answer is shown.

What was run counts, not what is saved: so unsaved edits do, and no file is needed.
"""

import os
import re
import sys
from typing import Any

from grader.jupyter.client import Ended, JudgeProcess

MAX_CHARACTERS = 1024 * 1024
_DEFINES = re.compile(
    r"^(?:async[ \t]+def|def|class|import|from|try|if|for|while|with)\b|^@|^[^\s#=][^#=\n]*=(?!=)"
    r"|^\w+\.\w+\(",
    re.MULTILINE,
)
_judge = JudgeProcess()


def load(shell: Any) -> None:
    """Make `%grade` known to an IPython shell."""

    def grade(line: str) -> None:
        """%grade [UNIT | EXERCISE | UNIT.EXERCISE]: check what the cells that were run define."""
        show(shell, line.strip())

    shell.register_magic_function(grade, "line", "grade")


def check(name: str) -> None:
    """Show how far an exercise is, from the cells that were run."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        print("grade: grader.check works only in a notebook; elsewhere, run grade", file=sys.stderr)
        return
    show(shell, name)


def show(shell: Any, name: str) -> None:
    from IPython.display import display

    try:
        answer = _judge.ask({"name": name, "folder": os.getcwd(), "cells": cells_of(shell)})
    except FileNotFoundError:
        answer = {"error": "this notebook's folder is gone: open the notebook where it is now"}
    except Ended as ended:
        answer = {"error": str(ended)}
    if problem := answer.get("error"):
        print(f"grade: {problem}", file=sys.stderr)
        return
    shown = {"text/html": answer["html"], "text/plain": answer["text"]}
    display(shown, raw=True)  # type: ignore[no-untyped-call]


def cells_of(shell: Any) -> list[tuple[int, str]]:
    """What may define something among the cells that were run, each text where it was run last.

    The newest of them, if they are very many.
    """
    history = enumerate(shell.history_manager.input_hist_raw)
    last = {text: number for number, text in history if _DEFINES.search(text)}
    kept, characters = [], 0
    for text, number in sorted(last.items(), key=lambda item: -item[1]):
        characters += len(text)
        if characters > MAX_CHARACTERS:
            break
        kept.append((number, text))
    return kept[::-1]
