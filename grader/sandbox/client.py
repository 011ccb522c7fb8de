"""The judge's end of one worker: ask, wait no longer than the deadline, believe nothing.

Whatever the worker does instead of answering becomes a `SubmissionFault`. After TimedOut, Died or
Malformed it must be ended; it is never asked again.
"""

import builtins
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from grader.errors import (
    Frame,
    GraderFault,
    Malformed,
    Missing,
    Raised,
    SubmissionFault,
)
from grader.sandbox import decode, encode, wire
from grader.sandbox.channel import Channel
from grader.sandbox.limits import FRAMES, LEFT_OUT, MESSAGE_CHARACTERS, Limits
from grader.sandbox.observe import Observation
from grader.sandbox.processes import START_SECONDS, Process, Processes

T = TypeVar("T")

LINE_CHARACTERS = 200  # of a line of the learner's that is shown
MAX_MORE = 1_000_000


@dataclass(frozen=True)
class Answer:
    """The value of a call, and what became of the tensors among its arguments.

    `moved` lie in other memory now or are other leaves; `changed` hold other numbers, each with a
    copy of what it held before.
    """

    value: Any
    moved: tuple[Tensor, ...] = ()
    changed: tuple[tuple[Tensor, Tensor], ...] = ()
    seen: Observation | None = None


# A unit as it is sent: its file, and its text or (file, text) of each cell of a notebook.
Text = tuple[str, str | Sequence[tuple[str, str]]]


def _parts(file: str, source: str | Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    return [(file, source)] if isinstance(source, str) else source


@dataclass(frozen=True)
class LeftOut:
    """What a notebook would have defined, and where if that is known; `error` is why not.

    Without an error the line was not run, since it calls something.
    """

    names: tuple[str, ...]
    place: Frame | None
    error: Raised | None


@dataclass(frozen=True)
class Loaded:
    """Where each function and class is defined, and what was left out.

    `more` counts what has failed beside `left_out`, which holds only so many.
    """

    places: dict[str, Frame]
    left_out: tuple[LeftOut, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Sent:
    """The arguments of a call as they went out: what the call does to them does not reach these."""

    payload: list[Any]
    buffers: list[bytes]

    def arguments(self) -> tuple[list[Any], dict[str, Any]]:
        """Build them once more, to show them; functions and handles by name only."""
        reader = decode.Reader(
            [memoryview(b) for b in self.buffers], handle=wire.Handle, function=lambda n: _f
        )
        args, kwargs = self.payload
        return [reader.read(a) for a in args], {k: reader.read(v) for k, v in kwargs}


def _f() -> None:
    """Stands for a function argument where a call is shown."""


_f.__name__ = "f"


class Worker:
    """One worker process, asked one thing at a time."""

    def __init__(
        self,
        processes: Processes,
        process: Process,
        limits: Limits,
    ) -> None:
        self.processes, self.limits = processes, limits
        self.channel = Channel(process, limits)
        self.make_handle: Callable[[int, str], Any] = wire.Handle
        self.sources: dict[str, list[str]] = {}
        self.cells: set[str] = set()
        self.sent = Sent([[], []], [])

    def wait_until_ready(self) -> None:
        """Raises: GraderFault if the process fails before any learner code is in it."""
        try:
            answer, _ = self.channel.receive(time.monotonic() + START_SECONDS)
        except SubmissionFault as fault:
            printed = (self.take_printed() or "").strip().splitlines()
            why = printed[-1] if printed else str(fault)
            raise GraderFault(f"a worker could not be started: {why}") from None
        if answer != ["ready"]:
            raise GraderFault("a worker could not be started: it said something else")

    def load(self, unit: str, sources: Mapping[str, Text]) -> Loaded:
        """Execute a unit's module; `sources` holds every unit of the submission.

        Raises: SubmissionFault.
        """
        parts = [part for file, source in sources.values() for part in _parts(file, source)]
        self.sources = {file: text.split("\n") for file, text in parts}
        self.cells = {f for _, s in sources.values() if not isinstance(s, str) for f, _ in s}
        answer, _ = self._ask(["load", unit, dict(sources)], [])
        return self._checked(lambda: self._loaded(*answer[1:]))

    def bring(self, name: str, source: str) -> None:
        """Execute a file of the suite beside the learner's module."""
        self._ask(["bring", name, source], [])

    def call(
        self,
        owner: str | int,
        name: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        observe: bool = False,
    ) -> Answer:
        """Call a function of the module, a brought file or a handle, and return what it returned.

        Tensor arguments are changed as the call changed them.
        Raises: SubmissionFault. What it means for the score is the suite's business.
        """
        writer = encode.Writer()
        payload = [
            [writer.write(a) for a in args],
            [[k, writer.write(v)] for k, v in kwargs.items()],
        ]
        self.sent = Sent(payload, writer.buffers)
        request = ["call", owner, name, *payload, observe]
        answer, buffers = self._ask(request, writer.buffers, writer.functions)
        return self._checked(lambda: self._answer(writer, answer, buffers))

    def get(self, handle: int, attribute: str) -> Any:
        return self._value(["get", handle, attribute])

    def iterate(self, handle: int) -> list[Any]:
        items = self._value(["iterate", handle])
        return items if type(items) is list else []

    def gradients(self, graph: int, grad: Tensor) -> list[Tensor | None]:
        """Gradients of an earlier result with respect to the arguments that wanted them."""
        writer = encode.Writer()
        grads = self._value(["gradients", graph, writer.write(grad)], writer.buffers)
        if type(grads) is not list or not all(g is None or isinstance(g, Tensor) for g in grads):
            raise self.channel.broken("the gradients are not tensors")
        return grads

    def forget(self) -> None:
        """Drop every handle and graph; the next test starts without them."""
        if self.fault is None:
            self.channel.send(
                wire.pack(["forget"], []), time.monotonic() + self.limits.call_seconds
            )

    @property
    def fault(self) -> SubmissionFault | None:
        """What broke this worker, if anything did."""
        return self.channel.fault

    def take_printed(self) -> str | None:
        """What the learner printed since the last time, bounded."""
        return self.channel.take_printed()

    def close(self) -> int | None:
        """End the process and whatever it left behind; the exit code if it ended by itself."""
        return self.processes.end(self.channel.process, tell=self.channel.close())

    # One exchange

    def _value(self, request: list[Any], buffers: list[bytes] | None = None) -> Any:
        answer, received = self._ask(request, buffers or [])
        reader = decode.Reader(received, handle=self.make_handle)
        return self._checked(lambda: reader.read(answer[1]))

    def _ask(
        self,
        request: list[Any],
        buffers: list[bytes],
        functions: list[Callable[..., Any]] | None = None,
    ) -> tuple[list[Any], list[memoryview]]:
        if self.fault is not None:
            raise self.fault
        deadline = time.monotonic() + self.limits.call_seconds
        self.channel.send(wire.pack(request, buffers), deadline)
        for _ in range(self.limits.callbacks + 1):
            self.channel.check_deadline(deadline)
            answer, received = self.channel.receive(deadline)
            match answer:
                case ["done", _, _, _] if request[0] != "load":
                    return answer, received
                case ["loaded", list(), list(), int()] if request[0] == "load":
                    return answer, received
                case ["raised", exception]:
                    raise self._checked(partial(self._raised, exception))
                case ["missing", list(names)] if request[0] == "call":
                    raise Missing(request[2], tuple(n for n in names[:200] if type(n) is str))
                case ["unsendable", str(reason)]:
                    raise Malformed(f"the result cannot be sent: {reason[:200]}")
                case ["callback", int(number), list()] if functions is not None:
                    self._call_back(functions, number, answer[2], received, deadline)
                case _:
                    raise self.channel.broken("it is not an answer")
        raise self.channel.broken(f"f was called more than {self.limits.callbacks:,} times")

    def _call_back(
        self,
        functions: list[Callable[..., Any]],
        number: int,
        payload: list[Any],
        buffers: list[memoryview],
        deadline: float,
    ) -> None:
        if not 0 <= number < len(functions):
            raise self.channel.broken("it called a function that was not given to it")
        reader = decode.Reader(buffers, handle=self.make_handle)
        args = self._checked(lambda: reader.read(payload))
        writer = encode.Writer()
        try:
            reply = ["return", writer.write(functions[number](*args))]
        except Exception as error:
            kind = type(error).__name__ if type(error).__module__ == "builtins" else "RuntimeError"
            reply = ["raise", kind, str(error)[:1000]]
            writer.buffers.clear()
        self.channel.send(wire.pack(reply, writer.buffers), deadline)

    def _checked(self, build: Callable[[], T]) -> T:
        try:
            return build()
        except wire.ProtocolError as error:
            raise self.channel.broken(str(error)) from None
        except (SubmissionFault, KeyboardInterrupt):
            raise
        except Exception as error:  # nothing a worker sends may break the judge
            raise self.channel.broken(f"it is malformed ({type(error).__name__})") from None

    # Answers

    def _answer(
        self, writer: encode.Writer, answer: list[Any], buffers: list[memoryview]
    ) -> Answer:
        _, payload, effects, seen = answer
        wanting = [t for t in writer.tensors if t.requires_grad]
        reader = decode.Reader(
            buffers,
            handle=self.make_handle,
            graph=lambda value, graph: _remote(self, graph, value, wanting),
            storages=writer.storages,
            arguments=writer.tensors,
        )
        value = reader.read(payload)
        before = [t.detach().clone() for t in writer.tensors] if effects[0] or effects[1] else []
        moved = self._apply_effects(writer, reader, effects)
        changed = tuple(zip(writer.tensors, before, strict=True)) if before else ()
        return Answer(value, moved, changed, None if seen is None else _observation(value, seen))

    def _apply_effects(
        self, writer: encode.Writer, reader: decode.Reader, effects: list[Any]
    ) -> tuple[Tensor, ...]:
        changed, moved, grads, grown = effects
        arguments = writer.tensors
        with torch.no_grad():
            for number, buffer in changed:
                decode.fill_storage(reader.storages[number], reader.buffer(buffer))
            for number, payload in moved:
                arguments[number].data = reader.read(payload).detach()
            for number, payload in grads:
                grad = None if payload is None else reader.read(payload)
                arguments[number].grad = grad
        return tuple(arguments[n] for n in [*(n for n, _ in moved), *grown])

    def _loaded(self, places: list[Any], left_out: list[Any], more: int) -> Loaded:
        found = ((str(name), self._place(file, line)) for name, file, line in places)
        return Loaded(
            {name: place for name, place in found if place is not None},
            tuple(self._left_out(*left) for left in left_out[:LEFT_OUT]),
            max(0, min(more, MAX_MORE)),
        )

    def _left_out(self, names: list[Any], file: str, line: int, exception: Any) -> LeftOut:
        error = None if exception is None else self._raised(exception)
        known = tuple(name for name in names if type(name) is str)
        return LeftOut(known, self._place(file, line), error)

    def _place(self, file: str, line: int) -> Frame | None:
        if file not in self.sources or type(line) is not int:
            raise wire.ProtocolError("no such line was sent")
        return self._frame(file, line, "") if self._has(file, line) else None

    def _has(self, file: str, line: int) -> bool:
        return type(line) is int and 1 <= line <= len(self.sources.get(file, ()))

    def _raised(self, exception: list[Any]) -> Raised:
        kind, bases, message, frames, detail = exception
        base = next((getattr(builtins, b) for b in bases if b in _RAISABLE), Exception)
        error = _raised_class(base)(str(message)[:MESSAGE_CHARACTERS])
        error.kind = str(kind)[:80]
        error.frames = tuple(
            self._frame(file, line, str(function)[:80])
            for file, line, function in frames[:FRAMES]
            if self._has(file, line)
        )
        if detail is not None:
            error.syntax = self._syntax(detail)
        return error

    def _frame(self, file: str, line: int, function: str) -> Frame:
        text = self.sources[file][line - 1]
        if len(text) > LINE_CHARACTERS:
            text = text.strip()[:LINE_CHARACTERS]
        return Frame(file, line, function, text, in_cell=file in self.cells)

    def _syntax(self, detail: list[Any]) -> str | None:
        """The line that Python could not read, with a caret under the spot."""
        message, file, line, column = detail
        if not self._has(file, line):
            return None
        text, before = _around(self.sources[file][line - 1], column if type(column) is int else 1)
        place = Frame(file, line, "", "", in_cell=file in self.cells).place
        said = str(message)[:MESSAGE_CHARACTERS]
        return f"{place}: {said}\n    {text}\n    {' ' * before}^"


def _around(line: str, column: int) -> tuple[str, int]:
    """What to show of a line, and how much of that stands before the column."""
    position = max(0, min(column - 1, len(line)))
    start = max(0, min(position - LINE_CHARACTERS // 2, len(line) - LINE_CHARACTERS))
    shown = line[start : start + LINE_CHARACTERS].replace("\t", " ")
    first, last = "… " if start else "", " …" if start + len(shown) < len(line) else ""
    return f"{first}{shown}{last}", len(first) + position - start


def _remote(worker: Worker, graph: int, value: Tensor, inputs: list[Tensor]) -> Tensor:
    result: Tensor = _Remote.apply(worker, graph, value, *inputs)  # type: ignore[no-untyped-call]
    return result


class _Remote(torch.autograd.Function):
    """A result whose graph stays in the worker: backward asks there for the gradients."""

    @staticmethod
    def forward(ctx: Any, worker: Worker, graph: int, value: Tensor, *inputs: Tensor) -> Tensor:
        ctx.worker, ctx.graph = worker, graph
        ctx.inputs = [(t.shape, t.dtype, t.device) for t in inputs]
        return value.clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Any:
        grads = ctx.worker.gradients(ctx.graph, grad)
        if len(grads) != len(ctx.inputs):
            raise ctx.worker.channel.broken("it has too few or too many gradients")
        for got, (shape, dtype, device) in zip(grads, ctx.inputs, strict=True):
            if got is not None and (got.shape, got.dtype, got.device) != (shape, dtype, device):
                raise ctx.worker.channel.broken("a gradient does not fit its tensor")
        return (None, None, None, *grads)


_RAISABLE = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type)
    and issubclass(value, Exception)
    and name not in ("UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError")
    and not issubclass(value, BaseExceptionGroup)
)
_classes: dict[type[Exception], type[Raised]] = {}


def _raised_class(base: type[Exception]) -> type[Raised]:
    """`Raised` that is also a `base`, so that `pytest.raises(ValueError)` sees a ValueError."""
    if base not in _classes:
        bases = (Raised,) if base is Exception else (Raised, base)
        _classes[base] = type(f"Raised{base.__name__}", bases, {"__str__": _message})
    return _classes[base]


def _message(error: Exception) -> str:
    return str(error.args[0]) if error.args else ""


def _observation(value: Any, seen: list[Any]) -> Observation:
    operations, steps, seconds = seen
    if not all(type(k) is str and type(v) is int for k, v in operations.items()):
        raise wire.ProtocolError("the operators are not counts")
    return Observation(value, operations, int(steps), float(seconds))
