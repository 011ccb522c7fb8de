"""The worker processes of one judge: which there are, and when one ends."""

import contextlib
from collections.abc import Iterator, Mapping

from grader.errors import GraderFault
from grader.judge.rooms import Room
from grader.sandbox.client import WorkerClient
from grader.work.submission import Source


@contextlib.contextmanager
def ours() -> Iterator[None]:
    """What goes wrong in here is our fault, and costs nobody points."""
    try:
        yield
    except OSError as error:
        raise GraderFault(f"a worker could not be started or ended: {error}") from error


class Workers:
    """Starts and ends the workers of a submission's units; at most one of them has learner code in
    it, but judges side by side have each their own.

    On a GPU one worker serves all units, since a new context costs more than their tests; and one
    does on the rehearsal device, where no points are at stake.
    """

    def __init__(self, room: Room, sources: Mapping[str, Source], *, shared: bool) -> None:
        self.room, self.limits, self.shared = room, room.limits, shared
        self.sources = {unit: s for unit, s in sources.items() if s.problem is None}
        self.current: tuple[tuple[str, bool], WorkerClient] | None = None

    def worker(self, unit: str, *, rehearses: bool = False) -> WorkerClient:
        """The worker to load `unit` in."""
        use = ("" if self.shared or rehearses else unit), rehearses
        if self.current and self.current[0] == use:
            return self.current[1]
        self.close()
        with ours():
            starting = self.room.start()
            worker = WorkerClient(self.room.processes, starting.ready(), self.limits)
            worker.wait_until_ready()
            if rehearses:
                worker.rehearse()
        self.current = (use, worker)
        return worker

    def close(self) -> int | None:
        """End the worker there is; its exit code."""
        if self.current is None:
            return None
        worker, self.current = self.current[1], None
        with ours():
            return worker.close()
