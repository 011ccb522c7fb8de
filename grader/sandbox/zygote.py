"""The zygote: one process that has imported torch and forks a worker on request. Trusted.

Started by `processes`, it speaks msgpack over a SOCK_SEQPACKET socket, one message a packet:

    ["fork", scratch, limits, confined, gpu, readable]
                   with two file descriptors: the worker's channel and its output; answers [pid]
    ["end", pid]   kills it and whatever it left behind; answers [exit code or -signal]
    ["cores", numbers]
                   from now on it runs on these, and so do the workers that it forks; answers [0]
    ["zygote", folder]
                   with the control socket of a second zygote, for a judge that works beside this
                   one; answers [pid]

`readable` are folders that this worker may read beside what all may. When the judge hangs up,
everything is killed. Runs no learner code itself and never initialises a GPU, so that a fork
starts clean.
"""

import contextlib
import gc
import os
import signal
import socket
import sys
import time
import traceback
from typing import NoReturn

import msgpack

from grader.sandbox import jail, warm, worker
from grader.sandbox.cores import run_on
from grader.sandbox.limits import Limits
from grader.sandbox.scratch import remove_tree

CHILDREN = "/proc/self/task/{}/children"


def main(control: socket.socket) -> NoReturn:
    """Serve requests until the judge hangs up."""
    gc.disable()  # importing torch is faster without
    import torch

    torch.set_num_threads(1)
    warm.use_torch()
    gc.freeze()  # workers share these objects: no collection may touch their pages
    gc.enable()
    serve(control)


def serve(control: socket.socket) -> NoReturn:
    jail.adopt_orphans()
    zygote = Zygote(control)
    try:
        while zygote.serve_one():
            pass
    except BaseException:
        with contextlib.suppress(OSError):  # the judge may be gone, and its end of this too
            traceback.print_exc()  # it shows the last line
    try:
        for pid in zygote.zygotes:
            kill_group(pid)
        for pid in list(zygote.workers):
            with contextlib.suppress(OSError):
                zygote.end(pid)
        remove_tree(os.getcwd())  # the judge may be gone for good
    finally:
        os._exit(0)


class Zygote:
    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.workers: dict[int, str] = {}
        self.zygotes: set[int] = set()
        self.readable = jail.readable_paths()

    def serve_one(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self.control, 65536, 2)
        if not message:
            return False
        kind, *rest = msgpack.unpackb(message)
        match kind:
            case "fork":
                answer = self.fork(descriptors, *rest)
            case "cores":
                run_on(*rest)
                answer = 0
            case "zygote":
                answer = self.second(descriptors, *rest)
            case _:
                answer = self.end(*rest)
        self.control.send(msgpack.packb([answer]))
        return True

    def second(self, descriptors: list[int], folder: str) -> int:
        """Fork a zygote that serves another judge, until that hangs up."""
        self._bury_zygotes()
        os.mkdir(folder, 0o700)
        pid = os.fork()
        if pid == 0:
            try:
                os.setsid()
                jail.die_with_parent()
                os.dup2(descriptors[0], 3)
                close_all_from(4)
                os.chdir(folder)
                serve(socket.socket(fileno=3))
            finally:
                os._exit(70)
        os.close(descriptors[0])
        self.zygotes.add(pid)
        return pid

    def _bury_zygotes(self) -> None:
        ended = {pid for pid in self.zygotes if os.waitpid(pid, os.WNOHANG)[0] == pid}
        self.zygotes -= ended

    def fork(
        self,
        descriptors: list[int],
        scratch: str,
        limits: dict[str, float],
        confined: bool,
        gpu: bool,
        readable: list[str],
    ) -> int:
        os.mkdir(scratch, 0o700)
        pid = os.fork()
        if pid == 0:
            become_worker(
                descriptors[0],
                descriptors[1],
                scratch,
                Limits(**limits),  # type: ignore[arg-type]
                [*self.readable, *readable] if confined else None,
                gpu,
            )
        for descriptor in descriptors:
            os.close(descriptor)
        self.workers[pid] = scratch
        return pid

    def end(self, pid: int) -> int:
        scratch = self.workers.pop(pid)
        kill_group(pid)
        _, status = os.waitpid(pid, 0)
        self._end_orphans()
        remove_tree(scratch)
        return os.waitstatus_to_exitcode(status)

    def _end_orphans(self) -> None:
        """Kill what a worker left behind: as the adoptive parent, we see all of it."""
        self._bury_zygotes()
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            orphans = [
                pid for pid in children() if pid not in self.workers and pid not in self.zygotes
            ]
            if not orphans:
                return
            for pid in orphans:
                kill_group(pid)
                os.waitpid(pid, 0)


def become_worker(
    channel: int,
    output: int,
    scratch: str,
    limits: Limits,
    readable: list[str] | None,
    gpu: bool,
) -> NoReturn:
    """Turn a fresh fork into a worker: its own session, output, limits and, if asked, jail."""
    code = 70
    try:
        os.setsid()
        jail.die_with_parent()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for standard in (1, 2):
            os.dup2(output, standard)
        os.dup2(channel, 3)
        close_all_from(4)
        os.chdir(scratch)
        os.environ["HOME"] = os.environ["TMPDIR"] = scratch
        sys.stdout, sys.stderr = worker.text_stream(1), worker.text_stream(2)
        jail.limit_resources(limits, bound_memory=not gpu)
        if readable is not None:
            jail.confine(readable, scratch, gpu=gpu)
        worker.serve(socket.socket(fileno=3), limits)
        code = 0
    finally:
        os._exit(code)


def close_all_from(first: int) -> None:
    """Close what is open: to try every number takes hours where billions may be open."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) >= first:
            with contextlib.suppress(OSError):  # that of the listing itself
                os.close(int(name))


def children() -> list[int]:
    """The direct children of this process (Linux)."""
    found: list[int] = []
    try:
        for task in os.listdir("/proc/self/task"):
            with open(CHILDREN.format(task)) as listing:
                found += map(int, listing.read().split())
    except FileNotFoundError:  # a kernel without CONFIG_PROC_CHILDREN
        return [int(n) for n in os.listdir("/proc") if n.isdigit() and parent(n) == os.getpid()]
    return found


def parent(pid: str) -> int | None:
    """Who started a process; None if it has gone."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return int(stat.read().rpartition(")")[2].split()[1])
    except OSError:
        return None


def kill_group(pid: int) -> None:
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
