"""`torchkata.check`: how far an exercise is, in any notebook and in plain Python; and `%grade`."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.jupyter import cells
from grader.jupyter.client import JudgeProcess

_judge = JudgeProcess()


@dataclass(frozen=True, repr=False)
class Checked:
    """What an exercise is worth. Notebooks show it with pictures, everything else as text.

    Without a `score` there is none: the name means nothing, or the grader itself failed.
    """

    text: str
    html: str
    score: int | None = None
    max_score: int = 0

    @property
    def passed(self) -> bool:
        return self.score is not None and self.score == self.max_score

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def check(exercise: str | Callable[..., Any] = "") -> Checked:
    """How far an exercise is: `check("activations.softmax")`, or the function: `check(softmax)`.

    In a notebook its cells count, elsewhere the files in `exercises/`. The name of a unit means all
    of it; in a notebook, no name means everything that is defined there.
    """
    name = exercise if isinstance(exercise, str) else getattr(exercise, "__name__", repr(exercise))
    try:
        answer = _judge.ask({"name": name, "folder": cells.folder(), "cells": cells.cells()})
    except FileNotFoundError:
        answer = {"error": "this folder is gone: open the notebook, or Python, where it is now"}
    except cells.Unanswered as reason:
        answer = {"error": str(reason)}
    if problem := answer.get("error"):
        text = f"grade: {problem}"
        checked = Checked(text, f"<p>{html.escape(text)}</p>")
    else:
        checked = Checked(**answer)
    if not cells.shows_results():
        print(checked)
    return checked


def load(shell: Any) -> None:
    """Make `%grade`, which shows what `check` says, known to an IPython shell."""

    def grade(line: str) -> None:
        """%grade [UNIT | EXERCISE | UNIT.EXERCISE]: check what the cells that were run define."""
        from IPython.display import display

        name = line.partition("#")[0].strip(" \t\"'")  # a habit from lines of Python
        display(check(name))  # type: ignore[no-untyped-call]

    shell.register_magic_function(grade, "line", "grade")
