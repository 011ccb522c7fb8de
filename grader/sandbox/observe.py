"""What happens during one call: the operators that ran, and the steps taken in a file.

Runs in the worker; the suites read the result. Imports nothing of the course.

Operators are seen in three ways, each blind where another sees: a dispatch mode (which learner
code can switch off), torch's profiler (which knows the thread it was started in), and the graph
of the result (which a custom `autograd.Function` cuts).
"""

import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch
from torch.autograd import (  # type: ignore[attr-defined]
    _disable_profiler_legacy,
    _enable_profiler_legacy,
)
from torch.autograd.profiler_legacy import profile
from torch.utils._python_dispatch import TorchDispatchMode

MAX_STEPS = 1_000_000
MAX_NODES = 1000
MAX_MODULES = 500
PROFILER = profile().config()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Observation:
    """What a call returned and what happened meanwhile: operators and how often each ran, steps in
    the learner's files, seconds, and the modules of torch whose Python code ran."""

    value: Any
    operations: dict[str, int]
    steps: int
    seconds: float
    modules: frozenset[str] = frozenset()


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
    """Counts lines and calls in frames of the given files; notes the modules of all others."""

    def __init__(self, files: frozenset[str]) -> None:
        self.files = files
        self.steps = 0
        self.modules: set[object] = set()

    def __call__(self, frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_filename not in self.files:
            self.modules.add(frame.f_globals.get("__name__"))
            return None
        self.steps += 1
        return self if self.steps < MAX_STEPS else None


def observed(call: Callable[[], object], files: frozenset[str]) -> Observation:
    """Run `call` and watch; the steps are those in `files`."""
    operators, steps = _CountOperators(), _CountSteps(files)
    previous = sys.gettrace()
    _enable_profiler_legacy(PROFILER)
    started = time.perf_counter()
    try:
        with operators:
            sys.settrace(steps)
            try:
                value = call()
            finally:
                sys.settrace(previous)
    finally:
        seconds = time.perf_counter() - started
        threads = _disable_profiler_legacy()
    names = [event.name() for events in threads for event in events]
    profiled = Counter(n.removeprefix("aten::") for n in names if n.startswith("aten::"))
    # `|` keeps the larger count of each.
    operations = dict(operators.counts | profiled | _graph(value))
    modules = [m for m in steps.modules if isinstance(m, str) and m.startswith("torch.")]
    return Observation(value, operations, steps.steps, seconds, frozenset(modules[:MAX_MODULES]))


def _graph(value: object) -> Counter[str]:
    """The operators whose gradients the result would ask for, by their forward names."""
    counts: Counter[str] = Counter()
    seen: set[Any] = set()
    waiting = [value.grad_fn] if isinstance(value, torch.Tensor) else []
    while waiting and len(seen) < MAX_NODES:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        waiting += [before for before, _ in node.next_functions]
        if native := re.fullmatch(r"(\w+?)Backward\d+", node.name()):
            counts[re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", native[1]).lower()] += 1
    return counts
