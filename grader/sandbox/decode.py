"""From the payload and buffers of a frame to values.

Everything a worker sends is untrusted: every length, extent, type and depth is checked before
anything is built from it.
"""

import ctypes
import math
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import numpy as np
import torch
from torch import Tensor

from grader.sandbox.limits import CLAIM_ELEMENTS, NESTING
from grader.sandbox.wire import DTYPES, MAX_INT_BITS, MAX_KEYS, ProtocolError, is_plain

T = TypeVar("T")

DEVICES = ("cpu", "cuda", "mps")
MAX_AXES = 24
MAX_VALUES = 50_000  # lists, tensors and the like; numbers and texts are bounded by the head


class Reader:
    """Builds values from a payload and buffers, checking everything on the way.

    `placed` puts each tensor elsewhere as soon as it is made.
    `storages` and `arguments` are what numbers may refer to besides the frame's own buffers.
    """

    def __init__(
        self,
        buffers: list[memoryview],
        *,
        handle: Callable[[int, str], Any],
        function: Callable[[int], Callable[..., Any]] | None = None,
        graph: Callable[[Tensor, int], Tensor] | None = None,
        storages: list[Any] | None = None,
        arguments: list[Tensor] | None = None,
        elements: int = CLAIM_ELEMENTS,
        placed: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        self.buffers = buffers
        self.storages: dict[int, Any] = dict(enumerate(storages or []))
        self.arguments = arguments or []
        self.tensors: list[Tensor] = []
        self.left, self.values = elements, 0
        self.handle, self.function, self.graph = handle, function, graph
        self.placed = placed

    def read(self, payload: Any, depth: int = 0) -> Any:
        """The value of a payload. Raises: ProtocolError."""
        kind = type(payload)
        if payload is None or kind in (bool, int, float, str):
            return payload
        self.values += 1
        if self.values > MAX_VALUES:
            raise ProtocolError(f"the answer holds more than {MAX_VALUES:,} values")
        if kind is not list or not payload or depth > NESTING + 2:
            raise ProtocolError("the answer holds something that is not a value")
        tag, rest = payload[0], payload[1:]
        build = self._BUILD.get(tag) if type(tag) is str else None
        if build is None:
            raise ProtocolError("the answer holds something that is not a value")
        try:
            return build(self, rest, depth)
        except ProtocolError:
            raise
        except Exception as error:
            # Checked fields come first in every builder; what is left is a malformed field.
            raise ProtocolError(
                f"the answer holds a broken {tag!r} ({type(error).__name__})"
            ) from None

    def _items(self, rest: list[Any], depth: int) -> list[Any]:
        (items,) = rest
        return [self.read(item, depth + 1) for item in items]

    def _tuple(self, rest: list[Any], depth: int) -> tuple[Any, ...]:
        return tuple(self._items(rest, depth))

    def _dict(self, rest: list[Any], depth: int) -> dict[Any, Any]:
        (pairs,) = rest
        if len(pairs) > MAX_KEYS:  # keys can be chosen so that each one costs as much as all
            raise ProtocolError(f"a dict has more than {MAX_KEYS} keys")
        return {self.read(k, depth + 1): self.read(v, depth + 1) for k, v in pairs}

    def _set(self, rest: list[Any], depth: int) -> set[Any] | frozenset[Any]:
        frozen, payload = rest
        if len(payload) > MAX_KEYS:  # as of a dict
            raise ProtocolError(f"a set has more than {MAX_KEYS} values")
        items = self._items([payload], depth)
        if not all(map(is_plain, items)):
            raise ProtocolError("a set holds something that is not a plain value")
        return frozenset(items) if _typed(frozen, bool) else set(items)

    def _size(self, rest: list[Any], depth: int) -> torch.Size:
        return torch.Size(_sizes(rest[0]))

    def _bytes(self, rest: list[Any], depth: int) -> bytes:
        (data,) = rest
        return bytes(_typed(data, bytes))

    def _complex(self, rest: list[Any], depth: int) -> complex:
        real, imaginary = rest
        return complex(_typed(real, float), _typed(imaginary, float))

    def _int(self, rest: list[Any], depth: int) -> int:
        (text,) = rest
        if len(_typed(text, str)) > MAX_INT_BITS // 4 + 4:
            raise ProtocolError("an int is too large")
        return int(text, 16)

    def _slice(self, rest: list[Any], depth: int) -> slice:
        start, stop, step = (self.read(part, depth + 1) for part in rest)
        return slice(start, stop, step)

    def _dtype(self, rest: list[Any], depth: int) -> torch.dtype:
        return DTYPES[rest[0]]

    def _device(self, rest: list[Any], depth: int) -> torch.device:
        return torch.device(_typed(rest[0], str))

    def _handle(self, rest: list[Any], depth: int) -> Any:
        identity, kind = rest
        return self.handle(_typed(identity, int), _typed(kind, str)[:80])

    def _function(self, rest: list[Any], depth: int) -> Any:
        if self.function is None:
            raise ProtocolError("a function cannot come from there")
        return self.function(_typed(rest[0], int))

    def _argument(self, rest: list[Any], depth: int) -> Tensor:
        return self.argument(rest[0])

    def argument(self, number: Any) -> Tensor:
        """A tensor among the arguments by its number."""
        if not 0 <= _typed(number, int) < len(self.arguments):
            raise ProtocolError("there is no such argument")
        found: Tensor = self.arguments[number]
        return found

    def _array(self, rest: list[Any], depth: int) -> Any:
        number, name, shape, scalar = rest
        dtype = np.dtype(_typed(name, str)[:8])  # of a longer one NumPy reads every word
        if dtype.kind not in "biufc" or dtype.itemsize > 16:
            raise ProtocolError("that NumPy dtype cannot cross")
        data = self.buffer(number)
        sizes = _sizes(shape)
        self._claim(sizes)
        if math.prod(sizes) * dtype.itemsize != len(data):
            raise ProtocolError("an array does not fill its buffer")
        array = np.frombuffer(bytearray(data), dtype=dtype).reshape(sizes)
        return array[()] if scalar is True and array.ndim == 0 else array

    def _claim(self, sizes: list[int]) -> None:
        count = 1
        for size in sizes:
            count *= size or 1
        self.left -= count
        if self.left < 0:
            raise ProtocolError("its tensors, expanded as they are, would take too much memory")

    def buffer(self, number: Any) -> memoryview:
        """A buffer of the frame by its number."""
        index = _typed(number, int)
        if not 0 <= index < len(self.buffers):
            raise ProtocolError("there is no such buffer")
        return self.buffers[index]

    def _tensor(self, rest: list[Any], depth: int) -> Tensor:
        where, name, offset, size, stride, wants, grad, graph = rest
        dtype = DTYPES[name]
        sizes, strides = _sizes(size), _sizes(stride)
        self._claim(sizes)
        needed = _extent(_typed(offset, int), sizes, strides) * dtype.itemsize
        tensor = self._in_storage(where, needed, dtype, offset, sizes, strides)
        if self.placed is not None:
            tensor = self.placed(tensor)
        differentiable = wants is True and (dtype.is_floating_point or dtype.is_complex)
        if differentiable and graph is not None and self.graph is not None:
            tensor = self.graph(tensor, _typed(graph, int))
        elif differentiable:
            tensor.requires_grad_()
        self.tensors.append(tensor)
        if differentiable and graph is None and grad is not None:
            tensor.grad = self.read(grad, depth + 1)
        return tensor

    def _in_storage(
        self,
        where: Any,
        needed: int,
        dtype: torch.dtype,
        offset: int,
        size: list[int],
        stride: list[int],
    ) -> Tensor:
        """The tensor that lies so in a storage; `needed` are the bytes up to its end."""
        number = where
        if type(where) is list:
            number, buffer, device = where
            if _typed(number, int) in self.storages:
                raise ProtocolError("a storage is defined twice")
            data = self.buffer(buffer)
            if device == "cpu" and offset == 0 and needed == len(data):  # most: it is all of it
                tensor = torch.empty_strided(size, stride, dtype=dtype, device="cpu")
                ctypes.memmove(tensor.data_ptr(), bytes(data), needed)
                self.storages[number] = tensor.untyped_storage()
                return tensor
            self.storages[number] = filled_storage(data, _typed(device, str))
        elif type(number) is not int or number not in self.storages:
            raise ProtocolError("there is no such storage")
        storage = self.storages[number]
        if needed > storage.nbytes():
            raise ProtocolError("a tensor reaches past the end of its storage")
        tensor = torch.empty(0, dtype=dtype, device=storage.device)
        return tensor.set_(storage, offset, size, stride)

    _BUILD: ClassVar[dict[str, Callable[["Reader", list[Any], int], Any]]] = {
        "l": _items,
        "t": _tuple,
        "d": _dict,
        "S": _set,
        "z": _size,
        "b": _bytes,
        "c": _complex,
        "i": _int,
        "s": _slice,
        "D": _dtype,
        "V": _device,
        "h": _handle,
        "f": _function,
        "a": _argument,
        "n": _array,
        "T": _tensor,
    }


def filled_storage(data: memoryview, device: str) -> Any:
    """A new storage on `device` that holds a copy of `data`."""
    if device.partition(":")[0] not in DEVICES:
        raise ProtocolError(f"a tensor cannot lie on the device {device[:20]!r}")
    storage = torch.UntypedStorage(len(data), device="cpu")  # type: ignore[no-untyped-call]
    if len(data):
        ctypes.memmove(storage.data_ptr(), bytes(data), len(data))
    if device == "cpu":
        return storage
    flat = torch.empty(0, dtype=torch.uint8, device="cpu").set_(storage)
    return flat.to(device).untyped_storage()


def fill_storage(storage: Any, data: memoryview) -> None:
    """Overwrite a storage of the same size."""
    if storage.nbytes() != len(data):
        raise ProtocolError("a storage changed its size")
    flat = torch.empty(0, dtype=torch.uint8, device=storage.device).set_(storage)
    flat.copy_(torch.empty(0, dtype=torch.uint8, device="cpu").set_(filled_storage(data, "cpu")))


def _typed(value: Any, kind: type[T]) -> T:
    if type(value) is not kind:
        raise ProtocolError(f"expected {kind.__name__}, got {type(value).__name__}")
    return value


def _sizes(value: Any) -> list[int]:
    if type(value) is not list or len(value) > MAX_AXES:
        raise ProtocolError("a shape is not a short list")
    count = 1
    for size in value:
        if type(size) is not int or not 0 <= size < 2**48:
            raise ProtocolError("a shape holds something that is not a size")
        count *= size or 1
    if count >= 2**62:
        raise ProtocolError("a shape is absurdly large")
    return value


def _extent(offset: int, size: list[int], stride: list[int]) -> int:
    """How many elements of a storage lie before the end of a tensor."""
    if offset < 0 or len(size) != len(stride):
        raise ProtocolError("a tensor is malformed")
    if 0 in size:
        return 0
    last = offset
    for n, step in zip(size, stride, strict=True):
        last += (n - 1) * step
    return last + 1
