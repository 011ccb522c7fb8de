"""Root may raise any limit; a judge may well run as root."""

import os
import resource

gained = []


def attempt(what, action):
    try:
        action()
        gained.append(what)
    except (OSError, ValueError):
        pass


for name in ("AS", "CPU", "FSIZE", "NOFILE", "DATA", "NPROC", "CORE"):
    number = getattr(resource, f"RLIMIT_{name}")
    soft, hard = resource.getrlimit(number)
    if soft == resource.RLIM_INFINITY:
        continue
    attempt(name, lambda: resource.setrlimit(number, (resource.RLIM_INFINITY,) * 2))
    attempt(f"{name} + 1", lambda: resource.setrlimit(number, (soft + 1, hard + 1)))
    attempt(f"{name} of the parent", lambda: resource.prlimit(os.getppid(), number, (soft, hard)))
attempt("nice", lambda: os.nice(-5))
attempt("scheduler", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
attempt("affinity of the parent", lambda: os.sched_setaffinity(os.getppid(), {0}))
if gained:
    raise RuntimeError("escaped: raised ".upper() + ", ".join(gained))
