"""Another program is not bound by what this one promised."""

import os
import pty
import subprocess

gained = []


def attempt(what, action):
    try:
        if action():
            gained.append(what)
    except OSError:
        pass


attempt("subprocess", lambda: subprocess.run(["/bin/true"]).returncode == 0)
attempt("shell", lambda: subprocess.run("exit 0", shell=True).returncode == 0)
attempt("system", lambda: os.system("exit 0") == 0)
attempt("popen", lambda: os.popen("echo x").read())
attempt("posix_spawn", lambda: os.posix_spawn("/bin/true", ["true"], {}))
attempt("openpty", lambda: pty.openpty())
if gained:
    raise RuntimeError("escaped: ran ".upper() + ", ".join(gained))
