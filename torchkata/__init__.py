"""torchkata: an auto-graded PyTorch course."""

from grader import __version__
from grader.jupyter.check import check

__all__ = ["__version__", "check"]
