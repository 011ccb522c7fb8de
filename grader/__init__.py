"""torchkata: an auto-graded PyTorch course."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext grader` gives a notebook the magic `%grade`."""
    import_module("grader.jupyter.check").load(shell)
