"""One slip, one test: a right value in another form is told of once, and then taken."""

from typing import Any

import numpy as np
import pytest
import torch

from grader.suite.asserts import Mismatch, assert_form, assert_same
from grader.suite.forms import FORMS, as_like, in_form, told_before

COLUMN = torch.tensor([[1.5], [-2.0], [0.25]])
DIGITS = [0.1, 1e9 / 7]
ANOTHER_FORM = {
    "no axis of one": (COLUMN[:, 0], COLUMN, {"shape"}),
    "a row": (COLUMN.T, COLUMN, {"shape"}),
    "0-dim": (torch.tensor(2.0), torch.tensor([2.0]), {"shape"}),
    "a list of numbers": (COLUMN.tolist(), COLUMN, {"type"}),
    "a list of tensors": (list(COLUMN), COLUMN, {"type"}),
    "a list with all its digits": (DIGITS, torch.tensor(DIGITS, dtype=torch.float64), {"type"}),
    "an array": (COLUMN.numpy(), COLUMN, {"type"}),
    "a tensor for an array": (COLUMN, COLUMN.numpy(), {"type"}),
    "float32 for float64": (COLUMN, COLUMN.double(), {"dtype"}),
    "float64 for float32": (COLUMN.double(), COLUMN, {"dtype"}),
    "int64 zeros": (torch.zeros(3, dtype=torch.int64), torch.zeros(3), {"dtype"}),
    "a list for a tuple": ([2, 3], (2, 3), {"type"}),
    "a tuple for a list": ((0.5, 2.0), [0.5, 2.0], {"type"}),
    "a list of 0-dim tensors": ([torch.tensor(0.5), torch.tensor(2.0)], [0.5, 2.0], {"type"}),
    "an array for a list": (np.array([0.5, 2.0], np.float32), [0.5, 2.0], {"type"}),
    "a tensor for a bool": (torch.tensor(True), True, {"type"}),
    "NumPy's bool": (np.bool_(False), False, {"type"}),
    "a tensor for a float": (torch.tensor([[0.5]]), 0.5, {"type"}),
    "NumPy's float32": (np.float32(0.1), 0.1, {"type"}),
    "an int for a float": (2, 2.0, {"type"}),
    "a float for an int": (8.0, 8, {"type"}),
    "parts of a tuple": ((COLUMN[:, 0], 1), (COLUMN, 1.0), {"shape", "type"}),
}


@pytest.mark.parametrize("name", ANOTHER_FORM)
def test_the_first_test_fails_and_the_others_take_the_value(name):
    got, expected, forms = ANOTHER_FORM[name]
    with pytest.raises(Mismatch) as error:
        assert_same(got, expected, likely="about the numbers")
    assert error.value.slips == forms
    assert error.value.likely not in (None, "about the numbers")
    with told_before(frozenset(forms)):
        assert_same(assert_same(got, expected), expected, rtol=1e-6)
    with told_before(FORMS - forms), pytest.raises(Mismatch):
        assert_same(got, expected)


@pytest.mark.parametrize("name", ANOTHER_FORM)
def test_wrong_numbers_are_wrong_in_any_form(name):
    got, expected, _ = ANOTHER_FORM[name]
    wrong: Any = expected
    if isinstance(wrong, bool):
        wrong = not wrong
    elif isinstance(wrong, (list, tuple)):
        wrong = type(wrong)([wrong[0] + 1, *wrong[1:]])
    else:
        wrong = wrong + 1
    with told_before(FORMS), pytest.raises(Mismatch) as error:
        assert_same(got, wrong)
    assert not error.value.slips


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (torch.arange(4.0), torch.arange(4.0).reshape(2, 2)),
        (torch.arange(6).reshape(2, 3), torch.arange(6).reshape(3, 2)),
        (torch.tensor([0.5, 1.5]), torch.tensor([0, 1])),
        (torch.tensor([1.0, 2.0]), 1.0),
        (0.5, 0),
        (2, True),
        (None, COLUMN),
        ("2", 2),
        ([], COLUMN),
        ([[1.0], [1.0, 2.0]], COLUMN),
        (object(), [1.0]),
    ],
)
def test_what_is_more_than_another_form_is_no_slip(got, expected):
    with told_before(FORMS), pytest.raises(Mismatch) as error:
        assert_same(got, expected)
    assert not error.value.slips


def test_the_right_form_is_the_value_itself():
    for value in (COLUMN.numpy(), 1.5, True, (2, 3), [0.5]):
        taken, slips = in_form(value, value)
        assert not slips
        for same in (taken, assert_same(value, value)):
            assert np.shares_memory(same, value) if isinstance(value, np.ndarray) else same == value


def test_no_more_digits_are_asked_for_than_float32_has():
    third = torch.tensor([1 / 3], dtype=torch.float64)
    with told_before(frozenset({"dtype", "type"})):
        assert_same(third.float(), third, rtol=1e-12)
        assert_same(np.float32(1 / 3), 1 / 3)
        with pytest.raises(Mismatch):
            assert_same(third.float() + 0.01, third)
    with pytest.raises(Mismatch):
        assert_same(third.float().double(), third)


def test_gradients_flow_through_a_value_that_was_taken():
    x = torch.ones(3, requires_grad=True)
    with told_before(FORMS):
        y = assert_same(2 * x, torch.full((3, 1), 2.0, dtype=torch.float64))
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0, 2.0]


def test_a_form_without_numbers():
    like = torch.empty(3, 1)
    assert assert_form(COLUMN, like) is COLUMN
    with pytest.raises(Mismatch) as error:
        assert_form(COLUMN[:, 0], like, likely="a column")
    assert error.value.slips == {"shape"}
    assert error.value.likely == "a column"
    with told_before(FORMS):
        assert torch.equal(assert_form(COLUMN[:, 0], like), COLUMN)
    for other in (COLUMN[:2], None, "text"):
        with told_before(FORMS), pytest.raises(Mismatch) as error:
            assert_form(other, like)
        assert not error.value.slips


def test_as_like_converts_without_a_word():
    assert as_like(torch.tensor(True), False) is True
    assert as_like("text", 1.0) == "text"
