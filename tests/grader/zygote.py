"""One zygote for many sessions: to start one costs an import of torch, and each has its own."""

import contextlib
import fcntl
import os
import socket
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from typing import IO
from unittest import mock

from grader.errors import GraderFault
from grader.sandbox import jail
from grader.sandbox.limits import Limits
from grader.sandbox.processes import ForkServer, Process, Processes, start_processes

from .processes import is_alive


class Lent:
    """The workers of one session, from a zygote that serves others as well.

    Those may be in other processes that were forked, so each order waits for its answer.
    """

    def __init__(self, server: ForkServer, limits: Limits, turns: IO[bytes]) -> None:
        self.server, self.limits, self.turns = server, limits, turns
        self.running: dict[socket.socket, Process] = {}

    def start(self, *, readable: Sequence[str] = ()) -> Process:
        self.server.limits = self.limits
        with self.turn():
            process = self.server.start(readable=readable).ready()
        self.running[process.channel] = process
        return process

    def end(self, process: Process, *, tell: bool = True) -> int | None:
        del self.running[process.channel]
        with self.turn():
            code = self.server.end(process, tell=tell)
            self.hear()
        return code

    def run_on(self, cores: Collection[int]) -> None:
        """They run where the zygote does, which others use as well."""

    def beside(self) -> Processes:
        with self.turn():
            self.server.limits = self.limits
            second = self.server.beside()
            self.hear()
        return second

    def hear(self) -> None:
        """No answer is left for somebody else."""
        for unheard in [*self.server.unheard]:
            self.server.unheard.discard(unheard)
            self.server.answer(unheard)

    def hang_up(self) -> None:
        """Others still need the zygote."""

    def close(self) -> None:
        """End what still runs."""
        with contextlib.suppress(GraderFault):
            for process in [*self.running.values()]:
                self.end(process)

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Nobody else speaks to the zygote meanwhile."""
        fcntl.lockf(self.turns, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self.turns, fcntl.LOCK_UN)


class Lender:
    """Starts processes as `start_processes` does, and keeps one zygote for those that are alike."""

    def __init__(self, turns: IO[bytes]) -> None:
        self.server: ForkServer | None = None
        self.turns, self.process = turns, os.getpid()

    def start(self, limits: Limits, *, confined: bool, gpu: bool) -> Processes:
        if gpu or not confined or sys.platform != "linux" or jail.unavailable():
            return start_processes(limits, confined=confined, gpu=gpu)
        if self.server is not None and not is_alive(self.server.zygote.pid):
            self.close()
        if self.server is None:
            self.server = ForkServer(limits, confined=True, gpu=False)
        if self.process != os.getpid():  # it was forked, and so may others be: no scratch is shared
            self.process = os.getpid()
            self.server.count = self.process << 20
        return Lent(self.server, limits, self.turns)

    def close(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None


@contextlib.contextmanager
def lending() -> Iterator[Lender]:
    """Within, every session of this process gets its workers from one zygote."""
    with tempfile.TemporaryFile() as turns:
        lender = Lender(turns)
        with mock.patch("grader.judge.session.start_processes", lender.start):
            yield lender
        lender.close()
