"""What bounds a worker: time, output, threads, files, memory."""

import sys
import time

import pytest
import torch

from grader.errors import Died, Stopped, TimedOut
from grader.sandbox import wire
from grader.sandbox.limits import Limits
from grader.sandbox.processes import describe_exit
from tests.grader.processes import wait_for_end

from .learner import SOON, named

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")


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
            "callbacks with large tensors": "import torch\nwhile True: f(torch.zeros(10 ** 5))",
            "talking when it is late": "import os, signal, time\n"
            "def late(*_):\n  while True: os.write(3, b'x'); time.sleep(0.02)\n"
            "signal.signal(signal.SIGUSR1, late)\ntime.sleep(60)",
            "swallowing": "while True:\n  try:\n    while True: pass\n  except BaseException: pass",
        }
    ),
)
def test_a_deadline_is_absolute(start, body):
    source = "def use(f):\n  " + body.replace("\n", "\n  ")
    learner = start(source, call_seconds=0.5, test_bytes=2**40)
    began = time.monotonic()
    with pytest.raises(TimedOut, match=r"within 0\.5 seconds"):
        learner.call("use", lambda *_: None)
    learner.close()
    assert time.monotonic() - began < SOON
    wait_for_end(learner.process.pid)


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


# --- threads, files, memory, processor time


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


@pytest.mark.parametrize("spin_seconds", [0.0, Limits().spin_seconds])
def test_a_flood_behind_an_answer_that_trickles_is_stopped(start, spin_seconds):
    learner = start(
        f"""
        import os, time
        def f():
            os.write(3, {wire.HEADER.pack(1000, 10**6)!r})
            for n in range(3): open(f"f{{n}}", "wb").write(bytes(2 ** 20))
            while True:
                os.write(3, b"x")
                time.sleep(0.001)
        """,
        scratch_bytes=2**20,
        spin_seconds=spin_seconds,
    )
    with pytest.raises(Stopped, match="more than 1 MiB"):
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
