"""Tensors that go to a worker and come back: memory, views and gradients."""

import sys

import pytest
import torch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")


# --- tensors


def test_a_change_in_place_shows_in_the_judges_tensor(start):
    x = torch.zeros(4)
    row = x.view(2, 2)[1]
    start("def f_(x): x[1, 0] = 7").call("f_", x.view(2, 2))
    assert x.tolist() == [0, 0, 7, 0]
    assert row[0] == 7


def test_a_change_through_an_expanded_argument_shows_too(start):
    x = torch.zeros(1)
    start("def f_(x): x[0, 0] = 7").call("f_", x.expand(2, 3))
    assert x.item() == 7


def test_a_view_of_an_argument_is_a_view_of_the_judges_tensor(start):
    x = torch.arange(6.0).reshape(2, 3)
    view, copy = start("def f(x): return x.T[1:], x.T.clone()").call("f", x)
    assert view.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()
    assert (view.shape, view.stride()) == ((2, 2), (1, 3))
    x[0, 1] = 100
    assert view[0, 0] == 100
    assert copy[1, 0] == 1


def test_an_argument_that_is_returned_is_the_same_object(start):
    x, y = torch.zeros(2), torch.zeros(2, requires_grad=True)
    got = start("def f_(x, y): x += 1; return [y, x]").call("f_", x, y=y)
    assert got[0] is y
    assert got[1] is x
    assert x.tolist() == [1, 1]


def test_arguments_that_share_memory_share_it_in_the_worker(start):
    x = torch.zeros(4)
    assert start("def f(a, b): a[1] = 5; return b[0].item()").call("f", x[:2], x[1:]) == 5


def test_an_argument_that_was_moved_to_other_memory_is_reported(start):
    x, y = torch.zeros(2), torch.zeros(2)
    answer = start("def f_(x, y): x.data = x + 1; y += 1").answer("f_", x, y)
    assert [t is x for t in answer.moved] == [True]
    assert x.tolist() == [1, 1]


CHANGING = {
    "in place": "x += 1",
    "in its storage": "x.untyped_storage().fill_(255)",
    "moved": "x.data = x + 1",
    "resized": "x.resize_(7)",
    "another view": "x.t_()",
    "through a view": "x.view(-1)[0] = float('nan')",
}


@pytest.mark.parametrize("change", CHANGING.values(), ids=CHANGING)
def test_nobody_but_the_judge_writes_what_it_computes_with(start, change):
    x, other = torch.zeros(2, 3), torch.ones(2, 3)
    view = x[1]
    answer = start(f"def f(x): {change}; return x").answer("f", x)
    assert x.tolist() == [[0, 0, 0]] * 2
    assert view.tolist() == [0, 0, 0]
    ((before, now),) = answer.changed
    assert before is x
    assert now.tolist() != x.tolist() or now.shape != x.shape
    answer = start(f"def f_(y, x): {change}").answer("f_", other, x)
    assert x.tolist() == [[0, 0, 0]] * 2
    assert [before is x for before, _ in answer.changed] == [True]


def test_a_gradient_that_a_call_leaves_behind_is_not_the_judges(start):
    x = torch.zeros(2, requires_grad=True)
    start("def f(x): (3 * x).sum().backward()").call("f", x)
    assert x.grad is None


def test_gradients_of_arguments_cross_both_ways(start):
    learner = start("""
        def step_(p): seen = p.grad.clone(); p.grad.zero_(); return seen
        def clear_(p): p.grad = None
        def fill_(p): (p * 3).sum().backward()
    """)
    p = torch.zeros(2, requires_grad=True)
    p.grad = torch.tensor([1.0, 2.0])
    assert learner.call("step_", p).tolist() == [1, 2]
    assert p.grad.tolist() == [0, 0]
    learner.call("clear_", p)
    assert p.grad is None
    learner.call("fill_", p)
    assert p.grad.tolist() == [3, 3]  # type: ignore[attr-defined]  # it is one again
    assert p.is_leaf


def test_gradients_of_parameters_cross_as_well(start):
    p = torch.nn.Parameter(torch.zeros(2))
    learner = start("""
        def fill_(p): (p * 3).sum().backward()
        def clear_(p): p.grad = None
    """)
    learner.call("fill_", p)
    assert p.grad.tolist() == [3, 3]
    learner.call("clear_", p)
    assert p.grad is None


def test_gradients_flow_through_two_calls(start):
    learner = start("""
        def square(x, w): return w * x ** 2
        def total(y): return (3 * y).sum()
    """)
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    w = torch.tensor([5.0, 7.0], requires_grad=True)
    learner.call("total", learner.call("square", x, w)).backward()
    assert x.grad.tolist() == [3 * 5 * 2 * 1, 3 * 7 * 2 * 2]
    assert w.grad.tolist() == [3, 12]


def test_an_argument_that_takes_no_part_gets_no_gradient(start):
    x, unused = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    y = start("def f(x, unused): return x * 2").call("f", x, unused)
    assert torch.autograd.grad(y.sum(), [x, unused], allow_unused=True)[1] is None


def test_a_detached_result_requires_no_gradient(start):
    x = torch.ones(2, requires_grad=True)
    assert not start("def f(x): return (x * 2).detach()").call("f", x).requires_grad


def test_gradient_mode_is_on_again_in_the_next_call(start):
    learner = start("""
        import torch
        def off(): torch.set_grad_enabled(False)
        def f(x): return x * 2
    """)
    learner.call("off")
    assert learner.call("f", torch.ones(1, requires_grad=True)).requires_grad
