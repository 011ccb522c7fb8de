"""A worker may answer anything: it stays the answer of this one submission."""

import socket
import tracemalloc
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import Died, Malformed, SubmissionFault, TimedOut
from grader.judge.left_out import remark
from grader.sandbox import wire
from grader.sandbox.answers import SentFiles
from grader.sandbox.limits import MIB

from .forged import ASKS, client
from .learner import named


@pytest.fixture
def forged():
    """A worker whose answers are written by the test."""
    open_sockets = []

    def forged(*frames: bytes, **limits):
        ours, theirs = socket.socketpair()
        output, printed = socket.socketpair()
        open_sockets.extend([ours, theirs, output, printed])
        for frame in frames:
            theirs.sendall(frame)
        theirs.shutdown(socket.SHUT_WR)
        return client(ours, output, **limits)

    yield forged
    for channel in open_sockets:
        channel.close()


VALUE = ["T", [1, 0, "cpu"], "float32", 0, [2], [1], True, None, 5]
anything = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.sampled_from([-1, 0, 1, 2, 2**40, 2**63]),
        st.floats(),
        st.text(max_size=3),
        st.binary(max_size=3),
        st.sampled_from(["unit.py", "ValueError", "SyntaxError", "float32", "cpu"]),
        st.just(VALUE),
    ),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=10,
)
effects = st.lists(st.lists(anything, max_size=2), min_size=5, max_size=5) | anything
forgeries = st.one_of(
    anything,
    st.tuples(st.just("done"), anything, effects, anything),
    st.tuples(st.just("raised"), st.lists(anything, min_size=5, max_size=5) | anything),
    st.tuples(st.just("loaded"), st.lists(anything), st.lists(anything), st.integers(-9, 9)),
    st.tuples(
        st.just("loaded"),
        st.just([]),
        st.lists(st.lists(anything, min_size=4, max_size=4)),
        st.just(2**63),
    ),
    st.tuples(st.just("missing"), anything),
    st.tuples(st.just("unsendable"), anything),
    st.tuples(st.just("callback"), st.integers(-1, 2), st.just(["l", [1, 2]]) | anything),
    st.lists(anything, max_size=4),
)


@pytest.mark.parametrize("ask", ASKS)
@given(answer=forgeries)
def test_whatever_a_worker_answers_is_an_answer_or_a_fault_of_the_submission(ask, answer):
    ours, theirs = socket.socketpair()
    output, printed = socket.socketpair()
    with ours, theirs, output, printed:
        theirs.sendall(wire.pack(answer, [b"12345678"]))
        theirs.shutdown(socket.SHUT_WR)
        worker = client(ours, output)
        try:
            ASKS[ask](worker)
        except SubmissionFault:
            pass
        worker.close()


@pytest.mark.parametrize("frame", [b"", b"\0" * 5, wire.HEADER.pack(5, 0) + b"123"])
def test_a_worker_that_hangs_up_in_mid_sentence_died(forged, frame):
    with pytest.raises(Died):
        forged(frame).call("unit", "f", (), {})


@pytest.mark.parametrize(
    "frame",
    named(
        {
            "large head": wire.HEADER.pack(2**32 - 1, 0),
            "large body": wire.HEADER.pack(10, 2**62),
            "no msgpack": wire.HEADER.pack(3, 0) + b"\xc1\xc1\xc1",
            "no frame": wire.HEADER.pack(1, 0) + b"\xc0",
            "no list": wire.pack("done", []),
            "unknown answer": wire.pack(["passed", 20], []),
            "unasked callback": wire.pack(["callback", 0, ["l", []]], []),
            "a function of the judge": wire.pack(
                ["done", ["f", 0], [[], [], [], [], []], None], []
            ),
            "no effects": wire.pack(["done", None, None, None], []),
            "half an effect": wire.pack(["done", None, [[[0]], [], [], [], []], None], []),
            "colliding storage": wire.pack(
                ["done", ["T", [0, 0, "cpu"], *VALUE[2:]], [[], [], [], [], []], None], [b"1" * 8]
            ),
        }
    ),
)
def test_an_answer_that_breaks_the_protocol_is_malformed(forged, frame):
    worker = forged(frame)
    with pytest.raises(Malformed, match="could not be read"):
        worker.call("unit", "f", (torch.zeros(2),), {})
    with pytest.raises(Malformed):
        worker.call("unit", "f", (), {})


def test_a_gradient_of_the_wrong_shape_is_malformed(forged):
    effects: list[list[Any]] = [[], [], [], [], []]
    result = ["T", [1, 0, "cpu"], "float32", 0, [2], [1], True, None, 5]
    wrong = ["l", [["T", [0, 0, "cpu"], "float32", 0, [1], [1], False, None, None]]]
    worker = forged(
        wire.pack(["done", result, effects, None], [bytes(8)]),
        wire.pack(["done", wrong, None, None], [bytes(4)]),
    )
    x = torch.zeros(2, requires_grad=True)
    y = worker.call("unit", "f", (x,), {}).value
    with pytest.raises(Malformed):
        y.sum().backward()
    assert x.grad is None


def test_an_answer_cannot_write_past_the_judges_tensor(forged):
    x, beside = torch.zeros(2), torch.zeros(2)
    worker = forged(wire.pack(["done", None, [[[0, 0]], [], [], [], []], None], [b"\1" * 4096]))
    with pytest.raises(Malformed):
        worker.call("unit", "f", (x,), {})
    assert x.tolist() == beside.tolist() == [0, 0]


ZEROS = ["T", [9, 0, "cpu"], "float32", 0, [2], [1], False, None, None]


@pytest.mark.parametrize("number", [-1, -2, 2, True, 0.0, None])
@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize(
    "effects",
    named(
        {
            "moved": lambda number: [[], [[number, ZEROS]], [], [], []],
            "given a gradient": lambda number: [[], [], [[number, ZEROS]], [], []],
            "another leaf": lambda number: [[], [], [], [number]],
        }
    ),
)
def test_only_arguments_that_there_are_can_have_changed(forged, effects, in_place, number):
    """Counted from behind, the last argument is one that no call may change."""
    x, y = torch.ones(2), torch.ones(2)
    worker = forged(wire.pack(["done", None, effects(number), None], [bytes(8)]))
    with pytest.raises(Malformed):
        worker.call("unit", "f_", (x, y), {}, in_place=in_place)
    assert x.tolist() == y.tolist() == [1, 1]
    assert x.grad is y.grad is None


@pytest.mark.parametrize("part", range(4))
def test_no_argument_changes_twice(forged, part):
    effects: list[list[Any]] = [[], [], [], [], []]
    effects[part] = [0, 0] if part == 3 else [[0, 0]] * 2
    worker = forged(wire.pack(["done", None, effects, None], [bytes(8)]))
    with pytest.raises(Malformed, match="more arguments than there are"):
        worker.call("unit", "f_", (torch.ones(2),), {}, in_place=True)


@pytest.mark.parametrize("part", [1, 2])
def test_an_argument_that_may_change_never_shares_the_memory_of_one_that_may_not(forged, part):
    effects: list[list[Any]] = [[], [], [], [], []]
    effects[part] = [[0, ["a", 1]]]
    x, y = torch.zeros(2), torch.ones(2)
    worker = forged(wire.pack(["done", None, effects, None], []))
    worker.call("unit", "f_", (x, y), {}, in_place=True)
    changed = x if part == 1 else x.grad
    assert changed.tolist() == [1, 1]
    changed.zero_()
    assert y.tolist() == [1, 1]


def test_a_worker_that_was_given_up_is_not_asked_again(forged, monkeypatch):
    """What it has yet to say would be taken for the answer to the next question."""

    def late(*args):
        raise TimedOut("this test took longer than 120 seconds")

    def without_memory(*args):
        raise MemoryError

    callback = wire.pack(["callback", 0, ["l", []]], [])
    done = wire.pack(["done", 1, [[], [], [], [], []], None], [])
    for function, patch in ((late, None), (max, without_memory)):
        worker = forged(callback, done)
        with monkeypatch.context() as patches:
            if patch:
                patches.setattr(worker, "_call_back", patch)
            with pytest.raises(SubmissionFault, match="took"):
                worker.call("unit", "f", (function,), {})
        with pytest.raises(Malformed, match="than the judge has"):
            worker.call("unit", "f", (), {})


@pytest.mark.parametrize("test", ["callbacks", "answers", "heads"])
def test_what_one_test_is_given_is_bounded_together(forged, test):
    effects: list[list[Any]] = [[], [], [], [], []]
    value = {"callbacks": None, "answers": None, "heads": "x" * 700}[test]
    data = [] if test == "heads" else [bytes(10_000)]
    done = wire.pack(["done", value, effects, None], data)
    callback = wire.pack(["callback", 0, ["l", []]], data)
    frames = [callback] * 10 if test == "callbacks" else [done] * 10
    worker = forged(*frames, done, test_bytes=MIB // 16)

    def ask():
        for _ in range(8):
            worker.call("unit", "f", (lambda: 0,), {})

    with pytest.raises(Malformed, match="answers to one test"):
        ask()


def test_the_next_test_is_given_as_much_again(forged):
    frame = wire.pack(["done", None, [[], [], [], [], []], None], [bytes(1_000)])
    worker = forged(*[frame] * 20, test_bytes=5_000)
    for _ in range(20):
        worker.call("unit", "f", (), {})
        worker.forget()


def test_an_expanded_result_is_not_copied_whole(forged):
    """A graph makes the judge copy the value: 4 bytes may not become gigabytes."""
    value = ["T", [0, 0, "cpu"], "float32", 0, [2**31], [0], True, None, 5]
    worker = forged(wire.pack(["done", value, [[], [], [], [], []], None], [bytes(4)]))
    with pytest.raises(Malformed):
        worker.call("unit", "f", (), {})


@pytest.mark.parametrize(
    "answer",
    named(
        {
            "a place elsewhere": ["loaded", [["f", "/etc/passwd", 1]], [], 0],
            "a line that is none": ["loaded", [["f", "unit.py", "1"]], [], 0],
            "half a place": ["loaded", [["f"]], [], 0],
            "left out elsewhere": ["loaded", [], [[["f"], "solutions/unit.py", 1, None]], 0],
            "no exception": ["loaded", [], [[["f"], "unit.py", 1, ["SyntaxError"]]], 0],
            "the answer to a call": ["done", None, [[], [], [], [], []], None],
            "no lists": ["loaded", None, None, 0],
        }
    ),
)
def test_a_load_that_is_answered_with_something_else_is_malformed(forged, answer):
    with pytest.raises(Malformed, match="could not be read"):
        ASKS["load"](forged(wire.pack(answer, [])))
    with pytest.raises(Malformed):
        forged(wire.pack(["loaded", [], [], 0], [])).call("unit", "f", (), {})


@pytest.mark.parametrize("line", [-(2**62), -1, 0, 2, 2**63])
def test_a_line_that_the_file_has_not_is_no_place(forged, line):
    """The one line of unit.py is line 1."""
    error = [
        "SyntaxError",
        ["SyntaxError"],
        "odd",
        [["unit.py", line, "f"]],
        ["m", "unit.py", line, 1],
    ]
    left_out = [[["g"], "unit.py", line, error]]
    loaded = ASKS["load_cells"](
        forged(
            wire.pack(["loaded", [["f", "unit.py", line], ["h", "unit.py", 1]], left_out, 2], [])
        )
    )
    assert {name: (place.file, place.line) for name, place in loaded.places.items()} == {
        "h": ("unit.py", 1)
    }
    (left,) = loaded.left_out
    assert (left.place, left.error.frames, left.error.syntax) == (None, (), None)
    assert "a cell: SyntaxError: odd" in remark(left)
    assert loaded.more == 2


@pytest.mark.parametrize("more", [-5, 2**62])
def test_a_forged_count_is_bounded(forged, more):
    loaded = ASKS["load"](forged(wire.pack(["loaded", [], [], more], [])))
    assert 0 <= loaded.more <= 10**6


def test_files_that_were_sent_are_kept_once_however_many_lines_and_errors_they_have():
    text = "#a\n" * 300_000
    tracemalloc.start()
    try:
        files = SentFiles({"sgd": ("sgd.py", text)})
        error = ["E", ["Exception"], "", [["sgd.py", 9, "f"]], None]
        loaded = files.loaded([["f", "sgd.py", 300_001]], [[["x"], "sgd.py", 2, error]] * 100, 0)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 4 << 20
    assert loaded.places["f"].text == ""
    assert loaded.left_out[0].place.text == "#a"
    assert loaded.left_out[0].error.source == text
