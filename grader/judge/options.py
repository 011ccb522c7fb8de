"""What a run can be asked for: the choices of the command line, each stated here alone."""

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from grader.sandbox.cores import run_on
from grader.sandbox.limits import MIB, Limits

SECONDS, MEBIBYTES = Limits.call_seconds, Limits.memory_bytes // MIB  # for a call, for a worker
OnProgress = Callable[[int, int], None]  # exercises done, and how many there are


class Device(StrEnum):
    CPU = "cpu"
    REHEARSAL = "rehearsal"  # the CPU, and what a GPU would say
    CUDA = "cuda"
    MPS = "mps"
    ALL = "all"  # every one of them that this machine has


class Sandbox(StrEnum):
    AUTO = "auto"  # wherever it can be; otherwise one's own work is run unconfined
    REQUIRE = "require"
    OFF = "off"


@dataclass(frozen=True)
class Options:
    """How to grade. With `pictures`, exercises that failed are also drawn; with `rehearses`, what
    has passed on the CPU is also run as on a GPU. At most so many `judges` work at once."""

    device: Device = Device.CPU
    sandbox: Sandbox = Sandbox.AUTO
    limits: Limits = field(default_factory=Limits)
    pictures: bool = False
    rehearses: bool = True
    judges: int = 1


def cores() -> int:
    """Those that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def cores_of(number: int, judges: int) -> set[int]:
    """Those of one of several judges and its workers; none where the system does not say.

    Each has one core, where there are no more of them than judges: two processes that wait for each
    other wake faster, and find their memory, on the same one. Otherwise all have all.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    all_cores = sorted(affinity(0)) if affinity else []
    if 1 < len(all_cores) <= judges:
        return {all_cores[number % len(all_cores)]}
    return {*all_cores}


@contextmanager
def running_on(cores: Collection[int]) -> Iterator[None]:
    """This process (its calling thread) meanwhile runs on these cores, if there are any."""
    before = os.sched_getaffinity(0) if cores else set()
    if before != {*cores}:
        run_on(cores)
    try:
        yield
    finally:
        if before != {*cores}:
            run_on(before)


def limited(seconds: float, mebibytes: int) -> Limits:
    """The limits of a worker whose calls may take so long, and which may use so much memory."""
    return Limits(call_seconds=seconds, memory_bytes=mebibytes * MIB)


def ignore(done: int, total: int) -> None:
    """The OnProgress of whoever does not want to know."""
