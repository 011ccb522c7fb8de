"""Descriptions are short, on one line, and exist for every value that a learner can return."""

import math
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.suite.compare.describe import describe, describe_call, describe_error

DTYPES = (
    "bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 float16 bfloat16 float32 float64 "
    "complex32 complex64 complex128 float8_e4m3fn float8_e5m2"
).split()
ODD = (0.0, -0.0, 1.0, -1.0, 0.1, 1e-30, 1e30, 2.00001, math.nan, math.inf, -math.inf)


class Handle:
    is_handle = True

    def __init__(self, kind):
        self.kind = kind


def tensor_of(dtype, shape, numbers, leaf, expand):
    dtype, count = getattr(torch, dtype), math.prod(shape)
    values = torch.tensor(numbers, dtype=torch.float64)
    if not (dtype.is_floating_point or dtype.is_complex):
        values = values.nan_to_num(7, 3, 2).clamp(0, 100)
    with warnings.catch_warnings():  # torch warns once that complex32 is experimental
        warnings.simplefilter("ignore")
        tensor = values.repeat(count // len(values) + 1)[:count].reshape(shape).to(dtype)
    tensor.requires_grad_(leaf and dtype in (torch.float32, torch.complex64))
    return tensor.expand(3, *tensor.shape) if expand else tensor


tensors = st.builds(
    tensor_of,
    st.sampled_from(DTYPES),
    st.lists(st.integers(0, 4), max_size=6),
    st.lists(st.sampled_from(ODD), min_size=1, max_size=4),
    st.booleans(),
    st.booleans(),
)
arrays = st.builds(
    lambda dtype, shape, number: np.full(shape, number).astype(dtype),
    st.sampled_from("? i1 u8 i8 f2 f4 f8 c8 c16 g".split()),
    st.lists(st.integers(0, 4), max_size=6),
    st.integers(0, 100) | st.floats(0, 100),
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([25, 4000]).map(lambda digits: 10**digits),
    st.floats(),
    st.complex_numbers(),
    st.text(),
    st.binary(),
    st.builds(slice, st.none() | st.integers(), st.integers(), st.none() | st.integers()),
    st.sampled_from([torch.float32, torch.bool, torch.device("cpu"), torch.device("cuda:1")]),
    st.sampled_from([torch.Size([]), torch.Size([2, 3])]),
    st.sampled_from([np.float32(1.5), np.int8(3), np.bool_(True), np.complex64(1j), np.float64(2)]),
    st.builds(Handle, st.text()),
    st.sampled_from([len, lambda x: x, torch.nn.Linear(1, 1), torch.nn.ReLU, object()]),
    tensors,
    arrays,
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text() | st.integers(), inner)
    ),
    max_leaves=20,
)


@given(values, st.integers(1, 200))
def test_any_value_fits_on_one_bounded_line(value, limit):
    text = describe(value, limit)
    assert 0 < len(text) <= limit
    assert text.isprintable()


@given(st.lists(values, max_size=4), st.dictionaries(st.sampled_from(["dim", "h"]), values))
def test_any_call_fits_on_one_bounded_line(args, kwargs):
    text = describe_call("softmax", tuple(args), kwargs)
    assert text.startswith("softmax(")
    assert len(text) <= 200
    assert text.isprintable()


@given(st.text(max_size=400))
def test_error_messages_are_made_printable(message):
    text = describe_error(ValueError(message))
    assert text.startswith("ValueError")
    assert len(text) <= 300
    assert text.isprintable()


@given(st.floats(-1e5, 1e5), st.integers(4, 17))
def test_a_number_is_shown_to_its_digits(number, digits):
    shown = float(describe(number, digits=digits))
    assert math.isclose(shown, number, rel_tol=10.0 ** (1 - max(digits, 6)))


def test_a_huge_expanded_tensor_is_only_indexed():
    huge = torch.zeros(1).expand(10**12)
    assert describe(huge) == "tensor of shape (1000000000000,): [0., 0., 0., …]"
    assert describe_call("f", (huge.expand(10**5, 10**12),), {}) == (
        "f(tensor of shape (100000, 1000000000000) and strides (0, 0))"
    )
    assert describe([huge] * 3).startswith("[tensor of shape (1000000000000,)")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (torch.tensor([0.26894, 0.73106]), "tensor([0.2689, 0.7311])"),
        (torch.tensor([1000.0, 1001.0]), "tensor([1000., 1001.])"),
        (torch.tensor([math.nan, math.inf, -math.inf]), "tensor([nan, inf, -inf])"),
        (torch.tensor([1.0], dtype=torch.float64), "tensor([1.], dtype=torch.float64)"),
        (torch.tensor([2.00001]), "tensor([2.000])"),
        (torch.tensor([1e-9, 12345678.9]), "tensor([1e-09, 1.235e+07])"),
        (torch.tensor([[1, 2], [3, 4]]), "tensor([[1, 2], [3, 4]])"),
        (torch.tensor([True, False]), "tensor([True, False])"),
        (torch.tensor(5.0, requires_grad=True), "tensor(5.)"),
        (torch.tensor([]), "tensor([])"),
        (torch.tensor([]).long(), "tensor([], dtype=torch.int64)"),
        (torch.zeros(0, 3), "tensor of shape (0, 3)"),
        (torch.zeros(0, 3) > 0, "bool tensor of shape (0, 3)"),
        (
            torch.arange(48.0).reshape(2, 4, 6),
            "tensor of shape (2, 4, 6): [[[0., 1., 2., …], …], …]",
        ),
        (torch.zeros(20, 1), "tensor of shape (20, 1): [[0.], [0.], [0.], …]"),
        (torch.zeros(20, dtype=torch.int32), "int32 tensor of shape (20,): [0, 0, 0, …]"),
        (torch.eye(2).to_sparse(), "float32 tensor of shape (2, 2), without readable entries"),
        (np.array([1.0, 2.0]), "array([1., 2.])"),
        (np.array([1.0, 2.0], dtype=np.float32), "array([1., 2.], dtype=float32)"),
        (np.float64(0.5), "0.5"),
        (0.1 + 0.2, "0.3"),
        (5.0, "5.0"),
        (1e-6, "1e-06"),
        (1 + 2j, "1.0+2.0j"),
        ([10**5000], "[<int of 16610 bits>]"),
        (None, "None"),
        ("two\nlines\x1b[31m", r"'two\nlines\x1b[31m'"),
        ("x" * 1000, "'" + "x" * 60 + "'…"),
        ([1, 2.5, "a"], "[1, 2.5, 'a']"),
        ([0.5] * 100, "list of 100 items: [0.5, 0.5, 0.5, 0.5, …]"),
        ([[[[1]]]], "[[[[…]]]]"),
        ((1,), "(1,)"),
        (torch.Size([2, 3]), "torch.Size([2, 3])"),
        ({"loss": 0.5}, "{'loss': 0.5}"),
        (slice(1, 3), "slice(1, 3)"),
        (torch.float32, "torch.float32"),
        (torch.device("cpu"), 'torch.device("cpu")'),
        (Handle("LinearRegressor"), "<LinearRegressor>"),
        (Handle("bad\nname"), "<bad name>"),
        (torch.nn.Linear(1, 1), "<Linear>"),
        (abs, "f"),
    ],
)
def test_typical_values(value, text):
    assert describe(value) == text


def test_typical_calls():
    x = torch.arange(48.0).reshape(2, 4, 6)
    assert describe_call("split_heads", (x,), {"heads": 3}) == (
        "split_heads(tensor of shape (2, 4, 6), heads=3)"
    )
    assert describe_call("softmax", (torch.tensor([1000.0, 1001.0]),), {"dim": 0}) == (
        "softmax(tensor([1000., 1001.]), dim=0)"
    )
    assert describe_call("gradient_check", (tensor_of, Handle.__init__, 2.0), {"h": 1e-6}) == (
        "gradient_check(f, g, 2.0, h=1e-06)"
    )
    weights = [torch.full((3, 1), 1 / 3), torch.full((2, 3), 1 / 7)]
    assert describe_call("sgd_step_", (weights, 0.1), {}) == (
        "sgd_step_([tensor([[0.3333], [0.3333], [0.3333]]), tensor([[0.1429, 0.1429, 0.1429], "
        "[0.1429, 0.1429, 0.1429]])], 0.1)"
    )
