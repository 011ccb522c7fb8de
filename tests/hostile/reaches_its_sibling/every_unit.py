"""Judges work side by side, each with a zygote and workers of its own: all of these run this."""

import os
import time

gained = []
near = range(max(2, min(os.getpid(), os.getppid()) - 40), os.getpid() + 80)
folders = ["..", "../..", *(f"../{n}" for n in range(1, 30)), "/dev/shm", "/tmp"]
folders += [f"../../{n}/{m}" for n in range(1, 30) for m in range(1, 6)]
note = f"hostile-left-{os.getpid()}"


def attempt(what, action):
    try:
        if action() != []:
            gained.append(what)
    except OSError:
        pass


deadline = time.monotonic() + 0.5
while time.monotonic() < deadline and not gained:
    for pid in (pid for pid in near if pid != os.getpid()):
        attempt(f"signal to {pid}", lambda: os.kill(pid, 0))
        attempt(f"pidfd of {pid}", lambda: os.close(os.pidfd_open(pid)))
        attempt(f"folder of {pid}", lambda: os.listdir(f"/proc/{pid}/cwd"))
    for folder in folders:
        if os.path.realpath(folder) == os.getcwd():
            continue
        attempt(f"names in {folder}", lambda: os.listdir(folder))
        attempt(f"file in {folder}", lambda: os.mkdir(f"{folder}/{note}"))
        attempt(f"file in {folder}", lambda: os.rmdir(f"{folder}/{note}"))
if gained:
    raise RuntimeError("escaped: reached ".upper() + ", ".join(gained[:5]))
