"""A real worker, asked by the judge: calls, callbacks, handles and exceptions."""

import errno
import math
import sys
from typing import Any

import pytest
import torch

from grader.errors import Malformed, Missing, Raised

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")


# --- calls


def test_a_call_returns_what_the_function_returns(start):
    learner = start("def f(x, *, scale=1): return {'sum': (x * scale).sum(), 'kind': str(x.dtype)}")
    got = learner.call("f", torch.ones(3), scale=2)
    assert got["sum"] == 6
    assert got["kind"] == "torch.float32"


def test_a_read_only_array_is_returned_without_a_word(start):
    learner = start("""
        import numpy as np

        def f():
            array = np.arange(3.0)
            array.flags.writeable = False
            return array
    """)
    assert learner.call("f").tolist() == [0, 1, 2]
    assert learner.client.take_printed() is None  # a warning of ours would seem the learner's


def test_loading_tells_on_which_line_everything_is_defined(start):
    lines = start().load("""
        import torch

        def first(): ...

        class Second: ...
        def first(): ...
    """)
    assert lines == {"first": 6, "Second": 5}


def test_a_unit_may_import_its_siblings_by_either_name(start):
    learner = start()
    sources = {
        "unit": ("unit.py", "from exercises.other import one\nimport other\ntwo = other.one"),
        "other": ("other.py", "def one(): return 1"),
    }
    learner.client.load("unit", sources)
    assert learner.call("one") == learner.call("two") == 1


def test_a_name_that_is_missing_is_reported_with_those_there_are(start):
    with pytest.raises(Missing) as caught:
        start("def dubble(): ...\n_private = 1").call("double")
    assert (caught.value.name, caught.value.defined) == ("double", ("dubble",))


def test_names_of_torch_are_not_names_of_the_module(start):
    with pytest.raises(Missing):
        start("def f(): ...").call("__doc__x")


# --- callbacks


def test_a_function_argument_is_called_in_the_judge(start):
    seen = []

    def f(x):
        seen.append(x)
        return x.sum() if len(seen) < 3 else 10.0

    learner = start("""
        def use(f, x):
            total = 0
            for _ in range(3):
                x += 1
                total += f(x)
            return float(total)
    """)
    assert learner.call("use", f, torch.zeros(2)) == 2 + 4 + 10
    assert [x.tolist() for x in seen] == [[1, 1], [2, 2], [3, 3]]


def test_several_functions_are_told_apart(start):
    learner = start("def use(f, more): return [f(1), more['g'](2)]")
    assert learner.call("use", lambda n: n, {"g": lambda n: -n}) == [1, -2]


@pytest.mark.parametrize("kind", [ValueError, KeyError, ZeroDivisionError])
def test_an_exception_of_a_function_reaches_the_learner_as_what_it_is(start, kind):
    def f():
        raise kind("from the judge")

    learner = start("""
        def kind_of(f):
            try:
                f()
            except Exception as error:
                return [type(error).__name__, error.args[0]]
        def through(f): return f()
    """)
    assert learner.call("kind_of", f)[0] == kind.__name__
    with pytest.raises(kind, match="from the judge"):
        learner.call("through", f)


def test_an_exception_that_python_does_not_know_becomes_a_runtime_error(start):
    class Strange(Exception):
        pass

    def f():
        raise Strange("secret class")

    with pytest.raises(RuntimeError, match="secret class"):
        start("def use(f): f()").call("use", f)


def test_what_cannot_cross_to_the_learner_is_an_error_there(start):
    with pytest.raises(RuntimeError, match="cannot cross"):
        start("def use(f): f()").call("use", lambda: {object()})


def test_a_function_that_was_kept_fails_after_its_call(start):
    learner = start("""
        import threading, time
        def keep(f): global kept; kept = f; return f(1)
        def later(): return kept(1)
        def later_beside(f): return kept(1)
    """)
    assert learner.call("keep", lambda n: n + 1) == 2
    with pytest.raises(RuntimeError, match="while the exercise runs"):
        learner.call("later")
    with pytest.raises(RuntimeError, match="while the exercise runs"):
        learner.call("later_beside", lambda n: "another function")
    assert learner.client.fault is None


def test_a_function_is_called_so_often_and_no_more(start):
    learner = start("def use(f, n):\n  for _ in range(n): f()", callbacks=10)
    learner.call("use", lambda: None, 10)
    with pytest.raises(Malformed, match="more than 10 times"):
        learner.call("use", lambda: None, 11)


# --- what a call does besides


def test_an_observed_call_tells_which_operators_ran_and_how_many_steps_it_took(start):
    learner = start("""
        def f(x):
            for row in range(3):
                x = x.exp()
            return x.sum()
    """)
    answer = learner.client.call("unit", "f", (torch.zeros(2),), {}, observe=True)
    assert answer.seen.operations["exp"] >= 3
    assert "sum" in answer.seen.operations
    assert "log" not in answer.seen.operations
    assert 8 <= answer.seen.steps <= 12
    assert 0 <= answer.seen.seconds < 10
    assert answer.value == torch.zeros(2).exp().exp().exp().sum()


def test_what_is_not_observed_is_not_reported(start):
    assert start("def f(): ...").answer("f").seen is None


def test_handles_can_be_called_read_iterated_and_passed_on(start):
    learner = start("""
        class Counter:
            def __init__(self, n): self.n = n
            def __call__(self, by): self.n += by; return self.n
            def __iter__(self): return iter(range(self.n))
        def read(counter): return counter.n
    """)
    counter = learner.call("Counter", 3)
    assert counter.kind == "Counter"
    client = learner.client
    assert client.call(counter.identity, "__call__", (2,), {}).value == 5
    assert client.get(counter.identity, "n") == 5
    assert client.iterate(counter.identity) == [0, 1, 2, 3, 4]
    assert learner.call("read", counter) == 5
    client.forget()
    with pytest.raises(Raised):
        client.get(counter.identity, "n")


def test_handles_are_bounded(start):
    learner = start("def f(n): return [object() for _ in range(n)]", handles=10)
    assert len(learner.call("f", 10)) == 10
    learner.client.forget()
    with pytest.raises(Malformed, match="too many objects"):
        learner.call("f", 11)


def test_an_endless_iterator_is_not_followed(start):
    learner = start("import itertools\ndef f(): return itertools.count()", handles=10)
    endless = learner.call("f")
    with pytest.raises(Malformed, match="too many items"):
        learner.client.iterate(endless.identity)


def test_a_brought_file_runs_beside_the_module(start):
    learner = start("def f(x): return x + 1")
    learner.client.bring("rig", "def twice(f, x): return f(f(x))")
    learner.client.bring("maker", "class Box:\n  def __init__(self, f): self.f = f")
    assert learner.client.call("rig", "twice", (lambda n: n + 5, 1), {}).value == 11
    with pytest.raises(Missing):
        learner.call("twice")


# --- exceptions


def test_an_exception_comes_back_as_the_builtin_it_is_with_the_lines_it_came_through(start):
    learner = start("""
        class Odd(KeyError, ValueError): ...

        def outer(x):
            return inner(x)  # called here

        def inner(x):
            raise Odd(f"no {x}")
    """)
    with pytest.raises(KeyError) as caught:
        learner.call("outer", 3)
    error = caught.value
    assert isinstance(error, Raised)
    assert (error.kind, str(error)) == ("Odd", "'no 3'")
    assert [str(frame) for frame in error.frames] == ["exercises/unit.py:4", "exercises/unit.py:7"]
    assert [frame.function for frame in error.frames] == ["outer", "inner"]
    assert error.frames[0].text == "    return inner(x)  # called here"


@pytest.mark.parametrize("breaks", ["\f", "\x1c", "\u2028", "\x85"])
def test_frames_show_the_lines_that_python_counts(start, breaks):
    learner = start(f'def f():\n    """one{breaks}line"""\n    raise ValueError  # here')
    with pytest.raises(ValueError, match=r"^$") as caught:
        learner.call("f")
    raised: Any = caught.value
    assert raised.frames[0].text == "    raise ValueError  # here"


@pytest.mark.parametrize("kind", ["SystemExit", "KeyboardInterrupt", "GeneratorExit"])
def test_what_would_end_python_is_an_answer_too(start, kind):
    learner = start(f"def f(): raise {kind}('bye')\ndef g(): return 1")
    with pytest.raises(Raised, match="bye") as caught:
        learner.call("f")
    assert caught.value.kind == kind
    assert learner.call("g") == 1


def test_a_message_that_cannot_be_made_or_is_endless_is_no_trouble(start):
    learner = start("""
        class Mute(Exception):
            def __str__(self): raise ValueError
        def mute(): raise Mute
        def long(): raise ValueError("x" * 10 ** 7)
    """)
    with pytest.raises(Raised) as caught:
        learner.call("mute")
    assert str(caught.value) == ""
    with pytest.raises(ValueError, match="x") as endless:
        learner.call("long")
    assert len(str(endless.value)) < 10_000


def test_not_implemented_is_not_implemented(start):
    with pytest.raises(NotImplementedError):
        start("def f(): raise NotImplementedError('f')").call("f")


def test_a_syntax_error_shows_the_line_and_a_caret_under_the_spot(start):
    with pytest.raises(SyntaxError) as caught:
        start("def f(x):\n\treturn x +* 2\n")
    raised: Any = caught.value
    first, line, caret = raised.syntax.splitlines()
    assert first.startswith("exercises/unit.py:2: ")
    assert line[caret.index("^")] == "*"


def test_a_module_that_raises_says_where(start):
    with pytest.raises(ZeroDivisionError) as caught:
        start("x = 1\ny = x / 0")
    raised: Any = caught.value
    assert str(raised.frames[-1]) == "exercises/unit.py:2"


def test_a_result_that_cannot_cross_is_said_to_and_the_worker_goes_on(start):
    learner = start("def f(n): return [0] * n", reply_bytes=1000)
    with pytest.raises(Malformed, match="cannot be sent"):
        learner.call("f", 100_000)
    assert learner.call("f", 2) == [0, 0]


def test_numbers_of_every_kind_come_back_to_the_last_bit(start):
    learner = start("def f(x): return x")
    sent = [math.nan, -0.0, math.inf, 2**200, -(2**63), 1e-320, complex(math.nan, -0.0), "\ud800"]
    assert repr(learner.call("f", sent)) == repr(sent)


def test_errors_of_the_system_keep_their_number_in_the_message(start):
    with pytest.raises(FileNotFoundError, match=rf"\[Errno {errno.ENOENT}\]"):
        start("def f(): open('nothing')").call("f")
