"""The wire: what may cross arrives as it was, and nothing a worker sends can hurt the reader."""

import collections
import math
import struct

import msgpack
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.sandbox import wire
from grader.sandbox.limits import HEAD_BYTES, MIB, NESTING, TEXT_CHARACTERS

pytestmark = pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
quickly = settings(database=None, deadline=None, max_examples=150)
thoroughly = settings(database=None, deadline=None, max_examples=500)


# --- both ends in one place


def named(cases):
    return [pytest.param(value, id=name) for name, value in cases.items()]


def opened(data, **options):
    """The value of a frame, read as the judge reads it."""
    start = wire.HEADER.size
    head, _ = wire.frame_size(data[:start], 64 * MIB)
    payload, buffers = wire.unpack(data[start : start + head], data[start + head :])
    return wire.Reader(buffers, handle=wire.Handle, **options).read(payload)


def framed(value, **options):
    writer = wire.Writer(**options)
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
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def same_tensor(left, right):
    def parts(tensor):
        place = (tensor.dtype, tensor.shape, tensor.stride(), tensor.storage_offset())
        return (*place, tensor.requires_grad, wire.bytes_of(tensor.untyped_storage()))

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
    ),
    max_leaves=8,
)


@quickly
@given(values)
def test_every_value_arrives_as_it_was(value):
    assert same(crossed(value), value)


@quickly
@given(dense_tensors())
def test_every_layout_arrives_with_its_strides_offset_storage_and_gradient(tensor):
    assert same(crossed(tensor), tensor)


@pytest.mark.parametrize("dtype", wire.DTYPES.values(), ids=str)
def test_every_dtype_crosses(dtype):
    tensor = torch.empty(0, dtype=dtype).set_(torch.arange(48, dtype=torch.uint8).untyped_storage())
    assert same(crossed(tensor), tensor)


@pytest.mark.parametrize(
    "tensor",
    named(
        {
            "0-dim": torch.tensor(1.5),
            "empty": torch.empty(0, 3),
            "transposed": torch.arange(6.0).reshape(2, 3).T,
            "part": torch.arange(10)[3:7:2],
            "expanded": torch.tensor([[1.0], [2.0]]).expand(2, 3),
            "overlapping": torch.arange(5.0).unfold(0, 3, 1),
            "NaN and infinity": torch.tensor([math.nan, -math.nan, math.inf, -math.inf, -0.0]),
            "channels last": torch.empty(1, 2, 3, 4).to(memory_format=torch.channels_last),
        }
    ),
)
def test_views_stay_views(tensor):
    assert same(crossed(tensor), tensor)


def test_two_tensors_over_one_storage_stay_two_over_one():
    base = torch.zeros(6)
    first, second, other = crossed([base[:3], base[2:], torch.zeros(6)])
    first[2] = 7
    assert second[0] == 7
    assert not other.any()


def test_the_same_tensor_twice_is_one_memory():
    x = torch.zeros(2)
    first, second = crossed([x, x])
    first[0] = 1
    assert second[0] == 1


def test_a_gradient_may_share_the_storage_of_its_tensor():
    x = torch.arange(2.0, requires_grad=True)
    x.grad = x.detach()
    there = crossed(x)
    assert there.grad.untyped_storage().data_ptr() == there.untyped_storage().data_ptr()


@pytest.mark.parametrize("dtype", [torch.complex64, torch.complex128])
def test_a_lazily_conjugated_tensor_arrives_with_its_values(dtype):
    x = torch.tensor([1 + 2j, 3 - 4j], dtype=dtype)
    assert crossed(x.conj()).equal(x.conj())
    assert crossed(x.conj().imag).equal(x.conj().imag)


def test_a_numpy_scalar_stays_a_scalar_and_an_array_an_array():
    assert type(crossed(np.float32(1.5))) is np.float32
    assert crossed(np.array(1.5, np.float32)).shape == ()
    assert type(crossed(np.float64(0.1))) is float  # it is a float, and is sent as one


def test_an_array_of_any_byte_order_and_layout_arrives_with_its_values():
    array = np.arange(6, dtype=">i4").reshape(2, 3).T[::-1]
    assert np.array_equal(crossed(array), array)


def test_what_is_a_subclass_arrives_as_the_plain_class():
    class Text(str):
        def __str__(self):
            return "a lie"

    class Items(list):
        def __iter__(self):
            return iter(["a lie"])

    class Number(int):
        def __int__(self):
            return -1

    Point = collections.namedtuple("Point", "x y")
    sent = [Text("truth"), Items([1, 2]), Number(3), Point(1, 2), collections.OrderedDict(a=1)]
    assert same(crossed(sent), ["truth", [1, 2], 3, (1, 2), {"a": 1}])


def test_a_tensor_subclass_arrives_as_a_plain_tensor():
    class Lying(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return torch.zeros(3)

    assert same(crossed(torch.arange(3.0).as_subclass(Lying)), torch.arange(3.0))


def test_a_parameter_arrives_with_its_gradient():
    weight = torch.nn.Parameter(torch.arange(2.0))
    weight.grad = torch.ones(2)
    there = crossed(weight)
    assert there.requires_grad
    assert there.grad.tolist() == [1, 1]


# --- what refers to the other side


def test_a_tensor_in_a_known_storage_refers_to_it():
    base = torch.arange(6.0).reshape(2, 3)
    writer = wire.Writer(keep=lambda _: 0, known={base.untyped_storage().data_ptr(): 0})
    payload = writer.write(base.T)
    assert not writer.buffers
    mine = torch.zeros(2, 3)
    got = wire.Reader([], handle=wire.Handle, storages=[mine.untyped_storage()]).read(payload)
    assert (got.shape, got.data_ptr()) == ((3, 2), mine.data_ptr())


def test_an_argument_comes_back_as_itself():
    x = torch.zeros(2)
    payload = wire.Writer(keep=lambda _: 0, arguments={id(x): 0}).write([x])
    mine = torch.zeros(2)
    assert wire.Reader([], handle=wire.Handle, arguments=[mine]).read(payload)[0] is mine


def test_a_small_part_of_a_large_result_is_sent_alone():
    large = torch.arange(100_000.0)
    sent = framed(large[10:12], keep=lambda _: 0)
    assert len(sent) < 1000
    assert opened(sent).tolist() == [10.0, 11.0]


def test_what_cannot_cross_stays_as_a_handle_with_the_name_of_its_class():
    kept = []

    def keep(value):
        kept.append(value)
        return len(kept)

    sparse = torch.eye(2).to_sparse()
    objects = [torch.nn.Linear(1, 1), sparse, {1}, np.array(["a"]), torch.empty(1, device="meta")]
    handles = opened(framed(objects, keep=keep))
    assert [h.kind for h in handles] == [
        "Linear",
        "Tensor (sparse_coo)",
        "set",
        "ndarray of str32",
        "Tensor (meta)",
    ]
    assert all(kept[h.identity - 1] is value for h, value in zip(handles, objects, strict=True))


def test_functions_are_numbered_in_the_order_they_are_sent():
    writer = wire.Writer()
    payload = writer.write([len, (max,)])
    assert writer.functions == [len, max]
    reader = wire.Reader([], handle=wire.Handle, function=lambda number: f"number {number}")
    assert reader.read(payload) == ["number 0", ("number 1",)]


# --- what must not be sent


def nested(levels, wrap=lambda inner: [inner]):
    value = None
    for _ in range(levels):
        value = wrap(value)
    return value


@pytest.mark.parametrize(
    "value",
    named(
        {
            "set": {1},
            "sparse": torch.eye(2).to_sparse(),
            "meta": torch.empty(2, device="meta"),
            "objects": np.array([object()]),
            "texts": np.array(["a"]),
            "large int": 2**4096,
            "long text": "x" * (TEXT_CHARACTERS + 1),
            "deep list": nested(NESTING + 2),
            "deep dict": nested(NESTING + 2, lambda inner: {0: inner}),
        }
    ),
)
def test_what_has_no_place_on_the_wire_is_said_to_have_none(value):
    with pytest.raises(wire.Unsendable):
        framed(value)


def test_a_list_that_holds_itself_is_unsendable():
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(wire.Unsendable, match="nested"):
        framed(loop)


def test_as_deep_as_allowed_arrives():
    assert same(crossed(nested(NESTING)), nested(NESTING))


@pytest.mark.parametrize(
    "value", [torch.zeros(300), np.zeros(300), b"x" * 2000, "x" * 2000, [0] * 300]
)
def test_more_than_the_limit_is_unsendable(value):
    with pytest.raises(wire.Unsendable, match="larger than the limit"):
        framed(value, max_bytes=1000)


# --- hostile bytes


@quickly
@given(st.binary(max_size=300))
def test_random_bytes_are_refused_or_harmless(head):
    data = wire.HEADER.pack(len(head), 0) + head
    assert is_refused_or_harmless(lambda: opened(data))


@st.composite
def mutated_frames(draw):
    """A valid frame in which a few bytes were changed, left out or put in."""
    data = bytearray(framed(draw(values)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data)))
        data[place : place + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(data)


@thoroughly
@given(mutated_frames())
def test_a_damaged_frame_is_refused_or_harmless(data):
    if len(data) >= wire.HEADER.size:
        assert is_refused_or_harmless(lambda: opened(data))


numbers = st.sampled_from([-1, 0, 1, 2, 7, 2**31, 2**47, 2**48, 2**62, 2**63 - 1, 2**64 - 1])
junk = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        numbers,
        st.floats(),
        st.binary(max_size=3),
        st.sampled_from(["", "cpu", "cuda", "float32", "bool", "<f4", "O", "0x1", "-0x", "zz"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.builds(
            lambda tag, rest: [tag, *rest], st.sampled_from("ltdbcisDVznTahf"), st.lists(inner)
        ),
        st.dictionaries(st.text(max_size=2), inner, max_size=2),
    ),
    max_leaves=12,
)
BUFFERS = [memoryview(bytes(range(16))), memoryview(b"")]


def is_safe_to_read(payload):
    base = torch.zeros(4)
    reader = wire.Reader(
        BUFFERS,
        handle=wire.Handle,
        function=lambda number: number,
        graph=lambda tensor, number: tensor,
        storages=[base.untyped_storage()],
        arguments=[base],
    )
    return is_refused_or_harmless(lambda: reader.read(payload))


@thoroughly
@given(junk)
def test_any_payload_is_refused_or_harmless(payload):
    assert is_safe_to_read(payload)


FLAT = ["T", [1, 0, "cpu"], "float32", 0, [2, 2], [2, 1]]
SAMPLES = [
    ["l", [1]],
    ["t", [1]],
    ["d", [[1, 2]]],
    ["b", b"x"],
    ["c", 1.0, 2.0],
    ["i", "0x1"],
    ["s", 1, 2, 3],
    ["D", "float32"],
    ["V", "cpu"],
    ["z", [1, 2]],
    ["n", 0, "<f4", [2, 2], False],
    [*FLAT, False, None, None],
    [*FLAT, True, ["T", 0, "float32", 0, [2, 2], [2, 1], False, None, None], None],
    [*FLAT, True, None, 5],
    ["a", 0],
    ["h", 1, "Linear"],
    ["f", 0],
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample[0])
def test_each_sample_is_valid(sample):
    reader = wire.Reader(
        BUFFERS,
        handle=wire.Handle,
        function=lambda number: number,
        storages=[torch.zeros(4).untyped_storage()],
        arguments=[torch.zeros(4)],
    )
    reader.read(sample)


@quickly
@given(st.data())
def test_a_wrong_type_in_any_field_is_refused_or_harmless(data):
    def copy(payload):
        return [copy(part) for part in payload] if isinstance(payload, list) else payload

    payload = copy(data.draw(st.sampled_from(SAMPLES)))
    target = payload
    while True:
        place = data.draw(st.integers(0, len(target) - 1))
        if not (isinstance(target[place], list) and target[place] and data.draw(st.booleans())):
            break
        target = target[place]
    target[place] = data.draw(junk)
    assert is_safe_to_read(payload)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample[0])
def test_a_field_too_few_is_refused(sample):
    with pytest.raises(wire.ProtocolError):
        wire.Reader(BUFFERS, handle=wire.Handle, function=lambda n: n).read(sample[:-1])


# --- bombs


@pytest.mark.parametrize(("head", "body"), [(2**32 - 1, 0), (HEAD_BYTES + 1, 0), (0, 2**64 - 1)])
def test_a_frame_that_claims_gigabytes_is_refused_by_its_header(head, body):
    with pytest.raises(wire.ProtocolError, match="too large"):
        wire.frame_size(wire.HEADER.pack(head, body), 64 * MIB)


@pytest.mark.parametrize(
    "head",
    named(
        {
            "array": b"\xdd\xff\xff\xff\xff",
            "map": b"\xdf\xff\xff\xff\xff",
            "text": b"\xdb\xff\xff\xff\xff",
            "bytes": b"\xc6\xff\xff\xff\xff",
            "extension": b"\xc9\xff\xff\xff\xff\x01",
            "brackets": b"\x91" * 1_000_000,
            "brackets and a value": b"\x91" * 900 + b"\xc0",
            "maps": b"\x81\xa1a" * 100_000,
            "nothing": b"",
            "extension type": msgpack.packb([msgpack.ExtType(4, b"x"), []]),
        }
    ),
)
def test_a_head_that_claims_more_than_it_holds_is_refused(head):
    with pytest.raises(wire.ProtocolError):
        wire.unpack(head, b"")


@pytest.mark.parametrize("lengths", [[-1], [5], [2**62], [4, 4], [True], ["4"], None, 4, [-4, 8]])
def test_buffers_that_do_not_add_up_are_refused(lengths):
    with pytest.raises(wire.ProtocolError):
        wire.unpack(msgpack.packb([None, lengths]), b"1234")


def test_nesting_is_bounded_before_the_stack_is():
    deep = None
    for _ in range(200):
        deep = ["l", [deep]]
    with pytest.raises(wire.ProtocolError):
        wire.Reader([], handle=wire.Handle).read(deep)


def test_gradients_of_gradients_are_bounded_too():
    deep = None
    for number in range(1, 200):
        deep = ["T", [number, 0, "cpu"], "float32", 0, [1], [1], True, deep, None]
    with pytest.raises(wire.ProtocolError):
        wire.Reader(BUFFERS, handle=wire.Handle).read(deep)


def tensor_payload(storage=(1, 0, "cpu"), dtype="float32", offset=0, size=(2,), stride=(1,)):
    where = list(storage) if isinstance(storage, tuple) else storage
    return ["T", where, dtype, offset, list(size), list(stride), False, None, None]


@pytest.mark.parametrize(
    "payload",
    named(
        {
            "one entry too many": tensor_payload(size=(5,)),
            "offset too large": tensor_payload(offset=3),
            "stride too large": tensor_payload(stride=(4,)),
            "wider dtype": tensor_payload(dtype="float64", size=(3,)),
            "negative offset": tensor_payload(offset=-1),
            "negative size": tensor_payload(size=(-2,)),
            "negative stride": tensor_payload(offset=3, stride=(-1,)),
            "extent overflows": tensor_payload(size=(2**32, 2**32), stride=(2**32, 1)),
            "extent wraps to zero": tensor_payload(size=(2, 2), stride=(2**47, 2**47)),
            "offset overflows": tensor_payload(offset=2**63 - 1),
            "offset wraps": tensor_payload(offset=2**64 - 1),
            "too many axes": tensor_payload(size=(1,) * 25, stride=(1,) * 25),
            "a stride too few": tensor_payload(size=(2, 2), stride=(1,)),
            "no such storage": tensor_payload(storage=9),
            "no such buffer": tensor_payload(storage=(1, 9, "cpu")),
            "negative buffer": tensor_payload(storage=(1, -1, "cpu")),
            "strange device": tensor_payload(storage=(1, 0, "meta")),
            "strange dtype": tensor_payload(dtype="qint8"),
            "fractional size": tensor_payload(size=(1.0,)),
            "boolean size": tensor_payload(size=(True,)),
        }
    ),
)
def test_a_tensor_that_does_not_lie_in_its_storage_is_refused(payload):
    with pytest.raises(wire.ProtocolError):
        wire.Reader(BUFFERS, handle=wire.Handle).read(payload)


@pytest.mark.parametrize("count", [1, 100])
def test_expanding_one_number_does_not_claim_unbounded_memory(count):
    """Where the judge has to copy what came, the copy has every entry."""
    claim = 8 * 2**30 // count
    payloads = [tensor_payload((n, 0, "cpu"), "uint8", 0, (claim,), (0,)) for n in range(count)]
    with pytest.raises(wire.ProtocolError):
        wire.Reader(BUFFERS, handle=wire.Handle).read(["l", payloads])


def test_a_storage_is_defined_once():
    twice = ["l", [tensor_payload(), tensor_payload()]]
    with pytest.raises(wire.ProtocolError, match="defined twice"):
        wire.Reader(BUFFERS, handle=wire.Handle).read(twice)


def test_a_storage_of_the_judge_cannot_be_replaced():
    mine = torch.zeros(2)
    reader = wire.Reader(BUFFERS, handle=wire.Handle, storages=[mine.untyped_storage()])
    with pytest.raises(wire.ProtocolError, match="defined twice"):
        reader.read(tensor_payload((0, 0, "cpu")))


@pytest.mark.parametrize("size", [0, 3, 9])
def test_a_storage_is_only_overwritten_by_as_many_bytes(size):
    with pytest.raises(wire.ProtocolError, match="changed its size"):
        wire.fill_storage(torch.zeros(2).untyped_storage(), memoryview(bytes(size)))


@pytest.mark.parametrize(
    "payload",
    named(
        {
            "objects": ["n", 0, "|O", [2], False],
            "text": ["n", 0, "<U4", [1], False],
            "record": ["n", 0, "f4,f4", [2], False],
            "subarray": ["n", 0, "(2,)f4", [2], False],
            "too many": ["n", 0, "<f4", [5], False],
            "too few": ["n", 0, "<f4", [3], False],
            "negative": ["n", 0, "<f4", [-2, -2], False],
            "date": ["n", 0, "<M8[s]", [2], False],
        }
    ),
)
def test_an_array_that_does_not_fill_its_buffer_is_refused(payload):
    with pytest.raises(wire.ProtocolError):
        wire.Reader(BUFFERS, handle=wire.Handle).read(payload)


@pytest.mark.parametrize("text", ["", "0x", "zz", "0x" + "f" * 2000, "1_0" * 1000])
def test_an_int_that_is_none_or_too_large_is_refused(text):
    with pytest.raises(wire.ProtocolError):
        wire.Reader([], handle=wire.Handle).read(["i", text])


def test_a_worker_cannot_send_functions():
    with pytest.raises(wire.ProtocolError):
        wire.Reader([], handle=wire.Handle).read(["f", 0])
