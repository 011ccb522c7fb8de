"""Signal 0 on purpose, which only asks: whoever may send it may send SIGKILL."""

import os
import signal

gained = []


def attempt(what, action):
    try:
        action()
        gained.append(what)
    except (OSError, AttributeError):
        pass


attempt("kill(-1)", lambda: os.kill(-1, 0))
attempt("kill(0)", lambda: os.kill(0, 0))
attempt("killpg", lambda: os.killpg(os.getpgid(os.getppid()), 0))
for pid in {1, os.getppid(), os.getppid() - 1, os.getpid() - 1, os.getsid(0)} - {os.getpid()}:
    attempt(f"kill({pid})", lambda: os.kill(pid, 0))
    attempt(f"pidfd({pid})", lambda: signal.pidfd_send_signal(os.pidfd_open(pid), 0))
if gained:
    raise RuntimeError("escaped: signalled ".upper() + ", ".join(gained))
