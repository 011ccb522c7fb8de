"""The wire between judge and worker: frames of plain data over a socket.

    frame  = head length (4 bytes), body length (8 bytes), head, body
    head   = msgpack of [payload, lengths of the buffers in the body]
    body   = the buffers, one after the other: raw storage bytes

The payload is nested lists. None, bool, int, float and str stand for themselves; everything else
is a list that starts with a tag:

    l t d            list, tuple, dict (as pairs)         b c i         bytes, complex, large int
    s D V z          slice, dtype, device, torch.Size     n             NumPy array or scalar
    S frozen items   set or frozenset of plain values
    T storage dtype offset size stride requires_grad grad graph         a dense strided tensor;
                     its storage is a number, or [number, buffer, device] where it is first met
    a k              the k-th tensor argument itself      h id kind     an object that stays there
    f id             a function that stays in the judge

Tensors cross by storage, so that views stay views. The closed list above is all there is: nothing
is ever unpickled. `writing` turns values into a payload and buffers, `reading` turns them back.
"""

import struct
from typing import Any

import msgpack
import torch

from grader.sandbox.limits import HEAD_BYTES

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
MAX_INT_BITS = 4096
MAX_KEYS = 1000  # of a dict or a set
_PLAIN = (type(None), bool, int, float, complex, str, bytes)
MAX_BUFFERS = 50_000  # a length of one byte becomes an object of two hundred


class ProtocolError(Exception):
    """The bytes or values do not follow the protocol, or exceed a limit of it."""


class Unsendable(Exception):
    """This value has no place on the wire."""


# What a call may leave behind beside tensors: a list or dict of the caller's that it changed,
# gradients switched off, another default dtype, another content of an earlier result, and in a
# rehearsal a result on the CPU where what it was given was on the device; more words may follow.
LEFT_BEHIND = frozenset({"list", "no_grad", "dtype", "result", "device"})


class RehearsalDevice(str):
    """The rehearsal device as a suite holds it: what a suite makes there is on the CPU, and work
    that is given it gets the name of the device."""

    __slots__ = ()


class KeptObject:
    """An object that stays where it was made; `kind` is the name of its class."""

    is_handle = True

    def __init__(self, identity: int, kind: str) -> None:
        self.identity, self.kind = identity, kind


def is_plain(value: object) -> bool:
    """What a set may hold: equal values are one value on either side."""
    if type(value) in (tuple, frozenset):
        return all(map(is_plain, value))  # type: ignore[call-overload]
    return type(value) in _PLAIN


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
        if len(lengths) > MAX_BUFFERS:
            raise ProtocolError(f"the answer has more than {MAX_BUFFERS:,} buffers")
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
