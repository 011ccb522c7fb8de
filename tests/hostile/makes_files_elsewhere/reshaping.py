"""Whatever it manages to make is removed at once: that it could is what counts."""

import os
import sys
import tempfile
from pathlib import Path

gained = []
folders = [*Path.cwd().parents, Path("/tmp"), Path("/dev/shm"), Path("/var/tmp"), Path("/run")]
folders += [Path(os.__file__).parent, Path(sys.prefix), Path(sys.executable).parent, Path("/etc")]
name = f"hostile-left-{os.getpid()}"
for folder in dict.fromkeys(folders):
    makers = {
        "file": (lambda path: path.touch(), os.unlink),
        "folder": (os.mkdir, os.rmdir),
        "link": (lambda path: os.symlink("/", path), os.unlink),
        "fifo": (os.mkfifo, os.unlink),
    }
    for kind, (make, remove) in makers.items():
        try:
            make(folder / name)
            remove(folder / name)
            gained.append(f"{kind} in {folder}")
        except OSError:
            pass
for target in ("/", "..", str(Path.cwd().parent)):
    try:
        os.symlink(target, "out")
        gained.append(f"{len(os.listdir('out'))} names through a link to {target}")
        os.unlink("out")
    except OSError:
        pass
if gained:
    raise RuntimeError("escaped: made ".upper() + ", ".join(gained))
