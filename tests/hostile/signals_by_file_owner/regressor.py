"""A descriptor that becomes readable signals its owner: make the parent its owner."""

import fcntl
import os
import signal
import struct

gained = []
reading, writing = os.pipe()


def attempt(what, action):
    try:
        action()
        gained.append(what)
    except OSError:
        pass


attempt("F_SETOWN", lambda: fcntl.fcntl(reading, fcntl.F_SETOWN, os.getppid()))
attempt("F_SETSIG", lambda: fcntl.fcntl(reading, 10, signal.SIGURG))
attempt("F_SETOWN_EX", lambda: fcntl.fcntl(reading, 15, struct.pack("ii", 1, os.getppid())))
attempt("FIOSETOWN", lambda: fcntl.ioctl(1, 0x8901, struct.pack("i", os.getppid())))
if gained:
    raise RuntimeError("escaped: ".upper() + ", ".join(gained))
