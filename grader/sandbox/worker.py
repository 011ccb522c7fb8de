"""The worker: runs learner code and says what happened. Untrusted from the first line of theirs.

Requests, each a frame (see `wire`); the worker answers every one but `forget`:

    ["rehearse"]                                  before all others: have every tensor that is
                                                  sent on the rehearsal device (see `rehearsal`)
    ["load", unit, {name: [file, source]}]        execute a unit's module, beside the others and
                                                  the learner's own; a source is a text, or for
                                                  a notebook the [file, text] of each cell
    ["bring", name, source]                       execute a file of the suite beside it
    ["call", owner, name, args, kwargs, observe]  owner: a unit, a brought name, or a handle;
                                                  name: `a.b` for what lies in an attribute, or
                                                  that of an operator: __call__, __len__, ...
    ["get", owner, attribute]                     ["iterate", handle]
    ["parameter", tensor]                         a leaf with these numbers, as a handle
    ["set", handle, attribute, value]             of a parameter: its data or its grad
    ["gradients", graph, grad]                    of an earlier result, by its arguments
    ["forget"]                                    drop handles and graphs; reset random states

Answers, after a first ["ready"]:

    ["loaded", places, left_out, more] places: [name, file, line] of functions and classes;
                                       left_out: [names, file, line, exception] of each,
                                       and how many more cells have failed
    ["done", value, effects, seen]     effects: what became of the tensors among the arguments,
                                       and the names of what else was left behind
    ["raised", exception]              kind, builtin bases, message, frames in the learner's files
    ["missing", names]                 the module has no such name, but these
    ["unsendable", reason]             the value has no place on the wire
    ["callback", function, args]       mid-call; the judge answers ["return", value] or
                                       ["raise", kind, message]

On SIGUSR1, which says that it is late, Python itself writes the running lines to the channel; the
judge takes no answer any more. The worker imports nothing of the course and knows nothing of what
is right.
"""

import builtins
import faulthandler
import importlib
import io
import linecache
import operator
import signal
import socket
import sys
import types
from collections.abc import Callable
from functools import partial
from typing import Any, TextIO

import torch
from torch import Tensor

from grader.sandbox import decode, encode, wire
from grader.sandbox.arguments import Arguments, Results, tensors_in
from grader.sandbox.eager import run_eagerly
from grader.sandbox.functions import function_of
from grader.sandbox.limits import FRAMES, LEFT_OUT, MESSAGE_CHARACTERS, Limits
from grader.sandbox.notebook_module import Skipped
from grader.sandbox.notebook_names import provide
from grader.sandbox.observe import observed
from grader.sandbox.randomness import start_anew
from grader.sandbox.rehearsal import Rehearsal, on_device, place_of_results, set_up
from grader.sandbox.sibling import Sibling, definitions_of

READ_AHEAD = 1 << 16
BUILTIN_ERRORS = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
)


def text_stream(descriptor: int) -> TextIO:
    """Written through at once, so that nothing is lost when the process ends."""
    raw = open(descriptor, "wb", buffering=0, closefd=False)  # noqa: SIM115
    return io.TextIOWrapper(raw, "utf-8", "backslashreplace", write_through=True)


def serve(channel: socket.socket, limits: Limits) -> None:
    """Answer requests until the judge hangs up."""
    run_eagerly()
    bound_gpu_memory(limits.gpu_share)
    if hasattr(faulthandler, "register"):  # asked where it is, it answers even from within torch
        faulthandler.register(signal.SIGUSR1, channel.fileno(), all_threads=False)
    worker = Worker(channel, limits)
    worker.send(["ready"], [])  # until here every fault is the grader's
    while (frame := worker.receive()) is not None:
        worker.answer(*frame)


def bound_gpu_memory(share: float) -> None:
    """When CUDA starts in this process, take at most this share of the memory of each GPU."""

    def bound() -> None:
        for number in range(torch.cuda.device_count()):
            torch.cuda.set_per_process_memory_fraction(share, number)

    if torch.version.cuda is not None:
        # To ask for it now would start CUDA in every worker.
        torch.cuda._lazy_call(bound)  # type: ignore[no-untyped-call]


class Worker:
    def __init__(self, channel: socket.socket, limits: Limits) -> None:
        self.channel, self.limits = channel, limits
        self.modules: dict[str, types.ModuleType] = {}
        self.brought: set[str] = set()
        self.files: dict[str, str] = {}
        self.rehearses = False
        self.ahead = bytearray()  # of the next request
        self.calls = 0
        self.forget()

    def forget(self) -> None:
        self.objects: dict[int, Any] = {}
        self.graphs: dict[int, tuple[Tensor, list[Tensor]]] = {}
        self.next_identity = 0
        self.results = Results()
        self.in_call = False
        start_anew()  # so that no test depends on how much an earlier one drew

    def receive(self) -> tuple[Any, list[memoryview]] | None:
        header = self._read(wire.HEADER.size)
        if header is None:
            return None
        head, body = wire.frame_size(header, 2**40, 2**40)  # the judge is trusted
        frame = self._read(head + body)
        return None if frame is None else wire.unpack(frame[:head], memoryview(frame)[head:])

    def _read(self, size: int) -> bytes | None:
        data = self.ahead
        while len(data) < size:
            part = self.channel.recv(max(READ_AHEAD, min(size - len(data), 1 << 20)))
            if not part:
                return None
            data += part
        self.ahead = data[size:]
        return bytes(data[:size])

    def send(self, payload: object, buffers: list[bytes]) -> None:
        self.channel.sendall(wire.pack(payload, buffers))

    def answer(self, request: list[Any], buffers: list[memoryview]) -> None:
        kind, *rest = request
        if kind == "forget":
            self.forget()
            return
        try:
            answer = getattr(self, f"_{kind}")
            if self.rehearses:
                with Rehearsal(self.files):
                    made = answer(buffers, *rest)
            else:
                made = answer(buffers, *rest)
            self.send(*made)
        except wire.Unsendable as error:
            self.send(["unsendable", str(error)], [])
        except BaseException as error:  # SystemExit and KeyboardInterrupt are answers too
            self.send(["raised", self._exception(error)], [])

    def _rehearse(self, buffers: object) -> Any:
        set_up()  # before any backward pass: that is when torch looks which devices there are
        self.rehearses = True
        return ["done", None, None, None], []

    def _load(self, buffers: object, unit: str, sources: dict[str, list[Any]]) -> Any:
        siblings = {name: Sibling(name, *source) for name, source in sources.items()}
        for sibling in siblings.values():
            for file, text in sibling.parts:
                self.files[file] = text
                linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        own = siblings.pop(unit)
        # What is installed comes before a file of the learner's with its name, but for the unit.
        sys.meta_path.insert(0, own)
        sys.meta_path.extend(siblings.values())
        sys.modules.pop(unit, None)
        provide()
        sys.argv = [f"{unit}.py"]  # as if it were run by itself
        self.modules[unit] = importlib.import_module(unit)
        start_anew()
        if isinstance(own.source, str):
            places = definitions_of(own.python, own.file)
        else:
            places = [[name, *place] for name, place in own.notebook.definitions.items()]
        skipped = own.notebook.skipped
        left_out = [self._left_out(one) for one in skipped[-LEFT_OUT:]]
        return ["loaded", places, left_out, sum(one.failed for one in skipped[:-LEFT_OUT])], []

    def _left_out(self, skipped: Skipped) -> list[Any]:
        error = None if skipped.error is None else self._exception(skipped.error)
        return [skipped.names, skipped.file, skipped.line, error]

    def _bring(self, buffers: object, name: str, source: str) -> Any:
        module = types.ModuleType(name)
        exec(compile(source, f"<{name}>", "exec"), module.__dict__)
        self.modules[name] = module
        self.brought.add(name)
        return ["done", None, None, None], []

    def _call(
        self,
        buffers: list[memoryview],
        owner: Any,
        name: str,
        args: Any,
        kwargs: Any,
        observe: bool,
    ) -> Any:
        target = self._owner(owner)
        if missing := self._missing(target, owner, name):
            return missing, []
        self.calls += 1
        reader = self._reader(buffers, self.callback)
        given = Arguments(reader, args, kwargs)
        function = function_of(target, name)
        torch.set_grad_enabled(True)
        self.in_call, seen = True, None
        try:
            if observe:
                made = observed(
                    lambda: function(*given.args, **given.kwargs), frozenset(self.files)
                )
                value = made.value
                seen = [made.operations, made.steps, made.seconds, sorted(made.modules)]
            else:
                value = function(*given.args, **given.kwargs)
        finally:
            self.in_call = False
        more = ["result"] if self.results.is_changed(name) else []
        if owner not in self.brought:
            more += given.left_on_cpu(value)
        self.results.note(name, value, tensors_in(*given.args, *given.kwargs.values()))
        graph = partial(self._keep_graph, given.wanting)
        writer = given.writer(self.keep, graph, self.limits.reply_bytes)
        payload = writer.write(value)
        *effects, left = given.effects(writer)
        return ["done", payload, [*effects, left + more], seen], writer.buffers

    def _reader(
        self, buffers: list[memoryview], function: Callable[[int], Any] | None = None
    ) -> decode.Reader:
        placed = on_device if self.rehearses else None
        return decode.Reader(buffers, handle=self._handle, function=function, placed=placed)

    def _owner(self, owner: Any) -> Any:
        return self.objects[owner] if type(owner) is int else self.modules[owner]

    def _missing(self, target: Any, owner: Any, name: str) -> list[Any] | None:
        """The answer for a name that a module does not define."""
        if type(owner) is int or name.partition(".")[0] in vars(target):
            return None
        defined = [key for key in vars(target) if key.isidentifier() and key[0] != "_"]
        return ["missing", defined[:200]]

    def _get(self, buffers: object, owner: Any, attribute: str) -> Any:
        target = self._owner(owner)
        if missing := self._missing(target, owner, attribute):
            return missing, []
        return self._plain(operator.attrgetter(attribute)(target))

    def _parameter(self, buffers: list[memoryview], value: Any) -> Any:
        reader = self._reader(buffers)
        made = torch.nn.Parameter(reader.read(value).detach())
        return ["done", ["h", self.keep(made), "Parameter"], None, None], []

    def _set(self, buffers: list[memoryview], handle: int, attribute: str, value: Any) -> Any:
        reader = self._reader(buffers)
        setattr(self.objects[handle], attribute, reader.read(value))
        return ["done", None, None, None], []

    def _iterate(self, buffers: object, handle: int) -> Any:
        items = []
        for item in self.objects[handle]:
            items.append(item)
            if len(items) > self.limits.handles:
                raise wire.Unsendable("it yields too many items")
        return self._plain(items)

    def _plain(self, value: object) -> Any:
        writer = encode.Writer(self.keep, max_bytes=self.limits.reply_bytes)
        payload = writer.write(value)
        return ["done", payload, None, None], writer.buffers

    def _gradients(self, buffers: list[memoryview], graph: int, grad: Any) -> Any:
        output, inputs = self.graphs[graph]
        reader = self._reader(buffers)
        # The gradients of (output * grad).sum() are those asked for. Giving torch `grad` itself
        # makes it import sympy, which takes as long as half an `import torch`.
        scalar = (output * reader.read(grad)).sum()
        grads = torch.autograd.grad(scalar, inputs, retain_graph=True, allow_unused=True)
        return self._plain(list(grads))

    def keep(self, value: object) -> int:
        if len(self.objects) >= self.limits.handles:
            raise wire.Unsendable("too many objects were returned")
        self.next_identity += 1
        self.objects[self.next_identity] = value
        return self.next_identity

    def _keep_graph(self, inputs: list[Tensor], output: Tensor) -> int:
        identity = self.keep(output)
        self.graphs[identity] = (output, inputs)
        return identity

    def _handle(self, identity: int, kind: str) -> Any:
        return self.objects[identity]

    def callback(self, function: int) -> Callable[..., Any]:
        """A stand-in for a function of the judge, as long as this call lasts."""
        mine = self.calls

        def call(*args: Any) -> Any:
            if not self.in_call or self.calls != mine:
                raise RuntimeError("this function can only be called while the exercise runs")
            placed = place_of_results(args) if self.rehearses else None
            writer = encode.Writer(self.keep, max_bytes=self.limits.reply_bytes)
            payload = writer.write(list(args))
            self.send(["callback", function, payload], writer.buffers)
            frame = self.receive()
            if frame is None:
                raise SystemExit(0)
            (kind, *rest), buffers = frame
            if kind == "return":
                reader = decode.Reader(buffers, handle=self._handle, placed=placed)
                return reader.read(rest[0])
            error = getattr(builtins, rest[0], RuntimeError)
            raise error(rest[1])

        call.__name__ = call.__qualname__ = "f"
        return call

    def _exception(self, error: BaseException) -> list[Any]:
        try:
            return self._described(error)
        except BaseException:  # names and attributes of a learner's class may fail as well
            return ["Exception", ["Exception"], "", [], None]

    def _described(self, error: BaseException) -> list[Any]:
        kind = type(error)
        bases = [c.__name__ for c in type.mro(kind) if c.__module__ == "builtins"]
        detail: list[Any] | None = None
        if isinstance(error, SyntaxError):
            detail = [error.msg, error.filename, error.lineno, error.offset]
            detail = [part if type(part) in (str, int) else None for part in detail]
        return [
            kind.__name__[:80],
            [base for base in bases if base in BUILTIN_ERRORS][:8],
            _text_of(error),
            self._frames(error),
            detail,
        ]

    def _frames(self, error: BaseException) -> list[list[Any]]:
        frames, step = [], error.__traceback__
        while step is not None:
            code = step.tb_frame.f_code
            if code.co_filename in self.files:
                frames.append([code.co_filename, step.tb_lineno, code.co_name[:80]])
            step = step.tb_next
        return frames[-FRAMES:]


def _text_of(error: BaseException) -> str:
    try:
        return str(error)[:MESSAGE_CHARACTERS]
    except Exception:
        return ""
