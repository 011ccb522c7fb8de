"""The asserts pass on what is right, and say what is wrong in words a beginner can use."""

import math
import re
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import Died, GraderFault, Raised, TimedOut
from grader.suite.asserts import (
    Mismatch,
    assert_raises,
    assert_same,
    assert_unchanged,
    assert_view,
    fail,
)

DTYPES = [
    torch.float32,
    torch.float64,
    torch.float16,
    torch.bfloat16,
    torch.complex64,
    torch.complex128,
    torch.bool,
    torch.uint8,
    torch.uint64,
    torch.int64,
]
X = torch.tensor([[0.5, -1.25, 3.0], [2.0, 0.125, -0.75]])


class Handle:
    is_handle = True

    def __init__(self, kind):
        self.kind = kind


def tensor_of(dtype, shape, seed):
    numbers = torch.randint(0, 9, shape, generator=torch.Generator().manual_seed(seed))
    tensor = (numbers.double() / 3).to(dtype)
    if dtype.is_floating_point and tensor.numel() > 3:
        tensor.view(-1)[0], tensor.view(-1)[1] = math.nan, -math.inf
    return tensor


tensors = st.builds(
    tensor_of,
    st.sampled_from(DTYPES),
    st.lists(st.integers(0, 4), max_size=4),
    st.integers(0, 100),
)
arrays = tensors.filter(lambda t: t.dtype != torch.bfloat16).map(lambda t: t.numpy())
numbers = st.one_of(
    st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.sampled_from([0, 1, 0.5])
)
plain = st.one_of(
    st.none(), numbers, st.text(max_size=100), st.binary(max_size=9), tensors, arrays,
    st.sampled_from([torch.float32, torch.Size([2, 3]), torch.device("cpu"), slice(1, 2)]),
    st.lists(st.floats(), max_size=9), st.lists(st.integers(), max_size=9),
)  # fmt: skip
values = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from("abc"), inner)
    ),
    max_leaves=6,
)


def copy(value):
    if isinstance(value, torch.Tensor):
        return value.clone()
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(copy(item) for item in value)
    return {k: copy(v) for k, v in value.items()} if isinstance(value, dict) else value


same = partial(assert_same, finite=False)  # drawn values are NaN and infinite too


def outcome(check, *args, **kwargs):
    try:
        check(*args, **kwargs)
    except Mismatch as error:
        return error
    return None


def mismatch(check, *args, **kwargs):
    with pytest.raises(Mismatch) as caught:
        check(*args, **kwargs)
    return caught.value


# --- laws -------------------------------------------------------------------------------------


@given(values)
def test_a_value_is_the_same_as_its_copy(value):
    assert_same(value, copy(value), finite=False)
    assert_unchanged(value, copy(value))


@given(values, values)
def test_any_two_values_are_the_same_or_a_mismatch_in_short_words(got, expected):
    error = outcome(assert_same, got, expected, likely="perhaps", finite=False)
    if error is None:
        return
    assert error.value is got
    for text in filter(None, (error.message, error.expected, error.got, error.likely)):
        assert len(text) <= 400
        assert text.isprintable()


@given(tensors.filter(lambda t: t.numel() > 0), st.data())
def test_one_wrong_entry_is_found_and_named(expected, data):
    got = expected.clone()
    place = data.draw(st.integers(0, got.numel() - 1))
    old = got.view(-1)[place].tolist()
    got.view(-1)[place] = (not old) if got.dtype == torch.bool else 77 if old == old else 5
    message = mismatch(same, got, expected).message
    if got.numel() == 1:
        assert re.search("^the result is .*, expected", message)
    else:
        index = tuple(int(i) for i in np.unravel_index(place, tuple(got.shape)))
        where = f"index {index[0] if len(index) == 1 else index}: "
        assert message.startswith(f"1 of {got.numel()} values differs, at {where}")


@given(
    st.sampled_from([torch.float32, torch.float64, torch.float16, torch.bfloat16]),
    st.integers(0, 1000),
)
def test_rounding_is_forgiven_and_ten_times_the_tolerance_is_not(dtype, seed):
    expected = torch.rand(5, generator=torch.Generator().manual_seed(seed)).to(dtype) + 1
    few = 8 * torch.finfo(dtype).eps if dtype != torch.bfloat16 else torch.finfo(dtype).eps
    assert_same((expected.double() * (1 + few / 2)).to(dtype), expected)
    mismatch(assert_same, (expected.double() * 1.5).to(dtype), expected)
    assert_same((expected.double() * 1.5).to(dtype), expected, rtol=0.6)


@given(values, values)
def test_a_comparison_leaves_both_sides_alone(got, expected):
    before = copy(got), copy(expected)
    outcome(same, got, expected)
    same((got, expected), before)


def test_a_list_of_arrays_is_no_reason_to_warn():
    torch.set_warn_always(True)  # torch warns once for each process
    try:
        mismatch(assert_same, [np.float32(1), np.ones((), "float32")], np.ones(2, "float32"))
    finally:
        torch.set_warn_always(False)


# --- tensors ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "expected", "message"),
    [
        (
            torch.zeros(4, 2, 6),
            torch.zeros(2, 3, 4, 2),
            "the result has shape (4, 2, 6), expected (2, 3, 4, 2)",
        ),
        (X.double(), X, "the result has dtype torch.float64, expected torch.float32"),
        (X.to("meta"), X, "the result is on meta, expected cpu"),
        (torch.tensor(5.0), torch.tensor(6.0), "the result is 5.0, expected 6.0"),
        (
            X + torch.tensor([0.0, 1.0, 0.0]),
            X,
            "2 of 6 values differ, the worst at index (0, 1): -0.25 instead of -1.25",
        ),
        (X + 1, X, "all 6 values differ, the worst at index (0, 0): 1.5 instead of 0.5"),
        (torch.tensor([math.nan] * 2), torch.ones(2), "both values are NaN"),
        (
            torch.tensor([1, math.nan, 2, math.nan]),
            torch.ones(4),
            "2 of 4 values are NaN, the first at index 1",
        ),
        (torch.tensor([1, math.inf]), torch.ones(2), "1 of 2 values is infinite, at index 1"),
        (torch.tensor(math.nan), torch.tensor(1.0), "the result is NaN"),
        (
            torch.tensor([math.inf, 0]),
            torch.tensor([-math.inf, 0]),
            "1 of 2 values differs, at index 0: inf instead of -inf",
        ),
        (
            torch.tensor([1.0, 2.0]),
            torch.tensor([math.nan, 2.0]),
            "1 of 2 values differs, at index 0: 1.0 instead of nan",
        ),
        (
            torch.tensor([True, True]),
            torch.tensor([False, False]),
            "both values differ, the first at index 0: True instead of False",
        ),
        (
            torch.tensor([2**62 + 1, 0]),
            torch.tensor([2**62, 0]),
            f"1 of 2 values differs, at index 0: {2**62 + 1} instead of {2**62}",
        ),
    ],
)
def test_tensors_that_differ(got, expected, message):
    assert mismatch(same, got, expected).message.startswith(message)


def test_nan_and_infinities_are_right_where_they_are_expected():
    odd = torch.tensor([math.nan, math.inf, -math.inf, 1.0])
    same(odd, odd.clone())
    same(odd.numpy(), odd.numpy().copy())
    same(odd.tolist(), odd.tolist())


def test_what_is_not_finite_proves_nothing_unless_the_suite_says_so():
    for odd in (math.nan, torch.tensor([1.0, math.inf]), np.array([math.nan]), [1.0, (math.nan,)]):
        assert "cannot be judged" in mismatch(assert_same, odd, odd).message


def test_strides_leaves_and_graphs_do_not_matter():
    leaf = X.clone().requires_grad_()
    assert_same(leaf, X)
    assert_same(leaf * 1, X)
    assert_same(X.T.contiguous().T, X)
    assert leaf.grad is None


def test_digits_are_added_until_the_difference_shows():
    got, expected = torch.tensor([1.50012, 2.0]), torch.tensor([1.50034, 2.0])
    error = mismatch(assert_same, got, expected)
    assert (error.expected, error.got) == ("tensor([1.50034, 2.])", "tensor([1.50012, 2.])")
    assert error.message.endswith("index 0: 1.50012 instead of 1.50034")


def test_large_tensors_are_shown_from_where_they_differ():
    got = torch.zeros(10, 10)
    got[7, 8] = 1
    error = mismatch(assert_same, got, torch.zeros(10, 10))
    assert error.got == "tensor of shape (10, 10), from index (7, 8) on: [1.0, 0.0]"
    assert error.expected == "tensor of shape (10, 10), from index (7, 8) on: [0.0, 0.0]"
    losses = [0.5] * 100
    error = mismatch(assert_same, [*losses[:57], 0.75, *losses[58:]], losses)
    assert error.message == "1 of 100 values differs, at index 57: 0.75 instead of 0.5"
    assert error.got == "list of 100 items, from index 57 on: [0.75, 0.5, 0.5, 0.5]"
    error = mismatch(assert_same, got.numpy(), np.zeros((10, 10), np.float32))
    assert error.got == "array of shape (10, 10), from index (7, 8) on: [1.0, 0.0]"


def test_a_huge_expanded_tensor_is_a_wrong_shape_and_nothing_more():
    got = torch.zeros(1).expand(10**12)
    assert mismatch(assert_same, got, X).message.startswith("the result has shape (1000000000000,)")
    mismatch(assert_view, got, X)


# --- other values -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "expected", "message", "likely"),
    [
        (None, X, "returned None: is a return statement missing?", "without return"),
        (X.numpy(), X, "the result is a NumPy array, expected a tensor", "from_numpy"),
        (X, X.numpy(), "the result is a tensor, expected a NumPy array", "numpy()"),
        ([1.0], X, "the result is a list, expected a tensor", "torch.stack"),
        ([X, X[0]], X, "the result is a list, expected a tensor", "is one of them the result?"),
        ((X, X), X, "the result is a tuple, expected a tensor", "several values"),
        ((X,), X, "the result is a tuple, expected a tensor", "a comma behind a value"),
        (0.5, X, "the result is a float, expected a tensor", ".item()"),
        (torch.tensor(0.5), 0.5, "the result is a tensor, expected a float", ".item()"),
        (torch.tensor(True), True, "the result is a tensor, expected a bool", "bool(...)"),
        (np.bool_(True), True, "the result is a NumPy bool, expected a bool", "bool(...)"),
        (1, 1.0, "the result is an int, expected a float", "float(...)"),
        (1.0, 1, "the result is a float, expected an int", "int(...)"),
        (True, 1, "the result is a bool, expected an int", None),
        (1, True, "the result is an int, expected a bool", None),
        (X, None, "the result is a tensor, expected None", "in place"),
        (Handle("function"), X, "the result is a function, expected a tensor", "parentheses"),
        (Handle("_TensorMeta"), X.dtype, "the result is a class, expected a dtype", "x.dtype"),
        (Handle("generator"), X, "the result is a generator, expected a tensor", "yield"),
        (Handle("Adam"), X, "the result is an Adam, expected a tensor", None),
        ([2, 3], (2, 3), "the result is a list, expected a tuple", "tuple(...)"),
        ((3, 2), (2, 3), "the result is (3, 2), expected (2, 3)", None),
        ((2, 3, 4), (2, 3), "the result has 3 items, expected 2", None),
        ("abc", "abd", "the result is 'abc', expected 'abd'", None),
        ("a" * 99 + "b", "a" * 99 + "c", "the result differs from position 99 on", None),
        (0.1 + 0.2, 0.31, "the result is 0.3, expected 0.31", None),
        ([1.0, 2.5], [1.0, 2.0], "1 of 2 values differs, at index 1: 2.5 instead of 2.0", None),
        ([1.0, 2], [1.0, 2.0], "item 1 of the result is an int, expected a float", "float(...)"),
        ((X, X + X.flip(1)), (X, X), "all 6 values in item 1 of the result differ", None),
        ((X, None), (X, X), "item 1 of the result is None, expected a tensor", None),
        ((X, 0.5), (X, None), "item 1 of the result is a float, expected None", None),
        ({"a": 1}, {"a": 2}, "the entry 'a' of the result is 1, expected 2", None),
        ({"a": 1}, {"b": 1}, "the result lacks the key 'b'", None),
        ({"a": 1, "b": 2}, {"a": 1}, "the result has a key too many: 'b'", None),
        (
            np.ones(3),
            np.ones(3, np.float32),
            "the result has dtype float64, expected float32",
            None,
        ),
    ],
)
def test_other_values_that_differ(got, expected, message, likely):
    error = mismatch(assert_same, got, expected)
    assert error.message.startswith(message)
    assert likely is None or likely in error.likely


def test_a_conversion_is_told_only_of_numbers_that_it_sets_right():
    assert "// of integers an int" in mismatch(assert_same, 2, 2.5).likely
    assert mismatch(assert_same, 0, -2.5).likely is None
    assert mismatch(assert_same, 10**400, 1.5).likely is None
    assert mismatch(assert_same, math.nan, 1).likely is None
    whole = torch.tensor([[3, 255]])
    assert "new tensors without a dtype" in mismatch(assert_same, whole.float(), whole).likely
    assert "converts a tensor" in mismatch(assert_same, whole.double(), whole).likely
    assert mismatch(assert_same, whole / 255, whole).likely is None
    assert mismatch(assert_same, {"min": math.nan}, {"min": None}).likely is None
    assert "tuple(x.tolist())" in mismatch(assert_same, torch.tensor([2, 3]), (2, 3)).likely
    assert "first, second" in mismatch(assert_same, X, (X, X)).likely


def test_float_takes_subclasses_and_tuple_takes_sizes():
    assert_same(np.float64(0.5), 0.5)
    assert_same(torch.Size([2, 3]), (2, 3))
    assert_same(0.5, np.float32(0.5))


def test_what_cannot_be_compared_is_the_fault_of_the_suite():
    with pytest.raises(TypeError, match="values of type object cannot be compared"):
        assert_same(X, object())


def test_a_certain_relation_goes_before_the_sentence_of_the_suite_and_a_symptom_after_it():
    assert mismatch(assert_same, -X, X, likely="suite").likely == "the sign is flipped"
    assert mismatch(assert_same, X * math.nan, X, likely="suite").likely == "suite"
    assert "NaN comes from" in mismatch(assert_same, X * math.nan, X).likely
    assert mismatch(assert_same, X.T, X).likely == "it is transposed: got.T would be right"
    losses = [5.0, 3.0, 2.5, 2.25]
    assert mismatch(assert_same, losses[1:], losses).likely == "the first entry is missing"


def test_a_known_mistake_goes_before_everything_else():
    mistakes = [(2 * X, "doubled"), (-X, "the error is y_pred - y_true"), (-X, "too late")]
    known = mismatch(assert_same, -X, X, mistakes=mistakes, likely="suite")
    assert known.likely == "the error is y_pred - y_true"
    assert mismatch(assert_same, -X * 1.00001, X, mistakes=mistakes).likely == known.likely
    assert mismatch(assert_same, X.T, X, mistakes=mistakes, likely="suite").likely != "suite"
    assert (
        mismatch(assert_same, X * math.nan, X, mistakes=mistakes, likely="suite").likely == "suite"
    )
    assert mismatch(assert_same, -X.double(), X, mistakes=mistakes).likely != known.likely
    assert mismatch(assert_same, 6, 20, mistakes=[(6, "tensors"), (9, "rows")]).likely == "tensors"


def test_known_mistakes_are_not_worked_out_where_there_is_none():
    def mistakes():
        raise AssertionError
        yield

    assert_same(X, X, mistakes=mistakes())


def test_a_numpy_integer_is_an_int():
    assert_same(np.int64(6), 6)
    assert_same((np.int32(2), 3), (2, 3))
    assert mismatch(assert_same, np.int64(6), 7).message == "the result is 6, expected 7"
    assert "NumPy int64" in mismatch(assert_same, np.int64(6), 6.0).message
    assert "NumPy bool" in mismatch(assert_same, np.bool_(True), True).message


def test_what_is_not_a_result_goes_by_its_own_name():
    def message(got, expected):
        return mismatch(assert_same, got, expected, what="the gradient").message

    assert message(X + 1, X) == (
        "all 6 values in the gradient differ, the worst at index (0, 0): 1.5 instead of 0.5"
    )
    assert message(X[0], X) == "the gradient has shape (3,), expected (2, 3)"
    assert message(X * math.nan, X) == "all 6 values in the gradient are NaN"
    assert message(0.5, 0.25) == "the gradient is 0.5, expected 0.25"
    assert message((X, X[0]), (X, X)).startswith("item 1 of the gradient has shape")


def test_only_a_result_is_none_for_want_of_a_return():
    error = mismatch(assert_same, None, X, what="the gradient", likely="suite")
    assert error.message == "the gradient is None, expected a tensor"
    assert error.likely is None
    assert mismatch(assert_same, (None, X), (X, X), likely="suite").likely is None
    assert "return" in mismatch(assert_same, None, X, likely="suite").likely


def test_the_text_of_a_mismatch_holds_all_its_parts():
    assert str(mismatch(assert_same, -X[0], X[0])) == (
        "all 3 values differ, the worst at index 2: -3.0 instead of 3.0\n"
        "  expected  tensor([0.5, -1.25, 3.])\n"
        "  got       tensor([-0.5, 1.25, -3.])\n"
        "  likely    the sign is flipped"
    )


# --- assert_raises ----------------------------------------------------------------------------


class RaisedValueError(Raised, ValueError):
    kind = "ShapeError"


def raising(error):
    def call():
        raise error

    return call


@pytest.mark.parametrize(
    ("message", "mentions"),
    [
        ("heads must divide 6, got 4", (4,)),
        ("got heads=4.", (4,)),
        ("size -2 is below -1", (-2,)),
        ("lr must be positive, not -0.1", (-0.1,)),
        ("h is 0", (0.0,)),
        ("h is nan", (math.nan,)),
        ("cannot view torch.Size([2, 3]) so", ((2, 3),)),
        ("shape 2x3", ((2, 3),)),
        ("shapes (5,2,3) differ", (torch.Size([2, 3]),)),
        ("N = 2, D = 3", ((7, 7), (2, 3))),
        ("two -1 in [-1, -1]", ((-1, -1),)),
        ("no axes in ()", ((),)),
        ("a 0-dim tensor", ((),)),
        ("Heads", ("heads",)),
        ("anything", ()),
    ],
)
def test_a_message_that_holds_the_value(message, mentions):
    assert_raises(ValueError, raising(ValueError(message)), mentions=mentions)
    assert_raises(ValueError, raising(RaisedValueError(message)), mentions=mentions)


@pytest.mark.parametrize(
    ("message", "mentions"),
    [
        ("", (4,)),
        ("bad value", (4, (2, 3))),
        ("got 14, 40, 4.5, float4 and _4", (4,)),
        ("size -2", (2,)),
        ("shape (3, 2)", ((2, 3),)),
        ("2 and then 5 and 3", ((2, 3),)),
    ],
)
def test_a_message_that_lacks_the_value(message, mentions):
    call = raising(ValueError(message))
    error = mismatch(assert_raises, ValueError, call, mentions=mentions, likely="the reason")
    assert error.message == "the message of the ValueError does not hold the value at fault"
    assert error.likely.startswith("an f-string puts a value into the message")


def test_what_happened_instead_of_the_error():
    error = mismatch(assert_raises, ValueError, lambda: X, mentions=(3, (2, 3)))
    assert error.message == "no ValueError was raised"
    assert error.expected == "ValueError with 3 or (2, 3) in its message"
    error = mismatch(assert_raises, ValueError, lambda: X, mentions=((0, -1), 0, 0, -1))
    assert error.expected == "ValueError with (0, -1) or 0 or -1 in its message"
    assert error.got.endswith("-0.75]]) was returned")
    assert error.value is X
    error = mismatch(assert_raises, ValueError, lambda: Handle("ValueError"), likely="suite")
    assert error.likely.startswith("an error that is returned stops nobody")
    error = mismatch(assert_raises, ValueError, raising(TypeError("a\nb\x1b")), likely="suite")
    assert error.message == "raised TypeError, expected ValueError"
    assert error.expected == "ValueError"
    assert error.got == r"TypeError: a b\x1b"
    assert error.likely == "suite"
    error = mismatch(assert_raises, ValueError, raising(AssertionError("no")), likely="suite")
    assert error.likely.startswith("assert raises an AssertionError")
    error = mismatch(assert_raises, TypeError, raising(RaisedValueError("no")))
    assert error.got == "ShapeError: no"


@pytest.mark.parametrize(
    "error",
    [TimedOut("t"), Died("d"), NotImplementedError(), GraderFault("g"), Mismatch("m")],
)
def test_what_says_nothing_about_the_error_passes_through(error):
    with pytest.raises(type(error)) as caught:
        assert_raises(Exception, raising(error))
    assert caught.value is error


# --- assert_view, assert_unchanged, fail -------------------------------------------------------


@given(tensors)
def test_views_pass_and_copies_do_not(base):
    before = base.clone()
    views = [base, base.flatten(), base.flatten()[:1], base.unsqueeze(0)]
    for view in [*views, base.expand(2, *base.shape), base.permute(tuple(range(base.ndim))[::-1])]:
        assert_view(view, base)
    same(base, before)
    if base.numel():
        error = mismatch(assert_view, base.clone(), base)
        assert error.message == "the result is a copy, expected a view of the input"
        same(base, before)


def test_the_view_of_other_memory_of_the_same_storage_is_no_view():
    memory = torch.arange(6.0)
    mismatch(assert_view, memory[3:], memory[:3])
    assert_same(memory, torch.arange(6.0))


def test_looking_for_a_view_keeps_what_autograd_saved():
    x = X.clone().requires_grad_()
    y = (x * x).sum()
    assert_view(x.T, x)
    y.backward()
    assert_same(x.grad, 2 * X)


def test_a_view_of_an_expanded_tensor():
    base = torch.arange(3.0).expand(4, 3)
    assert_view(base.T, base)
    mismatch(assert_view, base.T.contiguous(), base)


def test_no_tensor_is_no_view():
    assert mismatch(assert_view, None, X).message == (
        "the result is None, expected a view of the input"
    )


def test_a_changed_input_is_shown():
    x = X.clone()
    x[0, 0] = 9
    error = mismatch(assert_unchanged, x, X)
    assert error.message == (
        "the input was changed: 1 of 6 values differs, at index (0, 0): 9.0 instead of 0.5"
    )
    assert "change x itself" in error.likely
    assert mismatch(assert_unchanged, X.T, X).message == (
        "the input was changed: it has shape (3, 2), expected (2, 3)"
    )
    assert mismatch(assert_unchanged, X * (1 + 1e-6), X, likely="suite").likely == "suite"


def test_fail_takes_words_or_values():
    error = mismatch(fail, "the loss must fall", expected="a falling loss", got=[1.0, 2.0])
    assert (error.message, error.expected, error.got, error.likely) == (
        "the loss must fall",
        "a falling loss",
        "[1.0, 2.0]",
        None,
    )
    assert mismatch(fail, "it is bad").got is None
    ramp = torch.arange(20.0)
    error = mismatch(fail, "moved", expected=ramp, got=ramp.index_fill(0, torch.tensor(19), 0.5))
    assert error.got == "tensor of shape (20,), from index 19 on: [0.5]"
    assert error.expected == "tensor of shape (20,), from index 19 on: [19.0]"
