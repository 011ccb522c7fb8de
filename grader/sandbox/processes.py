"""Starting and ending worker processes, on the judge's side.

`ForkServer` forks workers from a warm zygote (Linux); `FreshProcesses` starts each anew.
"""

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import msgpack

from grader.errors import GraderFault, SandboxUnavailable
from grader.sandbox import jail
from grader.sandbox.limits import Limits
from grader.sandbox.scratch import remove_tree

START_SECONDS = 300.0  # of importing torch, on a machine that is busy
PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])
# The package is on the path while our own modules load, never when learner code runs.
BOOT = (
    "import sys; root, *paths = sys.argv[1].split('\\n'); sys.path[:0] = [root]; "
    "from grader.sandbox import {module}; sys.path[:] = paths; {module}.main({arguments})"
)
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "CUDA_VISIBLE_DEVICES", "TZ")
PASSED_PREFIXES = ("OPENBLAS_", "MKL_")


@dataclass
class Process:
    """A started worker: its channel, what it prints, and how to notice its end."""

    pid: int
    channel: socket.socket
    output: socket.socket
    pidfd: int | None
    scratch: str
    popen: "subprocess.Popen[bytes] | None" = None

    def ready(self) -> "Process":
        return self

    def ask_for_stack(self) -> bool:
        """Have it say on its channel which lines it is running; whether that can be asked."""
        try:
            if self.popen is not None and hasattr(signal, "SIGUSR1"):
                self.popen.send_signal(signal.SIGUSR1)
            elif self.pidfd is not None:
                signal.pidfd_send_signal(self.pidfd, signal.SIGUSR1)
            else:
                return False
        except OSError:
            return False
        return True

    def has_ended(self) -> bool:
        if self.popen is not None:
            return self.popen.poll() is not None
        try:
            status = Path(f"/proc/{self.pid}/stat").read_text()
        except OSError:
            return True
        return status.rpartition(")")[2].split()[0] in "ZX"


class Starting(Protocol):
    """A worker on its way; `ready` waits for it."""

    def ready(self) -> Process: ...


class Processes(Protocol):
    def start(self, *, readable: Sequence[str] = ()) -> Starting:
        """`readable` are folders that it may read beside what every worker may."""
        ...

    def end(self, process: Process, *, tell: bool = True) -> int | None:
        """Kill it and whatever it left behind; its exit code (or minus the signal) if told.

        Without `tell` nobody waits for more than is needed before the next worker may run.
        """
        ...

    def run_on(self, cores: Collection[int]) -> None:
        """Workers that are started from now on run on these."""
        ...

    def beside(self) -> "Processes":
        """Others like these, for a second judge, which closes them."""
        ...

    def hang_up(self) -> None:
        """Nothing is asked of them any more: they begin to end, and `close` waits for that."""
        ...

    def close(self) -> None: ...


def start_processes(limits: Limits, *, confined: bool, gpu: bool) -> Processes:
    """The way of starting workers that fits this machine.

    Raises: SandboxUnavailable if `confined` is asked for and cannot be had.
    """
    if confined and (reason := jail.unavailable()):
        raise SandboxUnavailable(f"learner code cannot be confined here: {reason}")
    if sys.platform == "linux":
        return ForkServer(limits, confined=confined, gpu=gpu)
    return FreshProcesses(limits)


class ForkServer:
    def __init__(
        self, limits: Limits, *, confined: bool, gpu: bool, first: "ForkServer | None" = None
    ) -> None:
        self.limits, self.confined, self.gpu = limits, confined, gpu
        self.count = 0
        self.cores: set[int] = set()
        self.asked = self.answered = 0
        self.answers: dict[int, int] = {}
        self.unheard: set[int] = set()
        self.sockets: set[socket.socket] = set()
        self.fault: GraderFault | None = None
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.settimeout(START_SECONDS)
        self.zygote: subprocess.Popen[bytes] | None = None
        if first is None:
            self.folder = tempfile.mkdtemp(prefix="torchkata-")
            self.zygote = subprocess.Popen(
                _command("zygote", f"__import__('socket').socket(fileno={theirs.fileno()})"),
                env=_clean_environment(self.folder),
                cwd=self.folder,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        else:
            self.folder = first.new_folder()
            first.unheard.add(first.ask(["zygote", self.folder], [theirs.fileno()]))
        theirs.close()

    def run_on(self, cores: Collection[int]) -> None:
        if self.cores != {*cores}:
            self.cores = {*cores}
            self.unheard.add(self.ask(["cores", [*cores]], []))

    def beside(self) -> "ForkServer":
        return ForkServer(self.limits, confined=self.confined, gpu=self.gpu, first=self)

    def new_folder(self) -> str:
        self.count += 1
        return os.path.join(self.folder, str(self.count))

    def start(self, *, readable: Sequence[str] = ()) -> "Forking":
        scratch = self.new_folder()
        channel, their_channel = socket.socketpair()
        output, their_output = socket.socketpair()
        limits = dataclasses.asdict(self.limits)
        order = ["fork", scratch, limits, self.confined, self.gpu, list(readable)]
        self.sockets |= {channel, output}
        try:
            ticket = self.ask(order, [their_channel.fileno(), their_output.fileno()])
        finally:
            their_channel.close()
            their_output.close()
        return Forking(self, ticket, channel, output, scratch)

    def end(self, process: Process, *, tell: bool = True) -> int | None:
        for ours in (process.channel, process.output):
            ours.close()
            self.sockets.discard(ours)
        code = None
        if self.confined and not tell and process.pidfd is not None:
            # A confined worker has no children, so its own end is the end of all of it. The
            # zygote may be busy; it clears away what remains when it comes to it.
            signal.pidfd_send_signal(process.pidfd, signal.SIGKILL)
            self.unheard.add(self.ask(["end", process.pid], []))
        else:
            code = self.answer(self.ask(["end", process.pid], []))
        if process.pidfd is not None:
            os.close(process.pidfd)
        return code

    def ask(self, order: list[Any], descriptors: list[int]) -> int:
        try:
            socket.send_fds(self.control, [msgpack.packb(order)], descriptors)
        except OSError:
            raise self._gone() from None
        self.asked += 1
        return self.asked

    def answer(self, ticket: int) -> int:
        """The zygote answers in the order it was asked."""
        while ticket not in self.answers:
            try:
                message = self.control.recv(65536)
            except OSError:
                raise self._gone() from None
            if not message:
                raise self._gone()
            self.answered += 1
            (answer,) = msgpack.unpackb(message)
            if self.answered in self.unheard:
                self.unheard.discard(self.answered)
            else:
                self.answers[self.answered] = answer
        return self.answers.pop(ticket)

    def _gone(self) -> GraderFault:
        if self.fault is None:
            last = ["no message"]
            if self.zygote is not None:
                self.zygote.kill()
                _, errors = self.zygote.communicate()
                last = errors.decode(errors="replace").strip().splitlines()[-1:] or last
            self.fault = GraderFault(f"the process that starts workers is gone: {last[0]}")
        return self.fault

    def hang_up(self) -> None:
        """It tells the zygote to kill what it started."""
        for ours in (*self.sockets, self.control):
            ours.close()

    def close(self) -> None:
        if self.zygote is None:
            for ours in self.sockets:
                ours.close()
            with suppress(OSError):  # it hangs up when all that was its is gone
                self.control.settimeout(5)
                self.control.shutdown(socket.SHUT_WR)
                while self.control.recv(65536):
                    pass
            self.control.close()
            return
        self.hang_up()
        try:
            self.zygote.wait(5)
        except subprocess.TimeoutExpired:
            self.zygote.kill()
            self.zygote.wait()
        if self.zygote.stderr is not None:
            self.zygote.stderr.close()
        remove_tree(self.folder)


@dataclass
class Forking:
    server: ForkServer
    ticket: int
    channel: socket.socket
    output: socket.socket
    scratch: str

    def ready(self) -> Process:
        pid = self.server.answer(self.ticket)
        pidfd = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
        return Process(pid, self.channel, self.output, pidfd, self.scratch)


class FreshProcesses:
    """A new Python for every worker: slower, and confined only by what the system allows."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.folder = tempfile.mkdtemp(prefix="torchkata-")
        self.count = 0
        self.running: list[subprocess.Popen[bytes]] = []

    def run_on(self, cores: Collection[int]) -> None:
        """They run where this process does."""

    def beside(self) -> "FreshProcesses":
        return FreshProcesses(self.limits)

    def start(self, *, readable: Sequence[str] = ()) -> Process:
        self.count += 1
        scratch = os.path.join(self.folder, str(self.count))
        os.mkdir(scratch)
        channel, their_channel = socket.socketpair()
        output, their_output = socket.socketpair()
        theirs = (their_channel, their_output)
        windows = sys.platform == "win32"
        popen = subprocess.Popen(
            _command("spawn", ""),
            env=_clean_environment(scratch),
            cwd=scratch,
            pass_fds=() if windows else [s.fileno() for s in theirs],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.running.append(popen)
        named = [
            s.share(popen.pid).hex() if windows else s.fileno()  # type: ignore[attr-defined]
            for s in theirs
        ]
        order = {
            "channel": named[0],
            "output": named[1],
            "limits": dataclasses.asdict(self.limits),
            "scratch": scratch,
        }
        assert popen.stdin is not None
        popen.stdin.write(json.dumps(order).encode() + b"\n")
        popen.stdin.close()
        for s in theirs:
            s.close()
        return Process(popen.pid, channel, output, None, scratch, popen)

    def end(self, process: Process, *, tell: bool = True) -> int | None:
        process.channel.close()
        process.output.close()
        assert process.popen is not None
        self._kill(process.popen)
        remove_tree(process.scratch)
        return process.popen.returncode

    def hang_up(self) -> None:
        """They end when they are closed."""

    def _kill(self, popen: "subprocess.Popen[bytes]") -> None:
        if sys.platform != "win32":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(popen.pid, signal.SIGKILL)
        popen.kill()
        popen.wait()
        if popen in self.running:
            self.running.remove(popen)

    def close(self) -> None:
        for popen in list(self.running):
            self._kill(popen)
        remove_tree(self.folder)


def describe_exit(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"it left Python with exit code {code}"
    reasons = {
        "SIGSEGV": "a segmentation fault",
        "SIGKILL": "it used more memory or processor time than allowed",
        "SIGXCPU": "it used up its processor time",
    }
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return reasons.get(name, name)


def _command(module: str, arguments: str) -> list[str]:
    # -I: no variables, no user site, no current folder; what torch needs of them is passed on.
    installed = [p for p in sys.path if p.endswith((".zip", "site-packages", "dist-packages"))]
    standard = [p for p in sys.path if p.startswith((sys.prefix, sys.base_prefix))]
    paths = [PACKAGE_ROOT, *dict.fromkeys([*standard, *installed])]
    boot = BOOT.format(module=module, arguments=arguments)
    return [sys.executable, "-I", "-c", boot, "\n".join(paths)]


def _clean_environment(home: str) -> dict[str, str]:
    """What a worker sees: nothing of the judge's own environment but what torch needs."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in PASSED_ON or name.startswith(PASSED_PREFIXES)
    }
    return kept | {
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
