"""From values to the payload and buffers of a frame."""

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.sandbox.limits import NESTING, TEXT_CHARACTERS
from grader.sandbox.rehearsal import NAME, host
from grader.sandbox.wire import (
    MAX_INT_BITS,
    MAX_KEYS,
    NAMES,
    KeptObject,
    RehearsalDevice,
    Unsendable,
    is_plain,
)


class Writer:
    """Turns values into a payload and buffers.

    `keep(value)` gives an identity for an object that stays on this side, `graph(tensor)` one for
    a result whose gradients may be asked for. A tensor that lies in a storage of `known` (storage
    address -> number) refers to it instead of sending its bytes again.
    """

    def __init__(
        self,
        keep: Callable[[object], int] | None = None,
        graph: Callable[[Tensor], int] | None = None,
        max_bytes: int = 2**40,
        known: dict[int, int] | None = None,
        arguments: dict[int, int] | None = None,
        first: int = 0,
    ) -> None:
        self.buffers: list[bytes] = []
        self.storages: list[Any] = []
        self.known, self.first = known or {}, first
        self.tensors: list[Tensor] = []
        self.arguments = arguments or {}
        self.functions: list[Callable[..., Any]] = []
        self.keep, self.graph = keep, graph
        self.left = max_bytes

    def buffer(self, data: bytes) -> int:
        """Add raw bytes to the frame; returns their number."""
        self._spend(len(data))
        self.buffers.append(data)
        return len(self.buffers) - 1

    def write(self, value: Any, depth: int = 0) -> Any:
        """The payload for `value`. Raises: Unsendable."""
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is int:
            if -(2**63) <= value < 2**63:
                return value
            if value.bit_length() > MAX_INT_BITS:
                raise Unsendable(f"an int of {value.bit_length()} bits is too large to send")
            return ["i", hex(value)]
        if depth > NESTING:
            raise Unsendable(f"it is nested deeper than {NESTING} levels")
        if kind is str:
            return self._text(value)
        if isinstance(value, Tensor):
            return self._tensor(value, depth)
        if isinstance(value, torch.Size):
            return ["z", [int(n) for n in tuple.__iter__(value)]]
        if isinstance(value, tuple):
            return ["t", [self.write(item, depth + 1) for item in tuple.__iter__(value)]]
        if isinstance(value, list):
            self._spend(8 * list.__len__(value))
            return ["l", [self.write(item, depth + 1) for item in list.__iter__(value)]]
        if isinstance(value, dict):
            pairs = [(k, v) for k, v in dict.items(value)]
            return ["d", [[self.write(k, depth + 1), self.write(v, depth + 1)] for k, v in pairs]]
        return self._other(value, depth)

    def _other(self, value: Any, depth: int) -> Any:
        if isinstance(value, KeptObject):
            return ["h", value.identity, value.kind]
        if isinstance(value, (np.ndarray, np.generic)) and not isinstance(value, float):
            return self._array(value)
        if isinstance(value, int):
            return self.write(int.__int__(value), depth)
        if isinstance(value, float):
            return float.__float__(value)
        if isinstance(value, complex):
            return ["c", value.real, value.imag]
        if isinstance(value, (set, frozenset)):
            kind: Any = set if isinstance(value, set) else frozenset
            items = [*kind.__iter__(value)]
            if all(map(is_plain, items)):
                return self._set(items, kind is frozenset, depth)
        if isinstance(value, str):
            return self._text(NAME if isinstance(value, RehearsalDevice) else str.__str__(value))
        if isinstance(value, bytes):
            self._spend(len(value))
            return ["b", bytes(value)]
        if isinstance(value, slice):
            return ["s", *(self.write(p, depth + 1) for p in (value.start, value.stop, value.step))]
        if isinstance(value, torch.dtype) and value in NAMES:
            return ["D", NAMES[value]]
        if isinstance(value, torch.device):
            return ["V", str(value)]
        if self.keep is not None:
            return ["h", self.keep(value), type(value).__name__[:80]]
        if callable(value):
            self.functions.append(value)
            return ["f", len(self.functions) - 1]
        raise Unsendable(
            f"a {type(value).__name__} cannot cross to the worker: make it there, in a rig"
        )

    def _set(self, items: list[Any], frozen: bool, depth: int) -> Any:
        if len(items) > MAX_KEYS:
            raise Unsendable(f"a set of {len(items):,} values is too large to send")
        return ["S", frozen, [self.write(item, depth + 1) for item in items]]

    def _text(self, value: str) -> str:
        if len(value) > TEXT_CHARACTERS:
            raise Unsendable(f"a string of {len(value):,} characters is too long to send")
        self._spend(len(value))
        return value

    def _spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Unsendable("it is larger than the limit for one answer")

    def _tensor(self, tensor: Tensor, depth: int) -> Any:
        number = self.arguments.get(id(tensor))
        if number is not None and self.keep is not None:
            return ["a", number]
        if type(tensor) is Tensor:
            return self._plain_tensor(tensor, depth)
        with torch._C.DisableTorchFunctionSubclass():  # a subclass may say anything of itself
            return self._plain_tensor(tensor, depth)

    def _plain_tensor(self, tensor: Tensor, depth: int) -> Any:
        if not _is_dense(tensor):
            if self.keep is None:
                raise Unsendable("only dense tensors can cross")
            return ["h", self.keep(tensor), f"Tensor ({_layout(tensor)})"]
        plain = tensor.detach()
        if plain.is_conj() or plain.is_neg():
            plain = plain.resolve_conj().resolve_neg()
        head = self._dense(host(plain))
        self.tensors.append(tensor)
        wants, leaf = tensor.requires_grad, tensor.is_leaf
        grad = tensor.grad if leaf else None
        if grad is not None and grad.requires_grad:
            grad = grad.detach()
        graph = self.graph(tensor) if self.graph and wants and not leaf else None
        return [
            *head,
            wants,
            None if grad is None else self._tensor(grad, depth + 1),
            graph,
        ]

    def _dense(self, plain: Tensor) -> list[Any]:
        where = plain.untyped_storage().data_ptr()
        storage: Any = self.known.get(where) if where else None
        if storage is None:
            if self.keep is not None:
                plain = _compact(plain)
            storage = self._new_storage(plain.untyped_storage())
        size, stride = list(plain.shape), list(plain.stride())
        return ["T", storage, NAMES[plain.dtype], plain.storage_offset(), size, stride]

    def _new_storage(self, storage: Any) -> list[Any]:
        number = self.first + len(self.storages)
        self.storages.append(storage)
        if where := storage.data_ptr():
            self.known[where] = number
        return [number, self.buffer(bytes_of(storage)), str(storage.device)]

    def _array(self, value: Any) -> Any:
        array = np.asarray(value)
        if array.dtype.kind not in "biufc" or array.dtype.itemsize > 16:
            if self.keep is not None:
                return ["h", self.keep(value), f"ndarray of {array.dtype.name}"[:80]]
            raise Unsendable(f"a NumPy array of {array.dtype} cannot cross")
        self._spend(array.size * array.dtype.itemsize)
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        self.buffers.append(np.ascontiguousarray(little).tobytes())
        scalar = isinstance(value, np.generic)
        return ["n", len(self.buffers) - 1, little.dtype.str, list(array.shape), scalar]


def _compact(plain: Tensor) -> Tensor:
    """A result that is a small part of a large storage is sent alone."""
    size = plain.untyped_storage().nbytes()
    needed = plain.numel() * plain.element_size()
    return plain.contiguous().clone() if size > 4 * needed + 4096 and needed < size else plain


def _layout(tensor: Tensor) -> str:
    if tensor.is_nested:
        return "nested"
    if tensor.is_quantized:
        return "quantized"
    if tensor.layout is not torch.strided:
        return str(tensor.layout).removeprefix("torch.")
    return tensor.device.type if tensor.device.type == "meta" else str(tensor.dtype)


def bytes_of(storage: Any) -> bytes:
    """All bytes of a storage, whatever its device."""
    if storage.device.type != "cpu":
        storage = storage.cpu()
    size = storage.nbytes()
    return ctypes.string_at(storage.data_ptr(), size) if size else b""


def _is_dense(tensor: Tensor) -> bool:
    return (
        tensor.layout is torch.strided
        and tensor.device.type != "meta"
        and tensor.dtype in NAMES
        and not tensor.is_quantized
        and not tensor.is_nested
    )
