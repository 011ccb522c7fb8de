"""The judge's end of one worker: ask, wait no longer than the deadline, believe nothing.

Whatever the worker does instead of answering becomes a `SubmissionFault`. After TimedOut, Died or
Malformed it must be ended; it is never asked again.
"""

import builtins
import os
import select
import selectors
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from grader.errors import (
    Died,
    Frame,
    Malformed,
    Missing,
    Raised,
    Stopped,
    SubmissionFault,
    TimedOut,
)
from grader.sandbox import wire
from grader.sandbox.limits import Limits
from grader.sandbox.processes import Process, Processes

T = TypeVar("T")

TICK_SECONDS = 0.1
EXIT_SECONDS = 0.5
MAX_MESSAGE = 2000
MAX_FRAMES = 20


@dataclass(frozen=True)
class Observation:
    """What the worker saw during an observed call."""

    operations: dict[str, int]
    steps: int
    seconds: float


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


@dataclass(frozen=True)
class Sent:
    """The arguments of a call as they went out: what the call does to them does not reach these."""

    payload: list[Any]
    buffers: list[bytes]

    def arguments(self) -> tuple[list[Any], dict[str, Any]]:
        """Build them once more, to show them; functions and handles by name only."""
        reader = wire.Reader(
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
        make_handle: Callable[["Worker", int, str], Any],
    ) -> None:
        self.processes, self.process, self.limits = processes, process, limits
        self._make_handle = make_handle
        self.sources: dict[str, list[str]] = {}
        self.printed = bytearray()
        self.printed_in_all = 0
        self.fault: SubmissionFault | None = None
        self.sent = Sent([[], []], [])
        self.next_check = time.monotonic() + TICK_SECONDS
        self.selector = selectors.DefaultSelector()
        for channel in (process.channel, process.output):
            channel.setblocking(False)
            self.selector.register(channel, selectors.EVENT_READ)
        if process.pidfd is not None:
            self.selector.register(process.pidfd, selectors.EVENT_READ)

    def load(self, unit: str, sources: Mapping[str, tuple[str, str]]) -> dict[str, int]:
        """Execute a unit's module; `sources` holds (file, text) of every unit of the submission.

        Returns the line on which each function and class is defined.
        Raises: SubmissionFault.
        """
        self.sources = {file: text.split("\n") for file, text in sources.values()}
        request = ["load", unit, {name: list(source) for name, source in sources.items()}]
        answer, _ = self._ask(request, [])
        reader = wire.Reader([], handle=self._no_handle)
        lines = self._checked(lambda: dict(reader.read(answer[1])))
        return {k: v for k, v in lines.items() if type(k) is str and type(v) is int}

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
        writer = wire.Writer()
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
        writer = wire.Writer()
        grads = self._value(["gradients", graph, writer.write(grad)], writer.buffers)
        if type(grads) is not list or not all(g is None or isinstance(g, Tensor) for g in grads):
            raise self._broken("the gradients are not tensors")
        return grads

    def forget(self) -> None:
        """Drop every handle and graph; the next test starts without them."""
        if self.fault is None:
            self._send(wire.pack(["forget"], []), time.monotonic() + self.limits.call_seconds)

    def take_printed(self) -> str | None:
        """What the learner printed since the last time, bounded."""
        self._read_output()
        if not self.printed_in_all:
            return None
        text = bytes(self.printed).decode("utf-8", "replace")
        left_out = self.printed_in_all - len(self.printed)
        self.printed.clear()
        self.printed_in_all = 0
        return text + (f"\n… ({left_out:,} more bytes)" if left_out else "")

    def close(self) -> int | None:
        """End the process and whatever it left behind; the exit code if it ended by itself."""
        self.selector.close()
        died = type(self.fault) is Died
        if died and self.process.pidfd is not None:
            # It hung up a moment before its end: wait for the exit code that tells why.
            select.select([self.process.pidfd], [], [], EXIT_SECONDS)
        return self.processes.end(self.process, tell=died)

    # One exchange

    def _value(self, request: list[Any], buffers: list[bytes] | None = None) -> Any:
        answer, received = self._ask(request, buffers or [])
        reader = wire.Reader(received, handle=self._handle)
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
        self._send(wire.pack(request, buffers), deadline)
        for _ in range(self.limits.callbacks + 1):
            self._check_deadline(deadline)
            answer, received = self._receive(deadline)
            match answer:
                case ["done", _, _, _]:
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
                    raise self._broken("it is not an answer")
        raise self._broken(f"f was called more than {self.limits.callbacks:,} times")

    def _call_back(
        self,
        functions: list[Callable[..., Any]],
        number: int,
        payload: list[Any],
        buffers: list[memoryview],
        deadline: float,
    ) -> None:
        if not 0 <= number < len(functions):
            raise self._broken("it called a function that was not given to it")
        reader = wire.Reader(buffers, handle=self._handle)
        args = self._checked(lambda: reader.read(payload))
        writer = wire.Writer()
        try:
            reply = ["return", writer.write(functions[number](*args))]
        except Exception as error:
            kind = type(error).__name__ if type(error).__module__ == "builtins" else "RuntimeError"
            reply = ["raise", kind, str(error)[:1000]]
            writer.buffers.clear()
        self._send(wire.pack(reply, writer.buffers), deadline)

    def _checked(self, build: Callable[[], T]) -> T:
        try:
            return build()
        except wire.ProtocolError as error:
            raise self._broken(str(error)) from None
        except (SubmissionFault, KeyboardInterrupt):
            raise
        except Exception as error:  # nothing a worker sends may break the judge
            raise self._broken(f"it is malformed ({type(error).__name__})") from None

    def _broken(self, what: str) -> Malformed:
        self.fault = Malformed(f"the answer could not be read: {what}")
        return self.fault

    # Answers

    def _answer(self, writer: wire.Writer, answer: list[Any], buffers: list[memoryview]) -> Answer:
        _, payload, effects, seen = answer
        wanting = [t for t in writer.tensors if t.requires_grad]
        reader = wire.Reader(
            buffers,
            handle=self._handle,
            graph=lambda value, graph: _remote(self, graph, value, wanting),
            storages=writer.storages,
            arguments=writer.tensors,
        )
        value = reader.read(payload)
        before = [t.detach().clone() for t in writer.tensors] if effects[0] or effects[1] else []
        moved = self._apply_effects(writer, reader, effects)
        changed = tuple(zip(writer.tensors, before, strict=True)) if before else ()
        return Answer(value, moved, changed, None if seen is None else _observation(seen))

    def _apply_effects(
        self, writer: wire.Writer, reader: wire.Reader, effects: list[Any]
    ) -> tuple[Tensor, ...]:
        changed, moved, grads, grown = effects
        arguments = writer.tensors
        with torch.no_grad():
            for number, buffer in changed:
                wire.fill_storage(reader.storages[number], reader.buffer(buffer))
            for number, payload in moved:
                arguments[number].data = reader.read(payload).detach()
            for number, payload in grads:
                grad = None if payload is None else reader.read(payload)
                arguments[number].grad = grad
        return tuple(arguments[n] for n in [*(n for n, _ in moved), *grown])

    def _handle(self, identity: int, kind: str) -> Any:
        return self._make_handle(self, identity, kind)

    def _no_handle(self, identity: int, kind: str) -> Any:
        raise wire.ProtocolError("there are no handles yet")

    def _raised(self, exception: list[Any]) -> Raised:
        kind, bases, message, frames, detail = exception
        base = next((getattr(builtins, b) for b in bases if b in _RAISABLE), Exception)
        error = _raised_class(base)(str(message)[:MAX_MESSAGE])
        error.kind = str(kind)[:80]
        error.frames = tuple(
            Frame(file, line, str(function)[:80], self._line(file, line))
            for file, line, function in frames[:MAX_FRAMES]
            if file in self.sources and type(line) is int
        )
        if detail is not None:
            error.syntax = self._syntax(detail)
        return error

    def _line(self, file: str, number: int) -> str:
        lines = self.sources[file]
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def _syntax(self, detail: list[Any]) -> str | None:
        """The line that Python could not read, with a caret under the spot."""
        message, file, line, column = detail
        if file not in self.sources or type(line) is not int:
            return None
        text = self._line(file, line).replace("\t", " ")
        caret = " " * (max(1, min(column, len(text) + 1)) - 1) if type(column) is int else ""
        return f"{file}:{line}: {str(message)[:MAX_MESSAGE]}\n    {text}\n    {caret}^"

    # Bytes

    def _send(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[self.process.channel.send(view) :]
            except BlockingIOError:
                self._read_output()
                self._check_deadline(deadline)
                time.sleep(0.001)
            except OSError:
                raise self._died() from None

    def _receive(self, deadline: float) -> tuple[list[Any], list[memoryview]]:
        header = self._read(wire.HEADER.size, deadline)
        try:
            head, body = wire.frame_size(bytes(header), self.limits.reply_bytes + 4096)
            data = self._read(head + body, deadline)
            payload, buffers = wire.unpack(bytes(data[:head]), memoryview(data)[head:])
        except wire.ProtocolError as error:
            raise self._broken(str(error)) from None
        if type(payload) is not list:
            raise self._broken("it is not an answer")
        return payload, buffers

    def _read(self, size: int, deadline: float) -> bytearray:
        data = bytearray()
        while len(data) < size:
            try:
                part = self.process.channel.recv(min(size - len(data), 1 << 20))
            except BlockingIOError:
                self._wait(deadline)
                continue
            except OSError:
                raise self._died() from None
            if not part:
                raise self._died()
            data += part
        return data

    def _wait(self, deadline: float) -> None:
        """Until there is something to read; what is printed meanwhile is kept.

        The end of the process is noticed as such: a pipe that stays open proves nothing.
        """
        ended = False
        while True:
            self._check_deadline(deadline)
            left = max(0.0, deadline - time.monotonic())
            events = self.selector.select(min(left, TICK_SECONDS))
            ready = {key.fileobj for key, _ in events}
            if self.process.output in ready:
                self._read_output()
            if self.process.channel in ready:
                return
            if self.process.pidfd in ready or (not events and self.process.has_ended()):
                if ended:
                    raise self._died()
                ended = True  # once more: its last answer may have come just before its end
            self._check_use()

    def _check_deadline(self, deadline: float) -> None:
        if time.monotonic() >= deadline:
            self.fault = TimedOut(f"no answer within {self.limits.call_seconds:g} seconds")
            raise self.fault

    def _check_use(self) -> None:
        """What no resource limit covers: threads, and the scratch folder as a whole."""
        if time.monotonic() < self.next_check:
            return
        self.next_check = time.monotonic() + TICK_SECONDS
        if too_much := _excess(self.process, self.limits):
            self.fault = Stopped(f"stopped: {too_much}")
            raise self.fault

    def _read_output(self) -> None:
        while True:
            try:
                part = self.process.output.recv(65536)
            except (BlockingIOError, OSError):
                return
            if not part:
                if self.process.output in self.selector.get_map():
                    self.selector.unregister(self.process.output)
                return
            self.printed_in_all += len(part)
            self.printed += part[: self.limits.printed_bytes - len(self.printed)]

    def _died(self) -> Died:
        self.fault = Died("the process that ran your code ended")
        return self.fault


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
            raise ctx.worker._broken("it has too few or too many gradients")
        for got, (shape, dtype, device) in zip(grads, ctx.inputs, strict=True):
            if got is not None and (got.shape, got.dtype, got.device) != (shape, dtype, device):
                raise ctx.worker._broken("a gradient does not fit its tensor")
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


def _observation(seen: list[Any]) -> Observation:
    operations, steps, seconds = seen
    if not all(type(k) is str and type(v) is int for k, v in operations.items()):
        raise wire.ProtocolError("the operators are not counts")
    return Observation(operations, int(steps), float(seconds))


def _excess(process: Process, limits: Limits) -> str | None:
    if process.pidfd is None:
        return None
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
        threads = int(status.partition("Threads:")[2].split(maxsplit=1)[0])
        if threads > limits.threads:
            return f"it started {threads} threads, at most {limits.threads} are allowed"
    except (OSError, ValueError, IndexError):
        return None
    size = files = 0
    for folder, folders, names in os.walk(process.scratch):
        files += len(folders) + len(names)
        if files > limits.scratch_files:
            return f"it made more than {limits.scratch_files} files"
        for name in names:
            try:
                size += os.lstat(os.path.join(folder, name)).st_size
            except OSError:
                continue
        if size > limits.scratch_bytes:
            return f"it wrote more than {limits.scratch_bytes >> 20} MiB of files"
    return None


def describe_exit(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"it left Python with exit code {code}"
    reasons = {
        "SIGSEGV": "a segmentation fault",
        "SIGKILL": "it used more memory or processor time than allowed",
        "SIGXCPU": "it used up its processor time",
    }
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return reasons.get(name, name)
