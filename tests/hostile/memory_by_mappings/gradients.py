"""Memory that a limit on the heap does not see."""

import ctypes
import mmap
import os
from multiprocessing import shared_memory

hoard = []
SIZE = 32 << 20


def derivative(f, x, h=1e-6):
    for _ in range(200):
        hoard.append(mmap.mmap(-1, SIZE))
        hoard[-1][::4096] = b"x" * (SIZE // 4096)
    raise RuntimeError("escaped: mapped 6 GiB".upper())


def gradient(f, x, h=1e-6):
    descriptor = ctypes.CDLL(None, use_errno=True).memfd_create(b"hostile-left", 0)
    if descriptor >= 0:
        os.write(descriptor, b"x" * SIZE)
        raise RuntimeError("escaped: memfd".upper())
    return x


def jacobian(f, x, h=1e-6):
    hoard.append(shared_memory.SharedMemory("hostile-left", create=True, size=SIZE))
    hoard[-1].unlink()
    raise RuntimeError("escaped: shared memory".upper())


def descend(f, x0, lr, steps, h=1e-6):
    with open("/dev/shm/hostile-left", "wb") as file:
        file.write(b"x" * SIZE)
    os.unlink("/dev/shm/hostile-left")
    raise RuntimeError("escaped: /dev/shm".upper())
