"""A real worker, asked by the judge: what arrives, what comes back, and how it ends."""

import errno
import math
import os
import socket
import sys
import time
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import Died, Malformed, Missing, Raised, Stopped, SubmissionFault, TimedOut
from grader.sandbox import jail, wire
from grader.sandbox.client import Worker, describe_exit
from grader.sandbox.limits import Limits
from grader.sandbox.processes import Process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")
needs_confinement = pytest.mark.skipif(jail.unavailable() is not None, reason="no confinement")

SOON = 3.0  # seconds; a deadline of half a second has then been extended, not just missed


def named(cases):
    return [pytest.param(value, id=name) for name, value in cases.items()]


def ends(pid):
    """Is it gone, or at least within a second?"""
    return any(not is_alive(pid) or time.sleep(0.01) for _ in range(100))


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


# --- calls


def test_a_call_returns_what_the_function_returns(start):
    learner = start("def f(x, *, scale=1): return {'sum': (x * scale).sum(), 'kind': str(x.dtype)}")
    got = learner.call("f", torch.ones(3), scale=2)
    assert got["sum"] == 6
    assert got["kind"] == "torch.float32"


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


# --- tensors


def test_a_change_in_place_shows_in_the_judges_tensor(start):
    x = torch.zeros(4)
    row = x.view(2, 2)[1]
    start("def f(x): x[1, 0] = 7").call("f", x.view(2, 2))
    assert x.tolist() == [0, 0, 7, 0]
    assert row[0] == 7


def test_a_change_through_an_expanded_argument_shows_too(start):
    x = torch.zeros(1)
    start("def f(x): x[0, 0] = 7").call("f", x.expand(2, 3))
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
    got = start("def f(x, y): x += 1; return [y, x]").call("f", x, y=y)
    assert got[0] is y
    assert got[1] is x
    assert x.tolist() == [1, 1]


def test_arguments_that_share_memory_share_it_in_the_worker(start):
    x = torch.zeros(4)
    assert start("def f(a, b): a[1] = 5; return b[0].item()").call("f", x[:2], x[1:]) == 5


def test_an_argument_that_was_moved_to_other_memory_is_reported(start):
    x, y = torch.zeros(2), torch.zeros(2)
    answer = start("def f(x, y): x.data = x + 1; y += 1").answer("f", x, y)
    assert [t is x for t in answer.moved] == [True]
    assert x.tolist() == [1, 1]


def test_gradients_of_arguments_cross_both_ways(start):
    learner = start("""
        def step(p): seen = p.grad.clone(); p.grad.zero_(); return seen
        def clear(p): p.grad = None
        def fill(p): (p * 3).sum().backward()
    """)
    p = torch.zeros(2, requires_grad=True)
    p.grad = torch.tensor([1.0, 2.0])
    assert learner.call("step", p).tolist() == [1, 2]
    assert p.grad.tolist() == [0, 0]
    learner.call("clear", p)
    assert p.grad is None
    learner.call("fill", p)
    assert p.grad.tolist() == [3, 3]
    assert p.is_leaf


def test_gradients_of_parameters_cross_as_well(start):
    p = torch.nn.Parameter(torch.zeros(2))
    learner = start("""
        def fill(p): (p * 3).sum().backward()
        def clear(p): p.grad = None
    """)
    learner.call("fill", p)
    assert p.grad.tolist() == [3, 3]
    learner.call("clear", p)
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
        start("def use(f): f()").call("use", lambda: {1, 2})


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


def test_an_observed_call_counts_operators_and_steps(start):
    learner = start("""
        def f(x):
            for row in range(3):
                x = x.exp()
            return x.sum()
    """)
    answer = learner.client.call("unit", "f", (torch.zeros(2),), {}, observe=True)
    assert answer.seen.operations == {"exp": 3, "sum": 1}
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
    assert caught.value.frames[0].text == "    raise ValueError  # here"


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
    with pytest.raises(ValueError, match="x") as caught:
        learner.call("long")
    assert len(str(caught.value)) < 10_000


def test_not_implemented_is_not_implemented(start):
    with pytest.raises(NotImplementedError):
        start("def f(): raise NotImplementedError('f')").call("f")


def test_a_syntax_error_shows_the_line_and_a_caret_under_the_spot(start):
    with pytest.raises(SyntaxError) as caught:
        start("def f(x):\n\treturn x +* 2\n")
    first, line, caret = caught.value.syntax.splitlines()
    assert first.startswith("exercises/unit.py:2: ")
    assert line[caret.index("^")] == "*"


def test_a_module_that_raises_says_where(start):
    with pytest.raises(ZeroDivisionError) as caught:
        start("x = 1\ny = x / 0")
    assert str(caught.value.frames[-1]) == "exercises/unit.py:2"


def test_a_result_that_cannot_cross_is_said_to_and_the_worker_goes_on(start):
    learner = start("def f(n): return [0] * n", reply_bytes=1000)
    with pytest.raises(Malformed, match="cannot be sent"):
        learner.call("f", 100_000)
    assert learner.call("f", 2) == [0, 0]


# --- time


@pytest.mark.parametrize(
    "body",
    named(
        {
            "silence": "while True: pass",
            "sleep": "import time; time.sleep(60)",
            "printing": "while True: print('x' * 1000)",
            "printing bytes": "import os\nwhile True: os.write(1, b'x' * 2 ** 20)",
            "callbacks": "while True: f()",
            "callbacks with large tensors": "import torch\nwhile True: f(torch.zeros(10 ** 6))",
            "swallowing": "while True:\n  try:\n    while True: pass\n  except BaseException: pass",
        }
    ),
)
def test_a_deadline_is_absolute(start, body):
    learner = start("def use(f):\n  " + body.replace("\n", "\n  "), call_seconds=0.5)
    began = time.monotonic()
    with pytest.raises(TimedOut, match=r"within 0\.5 seconds"):
        learner.call("use", lambda *_: None)
    learner.close()
    assert time.monotonic() - began < SOON
    assert ends(learner.process.pid)


def test_a_flood_from_many_threads_does_not_keep_the_judge_busy(start):
    learner = start(
        """
        import os, threading
        def flood():
            while True: os.write(1, b"x" * 2 ** 20)
        def f():
            for _ in range(8): threading.Thread(target=flood).start()
            flood()
        """,
        call_seconds=0.5,
    )
    began = time.monotonic()
    with pytest.raises(TimedOut):
        learner.call("f")
    assert len(learner.client.take_printed()) < 2 * Limits().printed_bytes
    learner.close()
    assert time.monotonic() - began < SOON


def test_loading_has_a_deadline_too(start):
    with pytest.raises(TimedOut):
        start("while True: pass", call_seconds=0.3)


def test_a_request_that_nobody_reads_has_a_deadline(start):
    learner = start("def f(x): ...\nimport time\ndef g(f): f(); time.sleep(60)", call_seconds=0.5)
    with pytest.raises(TimedOut):
        learner.call("g", lambda: torch.zeros(4 * 10**6))


# --- printing


def test_what_is_printed_is_kept_once(start):
    learner = start("print('loading')\ndef f(): print('calling')")
    assert learner.client.take_printed() == "loading\n"
    assert learner.client.take_printed() is None
    learner.call("f")
    assert learner.client.take_printed() == "calling\n"


def test_what_is_printed_is_bounded_and_says_so(start):
    learner = start("def f(): print('x' * 100_000)", printed_bytes=1000)
    learner.call("f")
    printed = learner.client.take_printed()
    assert printed == "x" * 1000 + "\n… (99,001 more bytes)"


def test_what_was_printed_survives_the_death_of_the_worker(start):
    learner = start("def f():\n  import os\n  print('last words')\n  os._exit(3)")
    with pytest.raises(Died):
        learner.call("f")
    assert learner.client.take_printed() == "last words\n"
    code = learner.close()
    assert describe_exit(code) == "it left Python with exit code 3"


def test_what_was_printed_survives_a_timeout(start):
    learner = start("def f():\n  print('thinking')\n  while True: ...", call_seconds=0.3)
    with pytest.raises(TimedOut):
        learner.call("f")
    assert learner.client.take_printed() == "thinking\n"


def test_anything_can_be_printed(start):
    learner = start("def f(): print('\\ud800 é', end=''); import os; os.write(2, b'\\xff')")
    learner.call("f")
    assert learner.client.take_printed() == "\\ud800 é\ufffd"


# --- ends


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("os._exit(0)", "exit code 0"),
        ("os._exit(3)", "exit code 3"),
        ("os.abort()", "SIGABRT"),
        ("ctypes.string_at(1)", "segmentation fault"),
    ],
)
def test_a_worker_that_ends_itself_died_and_says_how(start, body, said):
    learner = start(f"import os, ctypes\ndef f(): {body}")
    with pytest.raises(Died):
        learner.call("f")
    assert said in describe_exit(learner.close())


def test_a_worker_that_hangs_up_died(start):
    learner = start("def f():\n  import os, time\n  os.closerange(0, 60)\n  time.sleep(60)")
    with pytest.raises(Died):
        learner.call("f")
    learner.close()
    assert ends(learner.process.pid)


def test_a_worker_with_a_fault_is_never_asked_again(start):
    learner = start("def f():\n  import os\n  os._exit(1)\ndef g(): return 1")
    with pytest.raises(Died):
        learner.call("f")
    with pytest.raises(Died):
        learner.call("g")


def test_too_many_threads_are_stopped(start):
    learner = start(
        """
        import threading, time
        def f():
            for _ in range(20): threading.Thread(target=time.sleep, args=(60,)).start()
            time.sleep(60)
        """,
        threads=10,
    )
    with pytest.raises(Stopped, match="threads, at most 10"):
        learner.call("f")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("for n in range(20): open(f'f{n}', 'w').close()", "more than 10 files"),
        ("for n in range(20): os.mkdir(f'd{n}')", "more than 10 files"),
        ("for n in range(3): open(f'f{n}', 'wb').write(bytes(2 ** 20))", "more than 1 MiB"),
    ],
)
def test_a_flood_of_files_is_stopped(start, body, said):
    learner = start(
        f"import os, time\ndef f():\n  {body}\n  time.sleep(60)",
        scratch_files=10,
        scratch_bytes=2**20,
    )
    with pytest.raises(Stopped, match=said):
        learner.call("f")


def test_memory_is_bounded(start):
    learner = start(
        """
        import torch
        def python(): return len(bytearray(2 ** 30))
        def tensors(): return torch.ones(2 ** 28).numel()
        def little(): return torch.ones(2 ** 20).numel()
        """,
        memory_bytes=2**28,
    )
    with pytest.raises(MemoryError):
        learner.call("python")
    with pytest.raises(RuntimeError):
        learner.call("tensors")
    assert learner.call("little") == 2**20


def test_processor_time_is_bounded_for_all_threads_together(start):
    learner = start("def f():\n  while True: ...", cpu_seconds=1)
    with pytest.raises(Died):
        learner.call("f")
    assert "processor time" in describe_exit(learner.close())


def test_nothing_is_left_of_a_worker_that_was_closed(start):
    learner = start("def f(): open('kept', 'w').close(); import os; return os.getcwd()")
    scratch = learner.call("f")
    assert scratch == learner.process.scratch
    assert Path(scratch, "kept").exists()
    learner.close()
    assert ends(learner.process.pid)
    start().close()  # the zygote does one thing at a time: by now the folder has been cleared away
    assert not Path(scratch).exists()


def test_a_scratch_folder_that_resists_is_deleted_all_the_same(start):
    learner = start(
        """
        import os
        def f():
            for _ in range(1500):
                os.mkdir("deeper")
                os.chdir("deeper")
            open("x", "w").close()
        """,
        scratch_files=10_000,
    )
    learner.call("f")
    learner.close()
    start().close()
    assert not Path(learner.process.scratch).exists()


ORPHAN = """
import os, time
def f():
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(writer, str(os.getpid()).encode())
            os.close(writer)
            time.sleep(600)
        os._exit(0)
    os.wait()
    return int(os.read(reader, 20))
"""


def test_orphans_of_an_unconfined_worker_end_with_it(start):
    learner = start(ORPHAN, unconfined=True)
    orphan = learner.call("f")
    assert is_alive(orphan)
    learner.close()
    assert ends(orphan)


def test_a_child_that_keeps_the_channel_open_does_not_hide_the_end(start):
    learner = start(ORPHAN + "def g(): f(); os._exit(5)", unconfined=True)
    began = time.monotonic()
    with pytest.raises(Died):
        learner.call("g")
    assert time.monotonic() - began < SOON
    assert describe_exit(learner.close()) == "it left Python with exit code 5"


def test_the_next_worker_starts_clean(start):
    first = start("import torch, builtins\ndef f(): torch.exp = builtins.len = None")
    with pytest.raises(SubmissionFault):
        first.call("f")
    first.close()
    learner = start("import torch\ndef f(): return [len([1]), torch.exp(torch.zeros(1)).item()]")
    assert learner.call("f") == [1, 1.0]


# --- what a worker sees


@needs_confinement
def test_two_workers_cannot_see_each_others_scratch(start):
    first = start("import os\ndef f(): open('mine', 'w').close(); return os.getcwd()")
    folder = first.call("f")
    second = start("""
        import os
        def read(folder): return open(os.path.join(folder, "mine")).read()
        def write(folder): open(os.path.join(folder, "yours"), "w")
        def look(folder): return os.listdir(folder)
    """)
    for name, where in [
        ("read", folder),
        ("write", folder),
        ("look", folder),
        ("look", str(Path(folder).parent)),
    ]:
        with pytest.raises(PermissionError):
            second.call(name, where)


def test_the_environment_holds_nothing_of_the_judges(start):
    learner = start("import os\ndef f(): return [dict(os.environ), os.getcwd()]")
    environment, scratch = learner.call("f")
    assert "TORCHKATA_TEST_SECRET" not in environment
    assert environment["HOME"] == environment["TMPDIR"] == scratch == learner.process.scratch
    shared = {name for name, value in environment.items() if os.environ.get(name) == value}
    needed = {"PATH", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "TZ"}
    ours = {"LANG", "OMP_NUM_THREADS", "PYTHONDONTWRITEBYTECODE"}
    assert {n for n in shared - needed - ours if not n.startswith(("OPENBLAS_", "MKL_"))} == set()


def test_standard_input_is_empty_and_no_other_descriptor_is_open(start):
    learner = start("""
        import os, sys
        def f():
            is_open = []
            for number in range(60):
                try:
                    os.fstat(number)
                    is_open.append(number)
                except OSError:
                    pass
            return [sys.stdin.read(), is_open]
    """)
    assert learner.call("f") == ["", [0, 1, 2, 3]]


def test_the_course_is_not_on_the_path(start):
    learner = start("import sys\ndef f(): return sys.path")
    root = str(Path(__file__).parents[3])
    assert root not in learner.call("f")


# --- a worker that lies


class Grave:
    """Ends nothing: behind the channel there is no process."""

    def end(self, process, *, tell=True):
        process.channel.close()
        process.output.close()
        return 0


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
        process = Process(os.getpid(), ours, output, None, "/nowhere")
        return Worker(Grave(), process, Limits(**limits), lambda _, *handle: wire.Handle(*handle))

    yield forged
    for channel in open_sockets:
        channel.close()


ASKS = {
    "load": lambda worker: worker.load("unit", {"unit": ("unit.py", "x = 1")}),
    "bring": lambda worker: worker.bring("rig", "x = 1"),
    "call": lambda worker: worker.call("unit", "f", (torch.ones(2, requires_grad=True), max), {}),
    "observe": lambda worker: worker.call("unit", "f", (), {}, observe=True),
    "get": lambda worker: worker.get(1, "n"),
    "iterate": lambda worker: worker.iterate(1),
    "gradients": lambda worker: worker.gradients(1, torch.ones(1)),
}
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
effects = st.lists(st.lists(anything, max_size=2), min_size=4, max_size=4) | anything
forgeries = st.one_of(
    anything,
    st.tuples(st.just("done"), anything, effects, anything),
    st.tuples(st.just("raised"), st.lists(anything, min_size=5, max_size=5) | anything),
    st.tuples(st.just("missing"), anything),
    st.tuples(st.just("unsendable"), anything),
    st.tuples(st.just("callback"), st.integers(-1, 2), st.just(["l", [1, 2]]) | anything),
    st.lists(anything, max_size=4),
)


@pytest.mark.parametrize("ask", ASKS)
@settings(database=None, deadline=None, max_examples=120)
@given(answer=forgeries)
def test_whatever_a_worker_answers_is_an_answer_or_a_fault_of_the_submission(ask, answer):
    ours, theirs = socket.socketpair()
    output, printed = socket.socketpair()
    with ours, theirs, output, printed:
        theirs.sendall(wire.pack(answer, [b"12345678"]))
        theirs.shutdown(socket.SHUT_WR)
        process = Process(os.getpid(), ours, output, None, "/nowhere")
        worker = Worker(Grave(), process, Limits(), lambda _, *handle: wire.Handle(*handle))
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
            "a function of the judge": wire.pack(["done", ["f", 0], [[], [], [], []], None], []),
            "no effects": wire.pack(["done", None, None, None], []),
            "half an effect": wire.pack(["done", None, [[[0]], [], [], []], None], []),
            "colliding storage": wire.pack(
                ["done", ["T", [0, 0, "cpu"], *VALUE[2:]], [[], [], [], []], None], [b"1" * 8]
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
    effects = [[], [], [], []]
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
    worker = forged(wire.pack(["done", None, [[[0, 0]], [], [], []], None], [b"\1" * 4096]))
    with pytest.raises(Malformed):
        worker.call("unit", "f", (x,), {})
    assert x.tolist() == beside.tolist() == [0, 0]


def test_an_expanded_result_is_not_copied_whole(forged):
    """A graph makes the judge copy the value: 4 bytes may not become gigabytes."""
    value = ["T", [0, 0, "cpu"], "float32", 0, [2**31], [0], True, None, 5]
    worker = forged(wire.pack(["done", value, [[], [], [], []], None], [bytes(4)]))
    with pytest.raises(Malformed):
        worker.call("unit", "f", (), {})


def test_numbers_of_every_kind_come_back_to_the_last_bit(start):
    learner = start("def f(x): return x")
    sent = [math.nan, -0.0, math.inf, 2**200, -(2**63), 1e-320, complex(math.nan, -0.0), "\ud800"]
    assert repr(learner.call("f", sent)) == repr(sent)


def test_errors_of_the_system_keep_their_number_in_the_message(start):
    with pytest.raises(FileNotFoundError, match=rf"\[Errno {errno.ENOENT}\]"):
        start("def f(): open('nothing')").call("f")
