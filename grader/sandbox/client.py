"""The judge's end of one worker: ask, wait no longer than the deadline, believe nothing.

Whatever the worker does instead of answering becomes a `SubmissionFault`. After TimedOut, Died or
Malformed it must be ended; it is never asked again.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from torch import Tensor

from grader.errors import GraderFault, Malformed, Missing, SubmissionFault, TimedOut
from grader.sandbox import decode, encode, wire
from grader.sandbox.answers import Loaded, SentFiles, Text
from grader.sandbox.channel import Channel
from grader.sandbox.exchange import Answer, Reply, Sent
from grader.sandbox.limits import CLAIM_ELEMENTS, SMALL_CLAIM_ELEMENTS, Limits
from grader.sandbox.processes import START_SECONDS, Process, Processes
from grader.sandbox.remote_gradients import remote

T = TypeVar("T")

FORGET = wire.pack(["forget"], [])


class WorkerClient:
    """One worker process, asked one thing at a time."""

    def __init__(self, processes: Processes, process: Process, limits: Limits) -> None:
        self.processes, self.limits = processes, limits
        self.channel = Channel(process, limits)
        self.make_handle: Callable[[int, str], Any] = wire.KeptObject
        self.files, self.unit = SentFiles({}), ""
        self.sent = Sent([[], []], [])
        self.unsaid = b""

    def wait_until_ready(self) -> None:
        """Raises: GraderFault if the process fails before any learner code is in it."""
        try:
            answer, _ = self.channel.receive(time.monotonic() + START_SECONDS)
        except SubmissionFault as fault:
            printed = (self.take_printed() or "").strip().splitlines()
            why = printed[-1] if printed else str(fault)
            raise GraderFault(f"a worker could not be started: {why}") from None
        if answer != ["ready"]:
            raise GraderFault("a worker could not be started: its first message makes no sense")
        if self.channel.process.has_ended():  # it waited for work, perhaps for long
            raise GraderFault("a worker was killed before it had work, perhaps for lack of memory")

    def rehearse(self) -> None:
        """From now on, what it is asked happens on the rehearsal device: tensors go there when they
        arrive, and come back as tensors of the CPU."""
        self._ask(["rehearse"], [])

    def load(self, unit: str, sources: Mapping[str, Text]) -> Loaded:
        """Execute a unit's module; `sources` holds every unit of the submission.

        Raises: SubmissionFault.
        """
        self.files, self.unit = SentFiles(sources), unit
        answer, _ = self._ask(["load", unit, dict(sources)], [])
        return self._believed(lambda: self.files.loaded(*answer[1:]))

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
        in_place: bool = False,
    ) -> Answer:
        """Call a function of the module, a brought file or a handle, and return what it returned.

        With `in_place` the tensors of the first argument are changed as the call changed them; all
        others stay what they are: nobody but the judge writes what it computes with.
        Raises: SubmissionFault. What it means for the score is the suite's business. Unsendable
        if an argument has no place on the wire.
        """
        writer, self.sent = encode.Writer(), Sent([[], []], [])
        own = owner == self.unit or type(owner) is int
        elements = CLAIM_ELEMENTS if own else SMALL_CLAIM_ELEMENTS
        first = [writer.write(a) for a in args[:1]]
        mutable = len(writer.tensors) if in_place else 0
        arguments = [
            first + [writer.write(a) for a in args[1:]],
            [[k, writer.write(v)] for k, v in kwargs.items()],
        ]
        self.sent = Sent(arguments, writer.buffers, writer.functions)
        request = ["call", owner, name, *arguments, observe]
        answer, buffers = self._ask(request, writer.buffers, writer.functions)
        _, payload, effects, seen = answer
        wanting = [t for t in writer.tensors if t.requires_grad]
        reply = Reply(
            self.sent, payload, effects, seen, buffers, mutable, elements, self.make_handle
        )
        return self._believed(
            lambda: reply.answer(
                writer.tensors,
                writer.storages,
                lambda value, graph: remote(self, graph, value, wanting),
            )
        )

    def get(self, owner: str | int, attribute: str) -> Any:
        """An attribute of a handle, or of what the module defines."""
        return self._value(["get", owner, attribute])

    def parameter(self, value: Tensor) -> int:
        """Make a leaf with these numbers; the number of its handle."""
        writer = encode.Writer()
        made = self._value(["parameter", writer.write(value)], writer.buffers)
        if not isinstance(made, wire.KeptObject):
            raise self.channel.broken("it is no handle")
        return made.identity

    def assign(self, handle: int, attribute: str, value: Tensor | None) -> None:
        writer = encode.Writer()
        self._value(["set", handle, attribute, writer.write(value)], writer.buffers)

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

    def broken(self, why: str) -> SubmissionFault:
        """The fault of a worker whose last answer makes no sense: it is not asked again."""
        return self.channel.broken(why)

    def forget(self) -> None:
        """Drop every handle and graph; the next test starts without them.

        The worker hears of it with what it is asked next: nobody wakes it for that alone.
        """
        self.channel.begin_test()
        self.unsaid = FORGET

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
        return self._believed(lambda: reader.read(answer[1]))

    def _ask(
        self,
        request: list[Any],
        buffers: list[bytes],
        functions: list[Callable[..., Any]] | None = None,
    ) -> tuple[list[Any], list[memoryview]]:
        try:
            return self._asked(request, buffers, functions)
        except TimedOut as late:
            late.frames = self.files.running(late.stack)
            raise

    def _asked(
        self,
        request: list[Any],
        buffers: list[bytes],
        functions: list[Callable[..., Any]] | None,
    ) -> tuple[list[Any], list[memoryview]]:
        if self.fault is not None:
            raise self.fault
        try:
            answer, received = self._exchange(request, buffers, functions)
        except BaseException as error:
            if self.fault is None:  # what it has yet to say would answer the next question
                self.channel.broken("it took more memory or time than the judge has")
            if isinstance(error, MemoryError):
                raise self.fault or error from None
            raise
        match answer:
            case ["done", _, _, _] if request[0] != "load":
                return answer, received
            case ["loaded", list(), list(), int()] if request[0] == "load":
                return answer, received
            case ["raised", exception]:
                raise self._believed(lambda: self.files.raised(exception))
            case ["missing", list(names)] if request[0] in ("call", "get"):
                defined = tuple(n for n in names[:200] if type(n) is str)
                raise Missing(request[2].partition(".")[0], defined)
            case ["unsendable", str(reason)]:
                raise Malformed(f"the result cannot be sent: {reason[:200]}")
            case _:
                raise self.channel.broken("it is not an answer")

    def _exchange(
        self,
        request: list[Any],
        buffers: list[bytes],
        functions: list[Callable[..., Any]] | None,
    ) -> tuple[list[Any], list[memoryview]]:
        """Ask, and carry out the callbacks that come before the answer."""
        deadline = time.monotonic() + self.limits.call_seconds
        self.channel.send(self.unsaid + wire.pack(request, buffers), deadline)
        self.unsaid = b""
        for _ in range(self.limits.callbacks + 1):
            self.channel.check_deadline(deadline)
            answer, received = self.channel.receive(deadline)
            match answer:
                case ["callback", int(number), list()] if functions is not None:
                    self._call_back(functions, number, answer[2], received, deadline)
                case _:
                    return answer, received
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
        reader = decode.Reader(buffers, handle=self.make_handle, elements=SMALL_CLAIM_ELEMENTS)
        args = self._believed(lambda: reader.read(payload))
        writer = encode.Writer()
        try:
            reply = ["return", writer.write(functions[number](*args))]
        except SubmissionFault:  # the test has run out of time
            raise
        except Exception as error:
            kind = type(error).__name__ if type(error).__module__ == "builtins" else "RuntimeError"
            reply = ["raise", kind, str(error)[:1000]]
            writer.buffers.clear()
        self.channel.send(wire.pack(reply, writer.buffers), deadline)

    def _believed(self, made: Callable[[], T]) -> T:
        """What is made of an answer. Nothing a worker sends may break the judge: it breaks the
        worker."""
        try:
            return made()
        except wire.ProtocolError as error:
            raise self.channel.broken(str(error)) from None
        except SubmissionFault:
            raise
        except Exception as error:
            raise self.channel.broken(f"it is malformed ({type(error).__name__})") from None
