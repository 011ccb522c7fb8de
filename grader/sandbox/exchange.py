"""One call of the work, on the judge's side: what went out with it, and what came back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from grader.sandbox import decode, wire
from grader.sandbox.answers import observation
from grader.sandbox.arguments import tensors_in
from grader.sandbox.observe import Observation

TEXT_LEFT = 200  # characters of what was left behind


@dataclass(frozen=True)
class Sent:
    """The arguments of a call as they went out: what the call does to them does not reach these."""

    payload: list[Any]
    buffers: list[bytes]
    functions: list[Callable[..., Any]] = field(default_factory=list)

    def arguments(self) -> tuple[list[Any], dict[str, Any]]:
        """Build them once more, to show them; handles by name only."""
        return self.read_by(self.reader())

    def reader(self) -> decode.Reader:
        return decode.Reader(
            [memoryview(b) for b in self.buffers],
            handle=wire.KeptObject,
            function=self.functions.__getitem__,
        )

    def read_by(self, reader: decode.Reader) -> tuple[list[Any], dict[str, Any]]:
        args, kwargs = self.payload
        return [reader.read(a) for a in args], {k: reader.read(v) for k, v in kwargs}


@dataclass(frozen=True)
class Answer:
    """The value of a call, and what became of the tensors among its arguments.

    `moved` lie in other memory now or are other leaves. `changed` are those that the call has
    changed without leave, each with what it made of it: the tensors themselves are as they were.
    `left` names what else was left behind, of `wire.LEFT_BEHIND`, more words after a space.
    `reply` is what all this was read from.
    """

    value: Any
    moved: tuple[Tensor, ...] = ()
    changed: tuple[tuple[Tensor, Tensor], ...] = ()
    left: tuple[str, ...] = ()
    seen: Observation | None = None
    reply: "Reply | None" = None


@dataclass(frozen=True)
class Reply:
    """What a worker said of a call: nothing is made of it until somebody reads it, and whoever
    reads it again finds the same. `mutable` says how many of the first tensors the call may
    change."""

    sent: Sent
    payload: Any
    effects: list[Any]
    seen: Any
    buffers: list[memoryview]
    mutable: int
    elements: int
    handle: Callable[[int, str], Any]

    def answer(
        self,
        tensors: list[Tensor],
        storages: list[Any],
        graph: Callable[[Tensor, int], Tensor] | None = None,
    ) -> Answer:
        """The answer to a call with these tensors among the arguments, in these storages.

        Raises: ProtocolError.
        """
        reader = decode.Reader(
            self.buffers,
            handle=self.handle,
            graph=graph,
            storages=storages,
            arguments=tensors,
            elements=self.elements,
        )
        value = reader.read(self.payload)
        *effects, left = self.effects
        if not all(text.partition(" ")[0] in wire.LEFT_BEHIND for text in left):
            raise wire.ProtocolError("it leaves unknown things behind")
        moved, changed = _take_effects(tensors, self.mutable, reader, effects)
        observed = None if self.seen is None else observation(value, self.seen)
        left = tuple(text[:TEXT_LEFT] for text in left)
        return Answer(value, moved, changed, left, observed, self)

    def as_it_came(self) -> tuple[Answer, list[Tensor]]:
        """The answer, and the tensors among the arguments as the call left them: whatever a test
        has done with its own meanwhile."""
        reader = self.sent.reader()
        args, kwargs = self.sent.read_by(reader)
        answer = self.answer(reader.tensors, [*reader.storages.values()])
        made = {id(before): now for before, now in answer.changed}
        given = tensors_in(*args, *kwargs.values())
        return answer, [made.get(id(tensor), tensor) for tensor in given]


def _take_effects(
    arguments: list[Tensor], mutable: int, reader: decode.Reader, effects: list[Any]
) -> tuple[tuple[Tensor, ...], tuple[tuple[Tensor, Tensor], ...]]:
    """The tensors that moved or became other leaves, and those changed without leave."""
    written, moved, grads, others = effects
    if not (written or moved or grads or others):
        return (), ()
    changed: list[tuple[Tensor, Tensor]] = []
    if max(map(len, effects)) > len(arguments):
        raise wire.ProtocolError("it tells of more arguments than there are")
    with torch.no_grad():
        for number, buffer in written:
            data, storage = reader.buffer(buffer), reader.storages[number]
            inside = [k for k, t in enumerate(arguments) if _address(t) == storage.data_ptr()]
            if min(inside, default=mutable) < mutable:
                decode.fill_storage(storage, data)
                continue
            new = decode.filled_storage(data, str(storage.device))
            changed += [(arguments[k], _laid_into(new, arguments[k])) for k in inside]
        for number, payload in moved:
            tensor, now = reader.argument(number), _copy(reader.read(payload))
            if number < mutable:
                tensor.data = now
            else:
                changed.append((tensor, now))
        for number, payload in grads:
            tensor = reader.argument(number)
            if number < mutable:
                tensor.grad = None if payload is None else _copy(reader.read(payload))
    numbers = [*(number for number, _ in moved), *others]
    return tuple(map(reader.argument, numbers)), tuple(changed)


def _copy(tensor: Tensor) -> Tensor:
    """One that shares no memory with the judge's own, where a later call might change it."""
    return tensor.detach().clone()


def _address(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _laid_into(storage: Any, like: Tensor) -> Tensor:
    """The part of a storage that `like` is of its own."""
    if storage.nbytes() != like.untyped_storage().nbytes():
        raise wire.ProtocolError("a storage changed its size")
    new = torch.empty(0, dtype=like.dtype, device=like.device)
    return new.set_(storage, like.storage_offset(), like.shape, like.stride())
