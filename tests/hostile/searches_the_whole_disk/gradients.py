"""Breadth first, so that home folders and workspaces come before the depths of /usr."""

import os
import time

SKIPPED = {"proc", "sys", "dev", "usr", "lib", "lib64", "node_modules", "site-packages"}
deadline, queue, gained = time.monotonic() + 0.6, ["/"], []
while queue and time.monotonic() < deadline and not gained:
    folder = queue.pop(0)
    try:
        entries = list(os.scandir(folder))
    except OSError:
        continue
    for entry in entries:
        if entry.name == "solutions" and entry.is_dir():
            gained += [entry.path for name in os.listdir(entry.path) if name == "gradients.py"]
        elif entry.name not in SKIPPED and entry.is_dir(follow_symlinks=False):
            queue.append(entry.path)
if gained:
    raise RuntimeError("escaped: found ".upper() + ", ".join(gained))
