"""A small bomb on purpose, as somebody may run this where nothing stops it."""

import os
import time

before = os.getpid()
try:
    for _ in range(6):
        os.fork()
except OSError:
    pass
else:
    if os.getpid() != before:
        time.sleep(20)
        os._exit(0)
    raise RuntimeError("escaped: forked".upper())
