"""Confinement: what a confined process cannot do, and what it still can.

Each case is a few lines of Python that run in a forked and confined child; `refused` cases must
end with "not permitted" or "permission denied", `allowed` ones must end well. What a refused case
asks for is harmless, should it ever be granted. All children come from one parent that has
imported torch, as workers do.
"""

import json
import os
import platform
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox import jail

pytestmark = pytest.mark.skipif(jail.unavailable() is not None, reason="no confinement here")

ROOT = Path(__file__).parents[3]

PARENT = """
import json, os, signal, sys, traceback
sys.path.insert(0, sys.argv[1])
import torch
from grader.sandbox import jail
from grader.sandbox.limits import Limits

torch.set_num_threads(1)
home, cases = json.load(sys.stdin)
limits = Limits(cpu_seconds=20, open_files=32, file_bytes=2 ** 20, memory_bytes=2 ** 28)
prelude = open(sys.argv[2]).read()


def child(code, scratch, answer):
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDWR), 2)
    os.closerange(3, answer)
    os.chdir(scratch)
    jail.limit_resources(limits, bound_memory=True)
    names = {"home": home, "parent": os.getppid(), "scratch": scratch}
    exec(prelude, names)
    jail.confine([*jail.readable_paths(), home + "/library"], scratch, gpu=False)
    try:
        exec(code, names)
        said = "done"
    except OSError as error:
        said = f"refused: {error}"
    except BaseException as error:
        said = "".join(traceback.format_exception_only(error))
    os.write(answer, said.encode())


outcomes = {}
for number, (name, code) in enumerate(cases.items()):
    scratch = f"{home}/scratch{number}"
    os.mkdir(scratch)
    ours, theirs = os.pipe()
    if (pid := os.fork()) == 0:
        try:
            child(code, scratch, theirs)
        finally:
            os._exit(0)
    os.close(theirs)
    said = os.read(ours, 65536).decode()
    os.close(ours)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    outcomes[name] = said or f"ended: {code}"
json.dump(outcomes, sys.stdout)
"""

# What a case may use. `call` is the kernel itself, past everything that Python checks.
PRELUDE = """
import ctypes, fcntl, os, resource, signal, socket, subprocess, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
secret, inside = home + "/secret/file", home + "/library/file"

def call(number, *args):
    ctypes.set_errno(0)
    if libc.syscall(number, *map(ctypes.c_long, args)) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
"""

# Number of each system call on x86-64 and on arm64.
CALLS = {
    "acct": (163, 89), "add_key": (248, 217), "bpf": (321, 280), "capset": (126, 91),
    "chroot": (161, 51),  "fanotify_init": (300, 262),
    "fchmodat2": (452, 452), "init_module": (175, 105), "inotify_init1": (294, 26),
    "io_uring_setup": (425, 425), "ioprio_set": (251, 30), "kcmp": (312, 272),
    "kexec_load": (246, 104), "keyctl": (250, 219), "landlock_create_ruleset": (444, 444),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "mount": (165, 40),
    "move_mount": (429, 429), "mq_open": (240, 180), "msgget": (68, 186),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "open_tree": (428, 428),
    "openat2": (437, 437), "perf_event_open": (298, 241), "personality": (135, 92),
    "pidfd_getfd": (438, 438), "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41), "process_madvise": (440, 440), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "ptrace": (101, 117), "reboot": (169, 142),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119), "seccomp": (317, 277), "semget": (64, 190),
    "sethostname": (170, 161), "setns": (308, 268), "setpgid": (109, 154),
    "setpriority": (141, 140), "setrlimit": (160, 164), "setsid": (112, 157), "setuid": (105, 146),
    "shmget": (29, 194), "swapon": (167, 224), "syslog": (103, 116), "tkill": (200, 130),
    "unshare": (272, 97), "userfaultfd": (323, 282), "vmsplice": (278, 75),
}  # fmt: skip
COLUMN = 1 if platform.machine() == "aarch64" else 0
ON_THE_LIST = {numbers[COLUMN] for numbers in jail._ALLOWED.values()}
# Some calls depend on their arguments, each with cases of its own.
OPEN, OPENAT, CLONE, CLONE3 = (2, None)[COLUMN], (257, 56)[COLUMN], (56, 220)[COLUMN], 435
TGKILL, PRLIMIT, PRCTL = (234, 131)[COLUMN], (302, 261)[COLUMN], (157, 167)[COLUMN]
FCNTL, IOCTL = (72, 25)[COLUMN], (16, 29)[COLUMN]
# The kernel keeps these from filters; they do nothing but end a process that calls them.
PROBES = {335, 336} if COLUMN == 0 else set()
UNKNOWN = {*range(600)} - ON_THE_LIST - PROBES
UNKNOWN -= {OPEN, OPENAT, CLONE, CLONE3, TGKILL, PRLIMIT, PRCTL, FCNTL, IOCTL}


FAMILIES = "UNIX INET INET6 NETLINK PACKET ALG VSOCK BLUETOOTH CAN".split()
KINDS = "STREAM DGRAM RAW SEQPACKET".split()

REFUSED = {
    **{f"{family} {kind} socket": f"socket.socket(socket.AF_{family}, socket.SOCK_{kind})"
       for family in FAMILIES if hasattr(socket, f"AF_{family}") for kind in KINDS},
    "socketpair": "socket.socketpair()",
    # processes
    "fork": "os.fork()",
    "forkpty": "os.forkpty()",
    "exec": "os.execv(sys.executable, [sys.executable, '-c', ''])",
    "posix_spawn": "os.posix_spawn(sys.executable, [sys.executable], {})",
    "subprocess": "subprocess.run(['true'])",
    "vfork by clone": f"call({CLONE}, 0x4000 | 0x100 | 17, 0, 0, 0, 0)",
    "namespace by clone": f"call({CLONE}, 0x10000000 | 17, 0, 0, 0, 0)",
    # others
        "signal the parent": "os.kill(parent, 0)",
    "signal everyone": "os.kill(-1, 0)",
    "signal its group": "os.killpg(0, 0)",
    "signal a thread of the parent": f"call({TGKILL}, parent, parent, 0)",
    "read the parent's memory": "open(f'/proc/{parent}/mem', 'rb')",
    "read the parent's environment": "open(f'/proc/{parent}/environ')",
    "limits of the parent": "resource.prlimit(parent, resource.RLIMIT_CPU, (1, 1))",
    "owner of signals": "fcntl.fcntl(1, fcntl.F_SETOWN, parent)",
    "kind of signals": "fcntl.fcntl(1, 10, 9)",
    "owner of signals, extended": "fcntl.fcntl(1, 15, bytes(8))",
    "owner by ioctl": "fcntl.ioctl(1, 0x8901, bytes(4))",
    "group by ioctl": "fcntl.ioctl(1, 0x8902, bytes(4))",
    "nice": "os.nice(-1)",
    # itself
    "change its limits": "resource.prlimit(0, resource.RLIMIT_NOFILE, (8, 8))",
    "raise its limits": "resource.prlimit(0, resource.RLIMIT_AS, (-1, -1))",
    "be dumped": f"call({PRCTL}, 4, 1)",
    "live on without its parent": f"call({PRCTL}, 1, 0)",
    "adopt": f"call({PRCTL}, 36, 1)",
    "another user": "os.setuid(1)",
    "another root": "os.chroot('.')",
    # reading
    "the project's code": f"open({str(ROOT / 'grader' / 'report.py')!r})",
    "the project's folder": f"os.listdir({str(ROOT)!r})",
    "a secret": "open(secret)",
    "a folder of secrets": "os.listdir(home + '/secret')",
    "the scratch of others": "os.listdir(home)",
    "passwd": "open('/etc/passwd')",
    "hosts": "open('/etc/hosts')",
    "the root folder": "os.listdir('/')",
    "temporary files": "os.listdir('/tmp')",
    "the home folder": f"os.listdir({str(Path.home())!r})",
    "its environment": "open('/proc/self/environ')",
    "its maps": "open('/proc/self/maps')",
    "its memory": "open('/proc/self/mem', 'r+b')",
    "its descriptors": "os.listdir('/proc/self/fd')",
    "the list of processes": "os.listdir('/proc')",
    "the kernel's log": "open('/dev/kmsg')",
    "the terminal": "open('/dev/tty')",
    "shared memory": "open('/dev/shm/torchkata-test', 'w')",
    # writing
    "a new file outside": "open(home + '/new', 'w')",
    "a new file in a library": "open(home + '/library/new', 'w')",
    "a library": "open(inside, 'a')",
    "emptying a library it may read": "os.open(inside, os.O_RDONLY | os.O_TRUNC)",
    "truncating by path": "os.truncate(inside, 0)",
    "a new folder outside": "os.mkdir(home + '/new')",
    "deleting outside": "os.unlink(inside)",
    "renaming outside": "os.rename(inside, home + '/library/renamed')",
    "moving out": "open('x', 'w').close(); os.rename('x', home + '/library/x')",
    "moving in": "os.rename(inside, 'x')",
    "a hard link in": "os.link(inside, 'x')",
    "a hard link": "open('x', 'w').close(); os.link('x', 'y')",
    "a symbolic link": "os.symlink('/etc/passwd', 'x')",
    "a named pipe": "os.mkfifo('x')",
    "a device": "os.mknod('x', 0o20600, 0x103)",
    "modes": "os.chmod(inside, 0o777)",
    "modes in scratch": "open('x', 'w').close(); os.chmod('x', 0o4777)",
    "modes by descriptor": "os.fchmod(os.open(inside, os.O_RDONLY), 0o777)",
    "owners": "os.chown(inside, 1, 1)",
    "times": "os.utime(inside)",
    "times of a descriptor": "os.utime(os.open(inside, os.O_RDONLY))",
    "attributes": "os.setxattr(inside, 'user.x', b'1')",
    **{f"{name} (kernel)": f"call({numbers[COLUMN]}, -1, -1, -1, -1, -1, -1)"
       for name, numbers in CALLS.items()},
}  # fmt: skip

ALLOWED = {
    "threads": """
results = []
threads = [threading.Thread(target=results.append, args=(n,)) for n in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert sorted(results) == list(range(8))
""",
    "matrix product": """
import torch
x = torch.randn(64, 64)
assert (x @ x.inverse() - torch.eye(64)).abs().max() < 1e-2
""",
    "threads of torch": """
import torch
torch.set_num_threads(2)
assert torch.ones(500, 500).mm(torch.ones(500, 500)).sum() == 500 ** 3
""",
    "training": """
import torch
model = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
x = torch.randn(64, 2)
y = x.sum(dim=1, keepdim=True)
losses = []
for _ in range(200):
    loss = torch.nn.functional.mse_loss(model(x), y)
    losses.append(loss.item())
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for p in model.parameters(): p -= 0.1 * p.grad
assert losses[-1] < losses[0] / 4
""",
    "an optimizer": """
import torch
p = torch.nn.Parameter(torch.ones(2))
optimizer = torch.optim.Adam([p], lr=0.1)
p.sum().backward()
optimizer.step()
assert (p < 1).all()
""",
    "a module from disk": """
assert "wave" not in sys.modules
import wave
""",
    "an extension from disk": """
assert "_zoneinfo" not in sys.modules
import zoneinfo
zoneinfo.ZoneInfo("UTC")
""",
    "scratch": """
os.mkdir("folder")
with open("folder/file", "w") as file: file.write("text")
with open("folder/file", "r+") as file: assert file.read() == "text"; file.truncate(2)
os.rename("folder/file", "folder/other")
assert open("folder/other").read() == "te"
open("folder/other", "w").close()
assert os.path.getsize("folder/other") == 0
os.unlink("folder/other")
os.rmdir("folder")
assert os.listdir(".") == []
""",
    "saving and loading": """
import torch
torch.save({"w": torch.ones(2)}, "weights.pt")
assert torch.load("weights.pt")["w"].sum() == 2
""",
    "arrays in files": """
import numpy as np
np.arange(4.0).tofile("numbers")
assert np.fromfile("numbers").sum() == 6
assert np.memmap("numbers", mode="r").size == 32
""",
    "data in batches": """
import torch
batches = torch.utils.data.DataLoader(torch.arange(10), batch_size=4, shuffle=True)
assert sum(batch.sum() for batch in batches) == 45
""",
    "knowing oneself": "import platform; platform.platform(); os.path.expanduser('~')",
    "a temporary file": """
import tempfile
tempfile.tempdir = "."
with tempfile.TemporaryFile() as file: file.write(b"x")
""",
    "sleep": "time.sleep(0.01)",
    "randomness": "import random, secrets; random.random(); secrets.token_bytes(8); os.urandom(8)",
    "time": "time.time(); time.monotonic(); time.process_time(); time.localtime()",
    "its limits": "assert resource.getrlimit(resource.RLIMIT_NOFILE) == (32, 32)",
    "its usage": "resource.getrusage(resource.RUSAGE_SELF)",
    "who it is": "os.getpid(); os.getppid(); os.uname(); os.cpu_count(); os.getcwd()",
    "library": "assert open(inside).read() == 'library'",
    "pipes": """
reader, writer = os.pipe()
os.write(writer, b"x")
assert os.read(reader, 1) == b"x"
""",
    "signals to itself": """
caught = []
signal.signal(signal.SIGUSR1, lambda number, frame: caught.append(number))
signal.raise_signal(signal.SIGUSR1)
assert caught == [signal.SIGUSR1]
""",
    "alarms": """
caught = []
signal.signal(signal.SIGALRM, lambda number, frame: caught.append(number))
signal.setitimer(signal.ITIMER_REAL, 0.01)
time.sleep(0.2)
assert caught
""",
    "names of threads": "libc.prctl(15, b'learner', 0, 0, 0) == 0 or exit(1)",
    "memory up to its limit": "assert len(bytearray(2 ** 27)) == 2 ** 27",
    "garbage collection": "import gc; gc.collect()",
}  # fmt: skip

OTHER = {
    "truncating a file it may read": (
        "os.truncate(os.open(inside, os.O_RDONLY), 0)",
        "refused: [Errno 22]",
    ),
    "a shell": ("assert os.system('true') != 0", "done"),
    "a large file": (
        "open('x', 'wb', buffering=0).write(bytes(2 ** 20)); "
        "open('x', 'ab', buffering=0).write(b'1')",
        "refused: [Errno 27]",
    ),
    "a large hole": (
        "os.truncate(os.open('x', os.O_RDWR | os.O_CREAT), 2 ** 21)",
        "refused: [Errno 27]",
    ),
    "many files": ("held = [open('/dev/null') for _ in range(40)]", "refused: [Errno 24]"),
    "abort": ("os.abort()", "ended: -6"),
    "memory past its limit": ("bytearray(2 ** 29)", "MemoryError"),
    "segmentation fault": ("ctypes.string_at(1)", "ended: -11"),
    "no system call but those on the list": (
        f"numbers = {sorted(UNKNOWN)}"
        """
open_ones = []
for number in numbers:
    try:
        call(number, -1, -1, -1, -1, -1, -1)
        open_ones.append(number)
    except OSError as error:
        if error.errno != 1: open_ones.append(number)
assert not open_ones, open_ones
""",
        "done",
    ),
    "clone3 is absent, so that libc uses clone": ("call(435, 0, 0)", "refused: [Errno 38]"),
    "the x32 table": ("call(0x40000000 + 39)", "refused: [Errno 1]"),
}
if platform.machine() != "x86_64":
    del OTHER["the x32 table"]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("jail")
    for folder in ("library", "secret"):
        (home / folder).mkdir()
        (home / folder / "file").write_text(folder)
    (home / "prelude.py").write_text(PRELUDE)
    return home


@pytest.fixture(scope="module")
def outcomes(home):
    cases = {**REFUSED, **ALLOWED, **{name: code for name, (code, _) in OTHER.items()}}
    assert len(cases) == len(REFUSED) + len(ALLOWED) + len(OTHER)
    ran = subprocess.run(
        [sys.executable, "-c", PARENT, str(ROOT), str(home / "prelude.py")],
        input=json.dumps([str(home), cases]),
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("name", REFUSED)
def test_a_confined_process_cannot_reach(outcomes, name):
    assert outcomes[name].startswith(("refused: [Errno 1]", "refused: [Errno 13]"))


@pytest.mark.parametrize("name", ALLOWED)
def test_a_confined_process_can_use(outcomes, name):
    assert outcomes[name] == "done"


@pytest.mark.parametrize("name", OTHER)
def test_a_confined_process_is_bounded(outcomes, name):
    assert outcomes[name].startswith(OTHER[name][1])


def test_nothing_outside_was_changed(outcomes, home):
    assert (home / "library" / "file").read_text() == "library"
    assert [p.name for p in (home / "library").iterdir()] == ["file"]
    assert {p.name for p in home.iterdir() if not p.name.startswith("scratch")} == {
        "library",
        "prelude.py",
        "secret",
    }


def test_what_is_readable_holds_nothing_of_the_users():
    for path in jail.readable_paths():
        assert Path(path) not in (Path("/"), Path("/etc"), Path("/home"), Path("/root"))
        assert not ROOT.is_relative_to(path)


def test_a_folder_inside_the_installation_is_exposed(tmp_path):
    library = Path(os.__file__).parent
    assert "can read" in (jail.exposed(library / "course") or "")
    assert jail.exposed(tmp_path) is None
