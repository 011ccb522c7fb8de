"""Where the judges of one run have their workers. Imports no torch: these start before it."""

from collections.abc import Collection, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

from grader.errors import GraderFault
from grader.judge.options import cores_of
from grader.sandbox.limits import Limits
from grader.sandbox.processes import Processes, Starting


@dataclass(frozen=True)
class Room:
    """The processes of one judge, and the workers that they were asked for `ahead` of time."""

    processes: Processes
    limits: Limits
    readable: Sequence[str]
    cores: Collection[int] = ()  # of the judge and its workers
    ahead: list[Starting] = field(default_factory=list)

    def start(self) -> Starting:
        """A worker that may read `readable`, if possible one that is there already."""
        return self.ahead.pop(0) if self.ahead else self.processes.start(readable=self.readable)

    def clear(self) -> None:
        """End those that were not needed."""
        with suppress(GraderFault):  # who starts workers is gone, and with it are those
            while self.ahead:
                self.processes.end(self.ahead.pop().ready(), tell=False)


def opened_rooms(
    processes: Processes,
    limits: Limits,
    judges: int,
    workers: int,
    readable: Sequence[str],
    opened: ExitStack,
) -> list[Room]:
    """A room for each judge, and its share of the workers on their way while torch is imported.

    All is ended with `opened`.
    """
    found = []
    for number in range(judges):
        beside = processes.beside() if number else processes
        room = Room(beside, limits, readable, cores_of(number, judges))
        opened.callback(room.processes.close if number else room.clear)
        room.processes.run_on(room.cores)
        room.ahead.extend(
            room.processes.start(readable=readable) for _ in range(number, workers, judges)
        )
        found.append(room)
    return found
