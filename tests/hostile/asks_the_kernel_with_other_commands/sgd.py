"""Allowed calls take commands: of the network, of leases, of locks, of tables of their own."""

import ctypes
import fcntl
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
gained = []


def tried(name, ask):
    try:
        result = ask()
    except OSError:
        return
    if not (isinstance(result, int) and result < 0):
        gained.append(name)


here = os.open(os.__file__, os.O_RDONLY)
interfaces = struct.pack("iP", 640, ctypes.addressof(ctypes.create_string_buffer(640)))
tried("SIOCGIFCONF", lambda: fcntl.ioctl(3, 0x8912, interfaces))
tried("SIOCGIFHWADDR", lambda: fcntl.ioctl(3, 0x8927, struct.pack("16s24x", b"lo")))
tried("FIOASYNC", lambda: fcntl.ioctl(3, 0x5452, struct.pack("i", 1)))
tried("TIOCSTI", lambda: fcntl.ioctl(1, 0x5412, b"x"))
tried("F_SETLEASE", lambda: fcntl.fcntl(here, 1024, fcntl.F_RDLCK))
tried("F_NOTIFY", lambda: fcntl.fcntl(here, 1026, 1))
tried("F_SETPIPE_SZ", lambda: fcntl.fcntl(os.pipe()[0], 1031, 1 << 20))
tried("F_SETLK", lambda: fcntl.lockf(here, fcntl.LOCK_SH | fcntl.LOCK_NB))
tried("flock", lambda: fcntl.flock(here, fcntl.LOCK_SH | fcntl.LOCK_NB))
tried("close_range", lambda: libc.syscall(436, 60, 60, 2))
tried("clone", lambda: libc.syscall(56, 0x10000 | 0x800 | 0x100, 0, 0, 0, 0))
tried("posix_fadvise", lambda: os.posix_fadvise(here, 0, 0, os.POSIX_FADV_DONTNEED))
data = ctypes.create_string_buffer(24)
libc.syscall(125, struct.pack("Ii", 0x20080522, 0), data)  # capget
if any(data.raw):
    gained.append("capabilities")
if gained:
    raise RuntimeError("escaped: ".upper() + ", ".join(gained))
