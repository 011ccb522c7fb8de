"""How a worker ends, what is left of it, and what it can see of others."""

import os
import select
import signal
import sys
import time
from pathlib import Path

import pytest

from grader.errors import Died, GraderFault, SubmissionFault
from grader.sandbox import channel, jail, processes
from grader.sandbox.limits import Limits
from grader.sandbox.processes import ForkServer, describe_exit
from tests.grader.processes import is_alive, wait_for_end

from .learner import SOON, Learner

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")
needs_confinement = pytest.mark.skipif(jail.unavailable() is not None, reason="no confinement")


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
    wait_for_end(learner.process.pid)


def test_a_worker_with_a_fault_is_never_asked_again(start):
    learner = start("def f():\n  import os\n  os._exit(1)\ndef g(): return 1")
    with pytest.raises(Died):
        learner.call("f")
    with pytest.raises(Died):
        learner.call("g")


def test_nothing_is_left_of_a_worker_that_was_closed(start):
    learner = start("def f(): open('kept', 'w').close(); import os; return os.getcwd()")
    scratch = learner.call("f")
    assert scratch == learner.process.scratch
    assert Path(scratch, "kept").exists()
    learner.close()
    wait_for_end(learner.process.pid)
    start().close()  # the zygote does one thing at a time: by now the folder has been cleared away
    assert not Path(scratch).exists()


def test_a_scratch_folder_that_resists_is_deleted_all_the_same(start, monkeypatch):
    monkeypatch.setattr(channel, "TICK_SECONDS", 1000.0)  # until then nobody counts its folders
    learner = start(
        """
        import os
        def f():
            for _ in range(1500):
                os.mkdir("deeper")
                os.chdir("deeper")
            open("x", "w").close()
        """
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
    wait_for_end(orphan)


def test_nothing_is_left_of_a_second_zygote_that_was_closed(fork_server, start):
    start(unconfined=True)
    second = fork_server.beside()
    try:
        learner = Learner(second, second.start().ready(), Limits())
        learner.load(ORPHAN)
        orphan = learner.call("f")
        assert is_alive(orphan)
    finally:
        second.close()  # as if its judge had been killed: nobody has ended the worker
    assert not any(map(is_alive, (orphan, learner.process.pid)))
    assert not Path(second.folder).exists()


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


def test_cores_that_cannot_be_had_change_nothing(fork_server, start):
    fork_server.run_on({4095})
    learner = start("import os\ndef f(): return sorted(os.sched_getaffinity(0))")
    assert learner.call("f") == sorted(os.sched_getaffinity(0))


def test_a_worker_that_was_killed_before_it_had_work_is_no_fault_of_the_work(fork_server):
    process = fork_server.start().ready()
    select.select([process.channel], [], [])  # it has said that it is ready
    os.kill(process.pid, signal.SIGKILL)
    wait_for_end(process.pid)
    try:
        with pytest.raises(GraderFault, match="before it had work"):
            Learner(fork_server, process, Limits())
    finally:
        fork_server.end(process)


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


# --- what a worker is started with


OPTIMIZES = """
import sys
import torch
from torch import optim as o

def optimize():
    p = torch.ones(1, requires_grad=True)
    for optimizer in (getattr(torch, "optim").Adam([p]), o.SGD([p], lr=0.1), o.LBFGS([p])):
        optimizer.zero_grad()
        (p * 2).sum().backward()
        optimizer.step(lambda: p.sum())
        o.lr_scheduler.StepLR(optimizer, 1).step()
    return [name for name in sys.modules if name.startswith("torch._dynamo.")]

def differentiate():
    square = lambda x: (x * x).sum()
    torch.func.grad(square)(torch.ones(3))
    torch.func.jacrev(square)(torch.ones(3))
    return [name for name in sys.modules if name.startswith("torch._dynamo.")]

def the_compiler_itself():
    import torch._dynamo.config as config
    from torch._dynamo.utils import counters
    import torch._dynamo as compiler
    once = config is compiler.config, counters is compiler.utils.counters
    torch.func.grad(lambda x: (x * x).sum())(torch.ones(3))
    return [*once, torch._dynamo is sys.modules["torch._dynamo"], bool(compiler.__file__)]
"""


def test_torch_does_not_import_its_compiler_by_itself_and_whoever_asks_for_it_has_it(start):
    learner = start(OPTIMIZES, call_seconds=120.0, unit_seconds=120.0)
    assert learner.call("optimize") == []
    assert learner.call("differentiate") == []
    assert learner.call("the_compiler_itself") == [True] * 4


def test_a_worker_ends_where_the_kernel_lists_no_children(monkeypatch):
    blind = "zygote.CHILDREN = '/proc/self/task/{{}}/no-such-file'; {module}.main"
    monkeypatch.setattr(processes, "BOOT", processes.BOOT.replace("{module}.main", blind))
    server = ForkServer(Limits(), confined=False, gpu=False)
    try:
        for code in (3, 4):  # the zygote, too, goes on
            learner = Learner(server, server.start().ready(), Limits())
            child = "os.fork() or time.sleep(99)"
            learner.load(f"def f():\n  import os, time\n  {child}\n  os._exit({code})")
            with pytest.raises(Died):
                learner.call("f")
            assert learner.close() == code
        assert server.fault is None
    finally:
        server.close()
