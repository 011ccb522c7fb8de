"""The judge's memory holds the reference and every expected value."""

import ctypes
import os
import platform

parent, gained = os.getppid(), []
try:
    with open(f"/proc/{parent}/maps") as maps, open(f"/proc/{parent}/mem", "rb") as memory:
        memory.seek(int(maps.readline().split("-")[0], 16))
        gained.append(f"mem {len(memory.read(16))}")
except OSError:
    pass
if platform.machine() == "x86_64":
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(16)
    local = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 16)
    remote = (ctypes.c_void_p * 2)(id(None), 16)
    if libc.syscall(310, parent, local, 1, remote, 1, 0) > 0:
        gained.append("process_vm_readv")
    if libc.syscall(101, 0x4206, parent, None, None) == 0:  # PTRACE_SEIZE
        libc.syscall(101, 17, parent, None, None)
        gained.append("ptrace")
    pidfd = libc.syscall(434, parent, 0)
    if pidfd >= 0 and libc.syscall(438, pidfd, 0, 0) >= 0:
        gained.append("pidfd_getfd")
if gained:
    raise RuntimeError("escaped: ".upper() + ", ".join(gained))
