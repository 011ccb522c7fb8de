"""Workers that are each a new Python, as on macOS and Windows: slower, and otherwise the same."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from grader.errors import Died, TimedOut
from grader.sandbox.limits import Limits
from grader.sandbox.processes import FreshProcesses, describe_exit

from .learner import Learner

LIMITS = replace(Limits(), call_seconds=60)  # the first answer waits for `import torch`


@pytest.fixture(scope="module")
def processes():
    os.environ["TORCHKATA_TEST_SECRET"] = "42"
    processes = FreshProcesses(LIMITS)
    yield processes
    del os.environ["TORCHKATA_TEST_SECRET"]
    folder = Path(processes.folder)
    processes.close()
    assert not folder.exists()


@pytest.fixture(scope="module")
def starting(processes):
    """Three at once: each takes as long as `import torch`."""
    return [processes.start() for _ in range(3)]


@pytest.fixture
def learner(processes, starting):
    learner = Learner(processes, starting.pop().ready(), LIMITS)
    yield learner
    if learner.is_open:
        learner.close()


def test_it_loads_calls_prints_and_is_gone_when_closed(learner):
    lines = learner.load("""
        import os
        print("loading")
        def f_(x, g):
            x += 1
            print("calling", end="")
            return x[1:], g(2)
        def environment(): return dict(os.environ)
    """)
    assert lines == {"f_": 3, "environment": 7}
    assert learner.client.take_printed() == "loading\n"
    x = torch.zeros(3)
    view, value = learner.call("f_", x, lambda n: n * 10)
    assert (x.tolist(), value) == ([1, 1, 1], 20)
    assert view.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()
    assert learner.client.take_printed() == "calling"
    environment = learner.call("environment")
    assert "TORCHKATA_TEST_SECRET" not in environment
    assert environment["HOME"] == learner.process.scratch
    with pytest.raises(ZeroDivisionError):
        learner.call("f_", x, lambda n: n / 0)
    learner.close()
    assert learner.process.has_ended()
    assert not Path(learner.process.scratch).exists()


def test_it_times_out_and_ends(learner):
    learner.load("def f():\n  while True: print('still here')")
    learner.client.limits = replace(LIMITS, call_seconds=0.5)
    with pytest.raises(TimedOut):
        learner.call("f")
    assert learner.client.take_printed().startswith("still here\n")
    learner.close()
    assert learner.process.has_ended()


def test_it_says_how_it_died(learner):
    learner.load("def f():\n  import os\n  os._exit(3)")
    with pytest.raises(Died):
        learner.call("f")
    assert "exit code 3" in describe_exit(learner.close())


def test_a_worker_that_was_never_used_ends_too(processes):
    process = processes.start().ready()
    processes.end(process)
    assert process.has_ended()
