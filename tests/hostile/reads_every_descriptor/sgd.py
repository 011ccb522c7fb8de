"""Descriptors inherited from a parent are doors that were left open."""

import os
import stat

gained = []
for descriptor in range(256):
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        continue
    if stat.S_ISDIR(mode):
        gained.append(f"folder {descriptor}")
    if stat.S_ISREG(mode):
        gained.append(f"file {descriptor}: {os.pread(descriptor, 100, 0)!r}")
    if stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode):
        os.set_blocking(descriptor, False)
        try:
            os.read(descriptor, 1 << 20)
        except OSError:
            pass
if gained:
    raise RuntimeError("escaped: found ".upper() + ", ".join(gained))
