"""What every notebook has without importing it, so that work written in one finds it here too."""

import builtins
import sys
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from grader.work.magics import PYTHON


def provide() -> None:
    """Put these names where IPython puts them."""
    shell = _Shell()
    names = {"display": _display, "get_ipython": lambda: shell, "In": _Nothing(), "Out": _Nothing()}
    for name, value in {**names, "_": None, "__": None, "___": None}.items():
        setattr(builtins, name, value)


def _display(*values: object, **_options: object) -> None:
    sys.stdout.writelines(f"{value!r}\n" for value in values)


class _Nothing(defaultdict[Any, None]):
    """What was typed and shown before: nothing."""

    def __missing__(self, key: object) -> None:
        return None


class _Shell:
    """Whatever it is told to do, it does not, but for running Python."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **kwargs: None

    def run_cell_magic(self, magic: str, _line: str, cell: str) -> None:
        """A cell that began with `%%time`, as nbconvert writes it into a module."""
        if magic in PYTHON:
            exec(cell, sys._getframe(1).f_globals)
