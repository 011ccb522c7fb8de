"""The wire between judge and worker: frames of plain data over a socket.

    frame  = head length (4 bytes), body length (8 bytes), head, body
    head   = msgpack of [payload, lengths of the buffers in the body]
    body   = the buffers, one after the other: raw storage bytes

The payload is nested lists. None, bool, int, float and str stand for themselves; everything else
is a list that starts with a tag:

    l t d            list, tuple, dict (as pairs)         b c i         bytes, complex, large int
    s D V z          slice, dtype, device, torch.Size     n             NumPy array or scalar
    T storage dtype offset size stride requires_grad grad graph         a dense strided tensor;
                     its storage is a number, or [number, buffer, device] where it is first met
    a k              the k-th tensor argument itself      h id kind     an object that stays there
    f id             a function that stays in the judge

Tensors cross by storage, so that views stay views. The closed list above is all there is: nothing
is ever unpickled. Everything a worker sends is untrusted; `Reader` checks every length, extent,
type and depth before it builds anything, and raises `ProtocolError` otherwise.
"""

import ctypes
import math
import struct
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import msgpack
import numpy as np
import torch
from torch import Tensor

from grader.sandbox.limits import CLAIM_BYTES, HEAD_BYTES, NESTING, TEXT_CHARACTERS

T = TypeVar("T")

HEADER = struct.Struct("!IQ")

DTYPES: dict[str, torch.dtype] = {
    name: getattr(torch, name)
    for name in (
        "bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 float16 bfloat16 float32 float64 "
        "complex32 complex64 complex128 float8_e4m3fn float8_e5m2"
    ).split()
    if hasattr(torch, name)
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
DEVICES = ("cpu", "cuda", "mps")
MAX_AXES = 24
MAX_INT_BITS = 4096
MAX_KEYS = 1000
MAX_VALUES = 50_000  # lists, tensors and the like; numbers and texts are bounded by the head


class ProtocolError(Exception):
    """The bytes or values do not follow the protocol, or exceed a limit of it."""


class Unsendable(Exception):
    """This value has no place on the wire."""


class Handle:
    """An object that stays in the worker; `kind` is the name of its class."""

    def __init__(self, identity: int, kind: str) -> None:
        self.identity, self.kind = identity, kind


def pack(payload: object, buffers: list[bytes]) -> bytes:
    """One frame as bytes.

    Raises: Unsendable if the payload holds something msgpack has no form for.
    """
    try:
        head: bytes = msgpack.packb(
            [payload, [len(b) for b in buffers]], unicode_errors="surrogatepass"
        )
    except (TypeError, ValueError, OverflowError) as error:
        raise Unsendable(str(error)) from None
    return b"".join([HEADER.pack(len(head), sum(map(len, buffers))), head, *buffers])


def frame_size(header: bytes, max_body: int, max_head: int = HEAD_BYTES) -> tuple[int, int]:
    """Lengths of head and body, checked before anything of that size is read."""
    head, body = HEADER.unpack(header)
    if head > max_head or body > max_body:
        raise ProtocolError(
            f"it is too large ({(head + body) / 2**20:,.1f} MiB; allowed are "
            f"{max_body / 2**20:,.0f} MiB of numbers and {max_head / 2**20:,.0f} MiB of all else)"
        )
    return head, body


def unpack(head: bytes, body: bytes | memoryview) -> tuple[Any, list[memoryview]]:
    """The payload of a frame and its buffers."""
    try:
        payload, lengths = msgpack.unpackb(
            head, unicode_errors="surrogatepass", ext_hook=_no_extension, timestamp=0
        )
        buffers, start, view = [], 0, memoryview(body)
        for length in lengths:
            if type(length) is not int or length < 0:
                raise ProtocolError("a buffer has no length")
            buffers.append(view[start : start + length])
            start += length
    except ProtocolError:
        raise
    except Exception as error:  # msgpack raises many kinds for bytes that are not msgpack
        raise ProtocolError(f"the answer is not a frame ({type(error).__name__})") from None
    if start != len(view):
        raise ProtocolError("the buffers do not add up to the body")
    return payload, buffers


def _no_extension(code: int, data: bytes) -> None:
    raise ProtocolError(f"extension type {code} is not part of the protocol")


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
        if isinstance(value, Handle):
            return ["h", value.identity, value.kind]
        if isinstance(value, (np.ndarray, np.generic)) and not isinstance(value, float):
            return self._array(value)
        if isinstance(value, bool):
            return bool(value)
        if isinstance(value, int):
            return self.write(int.__int__(value), depth)
        if isinstance(value, float):
            return float.__float__(value)
        if isinstance(value, complex):
            return ["c", value.real, value.imag]
        if isinstance(value, str):
            return self._text(str.__str__(value))
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
        raise Unsendable(f"a {type(value).__name__} cannot cross to the worker")

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
        head = self._dense(plain)
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
            plain = self._compact(plain)
            storage = self._new_storage(plain)
        size, stride = list(plain.shape), list(plain.stride())
        return ["T", storage, NAMES[plain.dtype], plain.storage_offset(), size, stride]

    def _new_storage(self, plain: Tensor) -> list[Any]:
        storage = plain.untyped_storage()
        self._spend(storage.nbytes())
        number = self.first + len(self.storages)
        self.storages.append(storage)
        if storage.data_ptr():
            self.known[storage.data_ptr()] = number
        self.buffers.append(bytes_of(storage))
        return [number, len(self.buffers) - 1, str(storage.device)]

    def _compact(self, plain: Tensor) -> Tensor:
        """A result that is a small part of a large storage is sent alone."""
        if self.keep is None:
            return plain
        size = plain.untyped_storage().nbytes()
        needed = plain.numel() * plain.element_size()
        return plain.contiguous().clone() if size > 4 * needed + 4096 and needed < size else plain

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


def _layout(tensor: Tensor) -> str:
    if tensor.is_nested:
        return "nested"
    if tensor.is_quantized:
        return "quantized"
    if tensor.layout is not torch.strided:
        return str(tensor.layout).removeprefix("torch.")
    return tensor.device.type if tensor.device.type == "meta" else str(tensor.dtype)


class Reader:
    """Builds values from a payload and buffers, checking everything on the way.

    `device` overrides the device of every storage (None keeps what the payload says).
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
    ) -> None:
        self.buffers = buffers
        self.storages: dict[int, Any] = dict(enumerate(storages or []))
        self.arguments = arguments or []
        self.tensors: list[Tensor] = []
        self.left, self.values = CLAIM_BYTES, 0
        self.handle, self.function, self.graph = handle, function, graph

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
        number = _typed(rest[0], int)
        if not 0 <= number < len(self.arguments):
            raise ProtocolError("there is no such argument")
        return self.arguments[number]

    def _array(self, rest: list[Any], depth: int) -> Any:
        number, name, shape, scalar = rest
        dtype = np.dtype(_typed(name, str))
        if dtype.kind not in "biufc" or dtype.itemsize > 16:
            raise ProtocolError("that NumPy dtype cannot cross")
        data = self.buffer(number)
        sizes = _sizes(shape)
        if math.prod(sizes) * dtype.itemsize != len(data):
            raise ProtocolError("an array does not fill its buffer")
        array = np.frombuffer(bytearray(data), dtype=dtype).reshape(sizes)
        return array[()] if scalar is True and array.ndim == 0 else array

    def buffer(self, number: Any) -> memoryview:
        """A buffer of the frame by its number."""
        index = _typed(number, int)
        if not 0 <= index < len(self.buffers):
            raise ProtocolError("there is no such buffer")
        return self.buffers[index]

    def _tensor(self, rest: list[Any], depth: int) -> Tensor:
        where, name, offset, size, stride, wants, grad, graph = rest
        storage = self._storage(where)
        dtype = DTYPES[name]
        sizes, strides = _sizes(size), _sizes(stride)
        _check_extent(storage.nbytes(), dtype.itemsize, _typed(offset, int), sizes, strides)
        self.left -= math.prod(sizes) * dtype.itemsize
        if self.left < 0:
            raise ProtocolError("its tensors, expanded as they are, would take too much memory")
        tensor = torch.empty(0, dtype=dtype, device=storage.device)
        tensor.set_(storage, offset, sizes, strides)
        differentiable = wants is True and (dtype.is_floating_point or dtype.is_complex)
        if differentiable and graph is not None and self.graph is not None:
            tensor = self.graph(tensor, _typed(graph, int))
        elif differentiable:
            tensor.requires_grad_()
        self.tensors.append(tensor)
        if differentiable and graph is None and grad is not None:
            tensor.grad = self.read(grad, depth + 1)
        return tensor

    def _storage(self, where: Any) -> Any:
        if type(where) is list:
            number, buffer, device = where
            if _typed(number, int) in self.storages:
                raise ProtocolError("a storage is defined twice")
            self.storages[number] = filled_storage(self.buffer(buffer), _typed(device, str))
            return self.storages[number]
        if type(where) is not int or where not in self.storages:
            raise ProtocolError("there is no such storage")
        return self.storages[where]

    _BUILD: ClassVar[dict[str, Callable[["Reader", list[Any], int], Any]]] = {
        "l": _items,
        "t": _tuple,
        "d": _dict,
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
    flat = torch.empty(len(data), dtype=torch.uint8, device="cpu")
    if len(data):
        ctypes.memmove(flat.data_ptr(), bytes(data), len(data))
    return (flat if device == "cpu" else flat.to(device)).untyped_storage()


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
    for size in value:
        if type(size) is not int or not 0 <= size < 2**48:
            raise ProtocolError("a shape holds something that is not a size")
    if math.prod(size or 1 for size in value) >= 2**62:
        raise ProtocolError("a shape is absurdly large")
    return value


def _check_extent(
    nbytes: int, itemsize: int, offset: int, size: list[int], stride: list[int]
) -> None:
    if offset < 0 or len(size) != len(stride):
        raise ProtocolError("a tensor is malformed")
    if 0 in size:
        return
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if (last + 1) * itemsize > nbytes:
        raise ProtocolError("a tensor reaches past the end of its storage")
