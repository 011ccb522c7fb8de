"""What people import of the course: `import torchkata`, beside the command of that name."""

from grader import __version__
from grader.jupyter.check import check

__all__ = ["__version__", "check"]
