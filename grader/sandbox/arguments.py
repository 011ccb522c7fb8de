"""The arguments of one call, in the worker, and what became of the tensors among them."""

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from grader.sandbox.decode import Reader
from grader.sandbox.encode import Writer, bytes_of
from grader.sandbox.origins import origin_of
from grader.sandbox.rehearsal import Rehearsed, host

MOST_KEPT = 1 << 16  # numbers of a result that is looked at again


def _place_of(tensor: Tensor) -> tuple[object, ...]:
    """Where a tensor lies in memory, and how."""
    return _address_of(tensor), tensor.shape, tensor.stride(), int(tensor.storage_offset())


def _address_of(tensor: Tensor) -> int:
    return host(tensor).untyped_storage().data_ptr()


class _TensorBefore(NamedTuple):
    """A tensor among the arguments, and how it was before the call."""

    tensor: Tensor
    place: tuple[object, ...]
    wanted_grad: bool
    grad: Tensor | None

    def has_moved(self) -> bool:
        return _place_of(self.tensor) != self.place

    def is_another_leaf(self) -> bool:
        return not self.tensor.is_leaf or self.tensor.requires_grad is not self.wanted_grad

    def has_another_grad(self) -> bool:
        return self.tensor.is_leaf and self.tensor.grad is not self.grad


class _StorageBefore(NamedTuple):
    """A storage of the arguments, and where it lay and what it held before the call."""

    storage: Any
    address: int
    data: bytes

    def is_in_place(self) -> bool:
        now = self.storage.data_ptr(), self.storage.nbytes()
        return bool(self.address) and now == (self.address, len(self.data))


class Arguments:
    """Read from the payload of a request; `wanting` are the tensors that require gradients."""

    def __init__(self, reader: Reader, args: Any, kwargs: Any) -> None:
        self.args = [reader.read(arg) for arg in args]
        self.kwargs = {name: reader.read(arg) for name, arg in kwargs}
        self.storages = {
            number: _StorageBefore(storage, storage.data_ptr(), bytes_of(storage))
            for number, storage in reader.storages.items()
        }
        self.tensors = [
            _TensorBefore(t, _place_of(t), t.requires_grad, t.grad) for t in reader.tensors
        ]
        self.wanting = [t for t in reader.tensors if t.requires_grad]
        self.containers = containers_in(*self.args, *self.kwargs.values())
        self.dtype = torch.get_default_dtype()

    def writer(
        self, keep: Callable[[object], int], graph: Callable[[Tensor], int], max_bytes: int
    ) -> Writer:
        """Writes what the call returned: what lies in an argument's storage refers to that."""
        known = {s.address: number for number, s in self.storages.items() if s.is_in_place()}
        numbers = {id(before.tensor): k for k, before in enumerate(self.tensors)}
        return Writer(keep, graph, max_bytes, known, numbers, first=len(self.storages))

    def left_on_cpu(self, value: Any) -> list[str]:
        """In a rehearsal: is a tensor in `value` not where the tensors of the arguments are? Says
        so as in `wire.LEFT_BEHIND`, and after that which call made it."""
        if not any(isinstance(before.tensor, Rehearsed) for before in self.tensors):
            return []
        here = [tensor for tensor in tensors_in(value) if not isinstance(tensor, Rehearsed)]
        if not here:
            return []
        return [f"device {origin_of(here) or ''}"]

    def effects(self, writer: Writer) -> list[Any]:
        """[changed storages, moved tensors, gradients, leaves that are no longer the same leaf,
        what else was left behind]"""
        changed = [
            [number, writer.buffer(now)]
            for number, s in self.storages.items()
            if s.is_in_place() and (now := bytes_of(s.storage)) != s.data
        ]
        moved, grads, others = [], [], []
        for k, before in enumerate(self.tensors):
            tensor = before.tensor
            if before.has_moved():
                moved.append([k, writer.write(tensor.detach())])
            if before.is_another_leaf():
                others.append(k)
            if before.has_another_grad():
                grad = None if tensor.grad is None else writer.write(tensor.grad.detach())
                grads.append([k, grad])
        return [changed, moved, grads, others, left_behind(self.containers, self.dtype)]


def containers_in(*values: Any) -> list[tuple[Any, list[Any]]]:
    """The lists and dicts among the values, with the things that are in each of them."""
    found: list[tuple[Any, list[Any]]] = []
    for value in values:
        kind = type(value)
        if kind in (list, dict):
            found.append((value, _contents(value)))
        if kind in (list, tuple, dict):
            found += containers_in(*(value.values() if kind is dict else value))
    return found


def left_behind(containers: list[tuple[Any, list[Any]]], dtype: torch.dtype) -> list[str]:
    """What a call should not leave behind, other than in tensors: names of `wire.LEFT_BEHIND`.

    `dtype` was the default before it, and is again.
    """
    left = []
    if not all(_same_things(_contents(value), before) for value, before in containers):
        left.append("list")
    if not torch.is_grad_enabled():
        left.append("no_grad")
    if torch.get_default_dtype() != dtype:
        left.append("dtype")
        torch.set_default_dtype(dtype)
    return left


class Results:
    """What calls have returned: a later call must not change it."""

    def __init__(self) -> None:
        self.last: dict[str, tuple[list[tuple[Tensor, Tensor]], list[tuple[Any, list[Any]]]]] = {}

    def note(self, name: str, value: Any, arguments: list[Tensor]) -> None:
        """After a call of `name` that returned `value`; what lies in an argument is left out."""
        theirs = set(map(_address_of, arguments))
        copies = [
            (t, t.detach().clone())
            for t in map(host, [*tensors_in(value), *_as_tensors(value)])
            if t.numel() <= MOST_KEPT and _address_of(t) not in theirs
        ]
        self.last[name] = copies, containers_in(value)

    def is_changed(self, name: str) -> bool:
        """After a call of `name`, before its value is noted: is what the one before gave?"""
        tensors, containers = self.last.get(name, ((), ()))
        return any(not _same_numbers(*pair) for pair in tensors) or any(
            not _same_things(_contents(value), before) for value, before in containers
        )


def tensors_in(*values: Any) -> list[Tensor]:
    """In lists, tuples and dicts, too."""
    found: list[Tensor] = []
    for value in values:
        kind = type(value)
        if kind in (list, tuple, dict):
            found += tensors_in(*(value.values() if kind is dict else value))
        elif isinstance(value, Tensor):
            found.append(value)
    return found


def _as_tensors(value: Any) -> list[Tensor]:
    """A NumPy array as a tensor in its memory, where that can be."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub":
        return []
    try:
        if value.flags.writeable:
            return [torch.from_numpy(value)]
        with warnings.catch_warnings(action="ignore"):  # a warning of ours would seem the learner's
            return [torch.from_numpy(value)]
    except (TypeError, ValueError):
        return []


def _same_numbers(now: Tensor, before: Tensor) -> bool:
    now = now.detach()
    if now.shape != before.shape:
        return False
    return torch.equal(now, before) or bool(((now == before) | (now != now)).all())


def _contents(value: Any) -> list[Any]:
    return [*value.keys(), *value.values()] if type(value) is dict else list(value)


def _same_things(now: list[Any], before: list[Any]) -> bool:
    return len(now) == len(before) and all(a is b for a, b in zip(now, before, strict=True))
