"""/proc/PID/cwd is a door into another process's folder."""

import os

gained = []
try:
    pids = [name for name in os.listdir("/proc") if name.isdigit()]
except OSError:
    pids = []
pids += [str(os.getppid()), "1", "self", *map(str, range(max(1, os.getpid() - 40), os.getpid() + 5))]
for pid in dict.fromkeys(pids):
    for door in ("cwd", "root", "fd", "cmdline", "maps", "task"):
        path = f"/proc/{pid}/{door}"
        if path in ("/proc/self/cwd", f"/proc/{os.getpid()}/cwd"):  # its own folder, with its own text
            continue
        try:
            found = os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(100)
        except OSError:
            continue
        if found:
            gained.append(path)
if gained:
    raise RuntimeError("escaped: read ".upper() + ", ".join(gained[:5]))
