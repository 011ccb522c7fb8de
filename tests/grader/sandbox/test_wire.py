"""The wire: what may cross arrives as it was, and what may not is refused."""

import collections
import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given

from grader.sandbox import decode, encode, wire
from grader.sandbox.limits import NESTING, TEXT_CHARACTERS

from .frames import crossed, dense_tensors, framed, opened, same, values
from .learner import named

pytestmark = pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")


@given(values)
def test_every_value_arrives_as_it_was(value):
    assert same(crossed(value), value)


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
    writer = encode.Writer(keep=lambda _: 0, known={base.untyped_storage().data_ptr(): 0})
    payload = writer.write(base.T)
    assert not writer.buffers
    mine = torch.zeros(2, 3)
    got = decode.Reader([], handle=wire.KeptObject, storages=[mine.untyped_storage()]).read(payload)
    assert (got.shape, got.data_ptr()) == ((3, 2), mine.data_ptr())


def test_an_argument_comes_back_as_itself():
    x = torch.zeros(2)
    payload = encode.Writer(keep=lambda _: 0, arguments={id(x): 0}).write([x])
    mine = torch.zeros(2)
    assert decode.Reader([], handle=wire.KeptObject, arguments=[mine]).read(payload)[0] is mine


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
    meta, tensors = torch.empty(1, device="meta"), {torch.ones(1)}
    objects = [torch.nn.Linear(1, 1), sparse, tensors, np.array(["a"]), meta]
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
    writer = encode.Writer()
    payload = writer.write([len, (max,)])
    assert writer.functions == [len, max]

    def named(number: int) -> Any:
        return f"number {number}"

    reader = decode.Reader([], handle=wire.KeptObject, function=named)
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
            "set of objects": {object()},
            "set of subclasses": {True, type("Int", (int,), {})(3)},
            "large set": set(range(wire.MAX_KEYS + 1)),
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
