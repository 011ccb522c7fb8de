"""torchkata: an auto-graded PyTorch course."""

from grader import __version__

__all__ = ["__version__"]
