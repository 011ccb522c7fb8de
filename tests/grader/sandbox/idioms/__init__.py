"""How right answers use PyTorch, each a function that does the same wherever its tensors are.

`x` is `(4, 3)`, `i` holds the numbers of rows, and both are on `device`.
"""

from tests.grader.sandbox.idioms import gpu, modes, tensors, training
from tests.grader.sandbox.idioms.registry import NEEDS_GPU, WORKS, Idiom

__all__ = ["NEEDS_GPU", "WORKS", "Idiom", "gpu", "modes", "tensors", "training"]
