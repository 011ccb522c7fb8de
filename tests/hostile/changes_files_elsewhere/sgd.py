"""On the installation only what would change nothing, on the runner's canary whatever works."""

import glob
import os

gained = []


def attempt(what, action):
    try:
        action()
        gained.append(what)
    except OSError:
        pass


for path in (os.__file__, os.path.dirname(os.__file__)):
    try:
        found = os.stat(path)
    except OSError:
        continue
    attempt(f"chmod {path}", lambda: os.chmod(path, found.st_mode & 0o7777))
    attempt(f"chown {path}", lambda: os.chown(path, found.st_uid, found.st_gid))
    attempt(f"utime {path}", lambda: os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns)))
    if os.path.isfile(path):
        attempt(f"open {path}", lambda: open(path, "ab").close())
        attempt(f"link {path}", lambda: os.link(path, "copy"))
        attempt(f"truncate {path}", lambda: os.truncate(path, found.st_size))
for path in glob.glob("/tmp/**/torchkata-canary*", recursive=True)[:3]:
    attempt(f"write {path}", lambda: open(path, "w").close())
    attempt(f"rename {path}", lambda: os.rename(path, path + ".hostile-left"))
if gained:
    raise RuntimeError("escaped: ".upper() + ", ".join(gained))
