"""torchkata: an auto-graded PyTorch course."""

__version__ = "0.1.0"
