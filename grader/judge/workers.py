"""The worker processes of one judge: which there are, and when one ends."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.course.model import data_folder
from grader.errors import GraderFault
from grader.sandbox.client import WorkerClient
from grader.sandbox.limits import Limits
from grader.sandbox.processes import Processes, Starting
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

    Those of all units are asked for at once: a forked worker is ready before its unit begins.
    On a GPU one worker serves all units, since a new context costs more than their tests; and one
    does on the rehearsal device, where no points are at stake.
    """

    def __init__(
        self,
        processes: Processes,
        limits: Limits,
        sources: Mapping[str, Source],
        units: list[str],
        suites: Path,
        *,
        shared: bool,
    ) -> None:
        self.processes, self.limits, self.shared = processes, limits, shared
        self.sources = {unit: s for unit, s in sources.items() if s.problem is None}
        self.data = {unit: str(data_folder(suites.resolve(), unit)) for unit in units}
        self.ahead: dict[str, Starting] = {}
        self.current: tuple[tuple[str, bool], WorkerClient] | None = None
        if not shared:
            known = [unit for unit in units if unit in self.sources]
            self.ahead = {unit: self._start(unit, shared=False) for unit in known}

    def _start(self, unit: str, *, shared: bool) -> Starting:
        data = [*self.data.values()] if shared else [self.data[unit]]
        return self.processes.start(readable=data)

    def worker(self, unit: str, *, rehearses: bool = False) -> WorkerClient:
        """The worker to load `unit` in."""
        shared = self.shared or rehearses
        use = ("" if shared else unit), rehearses
        if self.current and self.current[0] == use:
            return self.current[1]
        self.end()
        with ours():
            starting = self.ahead.pop(unit, None) or self._start(unit, shared=shared)
            worker = WorkerClient(self.processes, starting.ready(), self.limits)
            worker.wait_until_ready()
            if rehearses:
                worker.rehearse()
        self.current = (use, worker)
        return worker

    def end(self) -> int | None:
        """End the worker there is; its exit code."""
        if self.current is None:
            return None
        worker, self.current = self.current[1], None
        with ours():
            return worker.close()

    def close(self) -> None:
        self.end()
        for starting in self.ahead.values():
            self.processes.end(starting.ready(), tell=False)
        self.ahead.clear()
