"""Both ends of the wire in one place, and everything that may cross it."""

import math
import struct

import numpy as np
import torch
from hypothesis import settings
from hypothesis import strategies as st

from grader.sandbox import decode, encode, wire
from grader.sandbox.limits import MIB

thoroughly = settings(max_examples=120)


def opened(data, **options):
    """The value of a frame, read as the judge reads it."""
    start = wire.HEADER.size
    head, _ = wire.frame_size(data[:start], 64 * MIB)
    payload, buffers = wire.unpack(data[start : start + head], data[start + head :])
    return decode.Reader(buffers, handle=wire.KeptObject, **options).read(payload)


def framed(value, **options):
    writer = encode.Writer(**options)
    payload = writer.write(value)
    return wire.pack(payload, writer.buffers)


def crossed(value):
    return opened(framed(value))


def bits(number):
    return struct.pack("!d", number)


def same(left, right):
    """Equal to the last bit, in type and in everything inside."""
    if type(left) is not type(right):
        return False
    if isinstance(left, torch.Tensor):
        return same_tensor(left, right)
    if isinstance(left, (np.ndarray, np.generic)):
        return (left.dtype, left.shape, left.tobytes()) == (
            right.dtype,
            right.shape,
            right.tobytes(),
        )
    if isinstance(left, float):
        return bits(left) == bits(right)
    if isinstance(left, complex):
        return same([left.real, left.imag], [right.real, right.imag])
    if isinstance(left, slice):
        return same([left.start, left.stop, left.step], [right.start, right.stop, right.step])
    if isinstance(left, dict):
        return same([[k, v] for k, v in left.items()], [[k, v] for k, v in right.items()])
    if isinstance(left, (set, frozenset)):
        return left == right
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def same_tensor(left, right):
    def parts(tensor):
        place = (tensor.dtype, tensor.shape, tensor.stride(), tensor.storage_offset())
        return (*place, tensor.requires_grad, encode.bytes_of(tensor.untyped_storage()))

    if parts(left) != parts(right) or (left.grad is None) != (right.grad is None):
        return False
    return left.grad is None or same_tensor(left.grad, right.grad)


def reaches_past_its_storage(tensor):
    if not tensor.numel():
        return False
    steps = ((n - 1) * step for n, step in zip(tensor.shape, tensor.stride(), strict=True))
    end = (tensor.storage_offset() + sum(steps) + 1) * tensor.element_size()
    return end > tensor.untyped_storage().nbytes()


def tensors_in(value):
    if isinstance(value, torch.Tensor):
        return [value, *tensors_in(value.grad if value.is_leaf else None)]
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    return (
        [t for item in value for t in tensors_in(item)] if isinstance(value, list | tuple) else []
    )


def is_refused_or_harmless(read):
    """Reading either raises ProtocolError or builds tensors that stay inside their storages."""
    try:
        value = read()
    except wire.ProtocolError:
        return True
    return not any(map(reaches_past_its_storage, tensors_in(value)))


# --- everything that may cross

any_character = st.characters(exclude_categories=())  # lone surrogates too
small_integers = st.none() | st.integers(-(2**70), 2**70)
atoms = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.sampled_from([-(2**63) - 1, -(2**63), 2**63 - 1, 2**63, 2**64, 2**4096 - 1, 1 - 2**4096]),
    st.floats(),
    st.complex_numbers(),
    st.text(any_character, max_size=20),
    st.binary(max_size=20),
    st.builds(slice, small_integers, small_integers, small_integers),
    st.sampled_from([*wire.DTYPES.values()]),
    st.sampled_from(["cpu", "cuda", "cuda:1", "mps"]).map(torch.device),
    st.lists(st.integers(0, 9), max_size=5).map(torch.Size),
)


@st.composite
def dense_tensors(draw):
    """Any layout that fits some storage: views, expanded and overlapping ones, empty ones."""
    dtype = draw(st.sampled_from([*wire.DTYPES.values()]))
    size = draw(st.lists(st.integers(0, 3), max_size=4))
    stride = draw(st.lists(st.integers(0, 4), min_size=len(size), max_size=len(size)))
    offset = draw(st.integers(0, 3))
    last = sum((max(n, 1) - 1) * step for n, step in zip(size, stride, strict=True))
    entries = offset + last + 1 + draw(st.integers(0, 3))
    data = draw(st.binary(min_size=entries * dtype.itemsize, max_size=entries * dtype.itemsize))
    storage = torch.frombuffer(bytearray(data), dtype=torch.uint8).untyped_storage()
    tensor = torch.empty(0, dtype=dtype).set_(storage, offset, size, stride)
    if dtype.is_floating_point and draw(st.booleans()):
        tensor.requires_grad_()
        if draw(st.booleans()):
            tensor.grad = torch.ones(size).to(dtype)
    return tensor


@st.composite
def arrays(draw):
    dtype = np.dtype(draw(st.sampled_from("? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split())))
    shape = tuple(draw(st.lists(st.integers(0, 3), max_size=3)))
    length = math.prod(shape) * dtype.itemsize
    data = draw(st.binary(min_size=length, max_size=length))
    return np.frombuffer(bytearray(data), dtype).reshape(shape)


keys = st.integers() | st.text(any_character, max_size=5) | st.tuples(st.integers(), st.booleans())
leaves = atoms | dense_tensors() | arrays()
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(keys, inner, max_size=4),
        st.frozensets(keys, max_size=3) | st.sets(keys | st.frozensets(keys), max_size=3),
    ),
    max_leaves=8,
)
