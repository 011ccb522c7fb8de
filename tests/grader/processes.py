"""Processes that are watched from outside."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

SECONDS = 60  # what takes longer on the slowest machine has failed


def wait_until(condition: Callable[[], object], seconds: float = SECONDS) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Does it run? What has ended and waits to be collected does not."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat")
        return not status.exists() or status.read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_for_end(*pids: int) -> None:
    wait_until(lambda: not any(map(is_alive, pids)))


def descendants(pid: int) -> list[int]:
    """All that it has started and what those have started, on Linux."""
    found, known = [], [pid]
    while known:
        parent = known.pop()
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            with suppress(OSError):  # one that has just ended
                known += map(int, task.read_text().split())
        found.append(parent)
    return found[1:]
