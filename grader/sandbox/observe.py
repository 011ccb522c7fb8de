"""What happens during one call: the ATen operators that ran, and the steps taken in a file.

Runs in the worker; the suites read the result. Imports nothing of the course.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any

from torch.utils._python_dispatch import TorchDispatchMode

MAX_STEPS = 1_000_000


class _CountOperators(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.counts: Counter[str] = Counter()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # torch would import its compiler for it, half a second

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        self.counts[func.overloadpacket.__name__] += 1
        return func(*args, **(kwargs or {}))


class _CountSteps:
    """Counts lines and calls in the frames of the given files."""

    def __init__(self, files: frozenset[str]) -> None:
        self.files = files
        self.steps = 0

    def __call__(self, frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_filename not in self.files:
            return None
        self.steps += 1
        return self if self.steps < MAX_STEPS else None


def observed(
    call: Callable[[], object], files: frozenset[str]
) -> tuple[object, dict[str, int], int, float]:
    """Run `call`; return its value, the operators that ran, steps in `files`, and seconds."""
    operators, steps = _CountOperators(), _CountSteps(files)
    previous = sys.gettrace()
    started = time.perf_counter()
    try:
        sys.settrace(steps)
        with operators:
            value = call()
    finally:
        sys.settrace(previous)
    return value, dict(operators.counts), steps.steps, time.perf_counter() - started
