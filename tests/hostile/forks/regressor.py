"""Parent and child both return from the exercise."""

import ctypes
import os

gained = []


def attempt(what, fork):
    try:
        pid = fork()
    except OSError:
        return
    if pid == 0:
        os._exit(0)
    if pid > 0:
        gained.append(what)


libc = ctypes.CDLL(None)
attempt("fork", os.fork)
attempt("libc fork", libc.fork)
attempt("forkpty", lambda: os.forkpty()[0])
attempt("clone", lambda: libc.syscall(56, 17, 0, 0, 0, 0))
if gained:
    raise RuntimeError("escaped: forked by ".upper() + ", ".join(gained))


def predict(model, x):
    os.fork()
    return x
