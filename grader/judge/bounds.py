"""What the judge allows itself, so that nothing a worker sends can cost more than one test."""

import ctypes
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from grader.errors import TimedOut
from grader.sandbox.jail import address_space
from grader.sandbox.limits import MIB

JUDGE_BYTES = 4096 * MIB  # beside what it holds when it begins
JUDGE_SECONDS = 60.0  # for one test, beside what the worker may take
_M_MMAP_THRESHOLD = -3


def give_back_large_blocks() -> None:
    """Have what is freed go back to the system at once, where the C library can be told so.

    Left to itself glibc keeps blocks as large as those that it has seen freed, and scatters small
    ones between them: a hundred large answers, one after the other, would take a gigabyte.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_M_MMAP_THRESHOLD, MIB)


@contextmanager
def no_more_memory_than(size: int) -> Iterator[None]:
    """Bound what this process takes on top of what it has; beyond that, memory errors are raised.

    Does nothing where the system has no such bound.
    """
    try:
        import resource

        wanted = address_space() + size
        before = resource.getrlimit(resource.RLIMIT_AS)
    except (ImportError, OSError):
        yield
        return
    lower = wanted if before[0] == resource.RLIM_INFINITY else min(wanted, before[0])
    resource.setrlimit(resource.RLIMIT_AS, (lower, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@contextmanager
def no_longer_than(seconds: float | None) -> Iterator[None]:
    """Raise TimedOut in what runs longer, as soon as Python has its turn again.

    Does nothing in a thread, where signals do not arrive, nor where somebody else has the alarm.
    """
    free = hasattr(signal, "SIGALRM") and signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    if seconds is None or not free or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimedOut(f"this test took longer than {seconds:g} seconds")

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
