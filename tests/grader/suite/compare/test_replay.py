"""Calls that were written out: what they build is what was given, and nothing else is written."""

import math

import numpy as np
import pytest
import torch

from grader.suite.compare.describe import describe_call
from grader.suite.compare.replay import MAX_NUMBERS, Unwritable, source_of, written_call

C, THREE = torch.tensor([1.0, 2.0]), 3.0


def run(code, f):
    names = {"torch": torch, "np": np, "math": math, "inf": math.inf, "nan": math.nan, "f": f}
    exec(code, names)
    return names["got"]


def given_again(*args, **kwargs):
    return run(written_call("f", args, kwargs), lambda *args, **kwargs: (args, kwargs))


def with_grad(tensor):
    tensor.requires_grad_()
    tensor.grad = torch.full_like(tensor, 0.1)
    return tensor


GRID = torch.arange(24.0).reshape(2, 3, 4) / 7
TENSORS = [
    torch.tensor(0.1),
    torch.tensor([math.nan, math.inf, -math.inf, -0.0, 1e-30]),
    torch.tensor([0.1, 1 / 3], dtype=torch.float64),
    torch.tensor([0.1, 1 / 3], dtype=torch.float16),
    torch.tensor([1 + 2j, complex(math.nan, -0.5)]),
    torch.tensor([[1, 2], [3, 4]], dtype=torch.uint8).T,
    torch.tensor([[True, False]]),
    torch.zeros(0, 3),
    torch.zeros(3, 0, dtype=torch.int32).T,
    GRID.transpose(0, 1),
    GRID.permute(2, 0, 1),
    GRID[:, ::2],
    GRID[:, :, 1],
    GRID[:1].expand(5, 3, 4),
    torch.ones(3).expand(2, 3).requires_grad_(),
    GRID.T if GRID.ndim == 2 else GRID.mT.detach().requires_grad_(),
    with_grad(torch.ones(2)),
]


@pytest.mark.parametrize("x", TENSORS, ids=lambda x: f"{x.dtype} {tuple(x.shape)} {x.stride()}")
def test_what_is_written_builds_the_same_tensor(x):
    ((again, listed), named) = given_again(x, [1, x], x=x)
    for y in (again, listed[1], named["x"]):
        assert (y.dtype, y.shape, y.requires_grad) == (x.dtype, x.shape, x.requires_grad)
        assert y.is_contiguous() == x.is_contiguous()
        assert torch.allclose(y, x, rtol=0, atol=0, equal_nan=True)
        assert (y.grad is None) == (x.grad is None)
        assert x.grad is None or torch.equal(y.grad, x.grad)
        if x.numel():
            assert y.stride() == x.stride()


def test_what_is_written_builds_the_same_of_everything_else():
    given = ("a\n'\"", b"\0", None, True, -0.0, math.inf, 2**100, 1 - 2j, torch.float16)
    more = [(), (1,), {"a": [1.5]}, slice(1, None, -1), torch.Size([2, 3]), np.float32(0.5)]
    assert given_again(*given, *more, key=more) == ((*given, *more), {"key": more})
    array = np.array([[0.1, 2.0]], dtype=np.float32)
    assert given_again(array)[0][0].tobytes() == array.tobytes()
    assert str(given_again(math.nan)[0][0]) == "nan"


def suite_function(x):
    return x


class Watched:
    def __init__(self, function):
        self.function = function

    def __call__(self, x):
        return self.function(x)


def lambdas(k, c):
    return [
        lambda x: 1 / x,
        lambda x, a=k, /: (a * x).sum(),
        lambda x, b=c: b @ x,
        lambda: THREE,
    ], (lambda x: (c * x.sin()).sum())


FOUND, LAST = lambdas(0.5, C)


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (torch.sin, "torch.sin"),
        (math.exp, "math.exp"),
        (abs, "abs"),
        (Watched(math.sin), "math.sin"),
        (FOUND[0], "lambda x: 1 / x"),
        (Watched(FOUND[1]), "lambda x: (0.5 * x).sum()"),
        (FOUND[2], "lambda x: b @ x"),
        (FOUND[3], "lambda: 3.0"),
        (LAST, "lambda x: (c * x.sin()).sum()"),
    ],
)
def test_a_function_whose_text_is_known_is_shown_and_runs(function, text):
    assert source_of(function).text == text
    assert describe_call("g", (function,), {}).startswith(f"g({text})")
    ((again,), _) = given_again(function)
    plain = getattr(function, "function", function)
    if text != "lambda: 3.0":
        x = torch.tensor([0.3, 0.7]) if "sum" in text or "@" in text else 0.25
        x = torch.tensor(x) if text.startswith("torch") else x
        assert torch.equal(torch.as_tensor(again(x)), torch.as_tensor(plain(x)))


@pytest.mark.parametrize(
    "value",
    [
        suite_function,
        lambda x: suite_function(x),
        lambda x, held=TENSORS: held,
        lambda *x: x,
        lambda x, *, y=1: x,
        Watched(3),
        object(),
        torch.Generator(),
        torch.zeros(2, device="meta"),
        torch.eye(2).to_sparse(),
        torch.zeros(MAX_NUMBERS + 1),
        [torch.zeros(MAX_NUMBERS // 2 + 1)] * 2,
        "x" * 10**6,
        2**1000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_written_out_is_refused(value):
    with pytest.raises(Unwritable):
        written_call("f", (value,), {})
    assert len(describe_call("f", (value,), {})) <= 200


def test_a_call_shows_how_its_tensors_were_made():
    def shown(*args):
        return describe_call("f", args, {})

    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert shown(x.T) == "f(tensor([[1., 2.], [3., 4.]]).T)"
    assert shown(x.T.requires_grad_()) == "f(tensor([[1., 2.], [3., 4.]]).T.requires_grad_())"
    assert (
        shown(x.clone().requires_grad_()) == "f(tensor([[1., 2.], [3., 4.]], requires_grad=True))"
    )
    assert shown(x[:, 0]) == "f(tensor([1., 3.]) with strides (2,))"
    assert shown(GRID.transpose(0, 1)) == "f(tensor of shape (3, 2, 4) and strides (4, 12, 1))"
    assert shown([with_grad(torch.ones(1))], 0.5) == (
        "f([tensor([1.], requires_grad=True)], 0.5)  # with .grad tensor([0.1])"
    )
    assert shown(LAST) == "f(lambda x: (c * x.sin()).sum())  # c = tensor([1., 2.])"
    assert shown(suite_function, suite_function) == "f(f, g)"
