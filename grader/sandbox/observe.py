"""What happens during one call: the operators that ran, and the steps taken in a file.

Runs in the worker; the suites read the result. Imports nothing of the course.

Operators are seen in three ways, each blind where another sees: a dispatch mode (which learner
code can switch off), torch's profiler (which knows the thread it was started in), and the graph
of the result (which a custom `autograd.Function` cuts).

A tensor that is printed is read by operators too. Those are torch's, not the work's: the profiler
marks them, and leaves out what printing needs. Anything else that ran there counts.
"""

import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch
from torch import _tensor_str
from torch.autograd import (  # type: ignore[attr-defined]
    _disable_profiler_legacy,
    _enable_profiler_legacy,
)
from torch.autograd.profiler import record_function
from torch.autograd.profiler_legacy import profile
from torch.utils._python_dispatch import TorchDispatchMode

MAX_STEPS = 1_000_000
MAX_NODES = 1000
MAX_MODULES = 500
PROFILER = profile().config()  # type: ignore[no-untyped-call]
PRINTING = "printing a tensor"
NEEDED_TO_PRINT = frozenset(
    """__and__ _local_scalar_dense _reshape_alias _to_copy _unsafe_view abs as_strided
    bitwise_and cat ceil clone copy_ detach div empty empty_like empty_strided eq fill_ ge gt imag
    is_nonzero isfinite item le lt masked_select max min mul narrow ne real reshape resolve_conj
    resolve_neg select slice stack sum to unbind view view_as_real""".split()
)


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
        self.counts: dict[str, int] = {}

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # torch would import its compiler for it, half a second

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        name = func.__name__.partition(".")[0]  # of `max.dim`
        self.counts[name] = self.counts.get(name, 0) + 1
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
        with operators, _marked_printing():
            sys.settrace(steps)
            try:
                value = call()
            finally:
                sys.settrace(previous)
    finally:
        seconds = time.perf_counter() - started
        threads = _disable_profiler_legacy()
    operations = operators.counts
    for counts in (
        Counter(name for events in threads for name in _profiled(events)),
        _graph(value),
    ):
        for name, count in counts.items():
            operations[name] = max(count, operations.get(name, 0))
    modules = [m for m in steps.modules if isinstance(m, str) and m.startswith("torch.")]
    return Observation(value, operations, steps.steps, seconds, frozenset(modules[:MAX_MODULES]))


@contextmanager
def _marked_printing() -> Iterator[None]:
    show = getattr(_tensor_str, "_str_intern", None)

    def marked(*args: Any, **kwargs: Any) -> Any:
        with record_function(PRINTING):
            return show(*args, **kwargs)  # type: ignore[misc]

    if show is not None:
        _tensor_str._str_intern = marked
    try:
        yield
    finally:
        if show is not None:
            _tensor_str._str_intern = show


def _profiled(events: Iterable[Any]) -> Iterator[str]:
    """The operators that ran in one thread, as often as they did."""
    entered: list[bool] = []  # of what has begun and not ended: is it printing?
    printing = 0
    for event in events:
        kind = event.kind()
        if kind == "push":
            name = event.name()
            entered.append(name == PRINTING)
            printing += entered[-1]
            operator = name.removeprefix("aten::")
            if operator != name and not (printing and operator in NEEDED_TO_PRINT):
                yield operator
        elif kind == "pop" and entered:
            printing -= entered.pop()


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
