"""Nothing that a worker sends can hurt whoever reads it."""

from typing import Any

import msgpack
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox import decode, wire
from grader.sandbox.limits import HEAD_BYTES, MIB

from .frames import framed, is_refused_or_harmless, opened, thoroughly, values
from .learner import named

pytestmark = pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")


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


def itself(number: int) -> Any:
    return number


def is_safe_to_read(payload):
    base = torch.zeros(4)
    reader = decode.Reader(
        BUFFERS,
        handle=wire.KeptObject,
        function=itself,
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
    ["S", False, [1, ["t", ["a"]], ["S", True, []]]],
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
    reader = decode.Reader(
        BUFFERS,
        handle=wire.KeptObject,
        function=itself,
        storages=[torch.zeros(4).untyped_storage()],
        arguments=[torch.zeros(4)],
    )
    reader.read(sample)


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
        decode.Reader(BUFFERS, handle=wire.KeptObject, function=itself).read(sample[:-1])


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
            "a million buffers": msgpack.packb([None, [0] * 1_000_000]),
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
    deep: Any = None
    for _ in range(200):
        deep = ["l", [deep]]
    with pytest.raises(wire.ProtocolError):
        decode.Reader([], handle=wire.KeptObject).read(deep)


def test_gradients_of_gradients_are_bounded_too():
    deep = None
    for number in range(1, 200):
        deep = ["T", [number, 0, "cpu"], "float32", 0, [1], [1], True, deep, None]
    with pytest.raises(wire.ProtocolError):
        decode.Reader(BUFFERS, handle=wire.KeptObject).read(deep)


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
        decode.Reader(BUFFERS, handle=wire.KeptObject).read(payload)


@pytest.mark.parametrize("count", [1, 100])
def test_expanding_one_number_does_not_claim_unbounded_memory(count):
    """Where the judge has to copy what came, the copy has every entry."""
    claim = 8 * 2**30 // count
    payloads = [tensor_payload((n, 0, "cpu"), "uint8", 0, (claim,), (0,)) for n in range(count)]
    with pytest.raises(wire.ProtocolError):
        decode.Reader(BUFFERS, handle=wire.KeptObject).read(["l", payloads])


def test_a_storage_is_defined_once():
    twice = ["l", [tensor_payload(), tensor_payload()]]
    with pytest.raises(wire.ProtocolError, match="defined twice"):
        decode.Reader(BUFFERS, handle=wire.KeptObject).read(twice)


def test_a_storage_of_the_judge_cannot_be_replaced():
    mine = torch.zeros(2)
    reader = decode.Reader(BUFFERS, handle=wire.KeptObject, storages=[mine.untyped_storage()])
    with pytest.raises(wire.ProtocolError, match="defined twice"):
        reader.read(tensor_payload((0, 0, "cpu")))


@pytest.mark.parametrize("size", [0, 3, 9])
def test_a_storage_is_only_overwritten_by_as_many_bytes(size):
    with pytest.raises(wire.ProtocolError, match="changed its size"):
        decode.fill_storage(torch.zeros(2).untyped_storage(), memoryview(bytes(size)))


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
        decode.Reader(BUFFERS, handle=wire.KeptObject).read(payload)


@pytest.mark.parametrize("text", ["", "0x", "zz", "0x" + "f" * 2000, "1_0" * 1000])
def test_an_int_that_is_none_or_too_large_is_refused(text):
    with pytest.raises(wire.ProtocolError):
        decode.Reader([], handle=wire.KeptObject).read(["i", text])


@pytest.mark.parametrize(
    "payload",
    named(
        {
            "too many": ["S", False, [["i", hex(k)] for k in range(wire.MAX_KEYS + 1)]],
            "a tensor": ["S", False, [[*FLAT, False, None, None]]],
            "an object": ["S", False, [["h", 1, "Linear"]]],
            "an object in a tuple": ["S", True, [["t", [["h", 1, "Linear"]]]]],
            "a list": ["S", False, [["l", []]]],
            "a dtype": ["S", False, [["D", "float32"]]],
            "no kind": ["S", 1, []],
            "endless": ["S", False, 7],
        }
    ),
)
def test_a_set_of_anything_but_plain_values_is_refused(payload):
    with pytest.raises(wire.ProtocolError):
        decode.Reader(BUFFERS, handle=wire.KeptObject).read(payload)


def test_a_worker_cannot_send_functions():
    with pytest.raises(wire.ProtocolError):
        decode.Reader([], handle=wire.KeptObject).read(["f", 0])
