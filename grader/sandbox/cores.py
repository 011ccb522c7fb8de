"""Which processors a process runs on: a matter of speed alone."""

import os
import sys
from collections.abc import Collection
from contextlib import suppress


def run_on(cores: Collection[int]) -> None:
    """Have the calling thread run on these; where the system refuses, it runs where it did.

    A container may not be allowed to choose, and a processor may have been taken away.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setaffinity(0, cores)
