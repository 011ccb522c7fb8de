"""One zygote for many sessions: to start one costs an import of torch, and each has its own."""

import contextlib
import socket
import sys
from collections.abc import Iterator, Sequence
from unittest import mock

from grader.errors import GraderFault
from grader.sandbox import jail
from grader.sandbox.limits import Limits
from grader.sandbox.processes import Forking, ForkServer, Process, Processes, start_processes

from .processes import is_alive


class Lent:
    """The workers of one session, from a zygote that serves others as well."""

    def __init__(self, server: ForkServer, limits: Limits) -> None:
        self.server, self.limits = server, limits
        self.running: dict[socket.socket, Forking] = {}

    def start(self, *, readable: Sequence[str] = ()) -> Forking:
        self.server.limits = self.limits
        forking = self.server.start(readable=readable)
        self.running[forking.channel] = forking
        return forking

    def end(self, process: Process, *, tell: bool = True) -> int | None:
        del self.running[process.channel]
        return self.server.end(process, tell=tell)

    def beside(self) -> Processes:
        self.server.limits = self.limits
        return self.server.beside()

    def close(self) -> None:
        """End what still runs, and wait until nothing is left of it or of what ended before."""
        with contextlib.suppress(GraderFault):
            for forking in [*self.running.values()]:
                self.end(forking.ready())
            if unheard := max(self.server.unheard, default=0):
                self.server.unheard.discard(unheard)
                self.server.answer(unheard)


class Lender:
    """Starts processes as `start_processes` does, and keeps one zygote for those that are alike."""

    def __init__(self) -> None:
        self.server: ForkServer | None = None

    def start(self, limits: Limits, *, confined: bool, gpu: bool) -> Processes:
        if gpu or not confined or sys.platform != "linux" or jail.unavailable():
            return start_processes(limits, confined=confined, gpu=gpu)
        if self.server is not None and not is_alive(self.server.zygote.pid):
            self.close()
        if self.server is None:
            self.server = ForkServer(limits, confined=True, gpu=False)
        return Lent(self.server, limits)

    def close(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None


@contextlib.contextmanager
def lending() -> Iterator[Lender]:
    """Within, every session of this process gets its workers from one zygote."""
    lender = Lender()
    with mock.patch("grader.judge.session.start_processes", lender.start):
        yield lender
    lender.close()
