"""A terminal that the command runs in, as in a shell: it sees keys, colours and Ctrl-C."""

import os
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.grader.command import command_line, environment
from tests.grader.processes import SECONDS

# The command gets the terminal that it is run in, so that Ctrl-C reaches it as in a shell, also
# where these tests run in the background, which ignores it.
IN_TERMINAL = (
    "import fcntl, os, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    def __init__(self, folder: Path, *arguments: str, **variables: str) -> None:
        self.screen, theirs = os.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", IN_TERMINAL, *command_line(*arguments)],
            cwd=folder,
            env=environment(**variables),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = self.raw = ""

    def type(self, keys: str) -> None:
        os.write(self.screen, keys.encode())

    def read(self, seconds: float) -> bool:
        """Whether there was more to read."""
        if not select.select([self.screen], [], [], seconds)[0]:
            return False
        try:
            part = os.read(self.screen, 65536).decode(errors="replace")
        except OSError:  # the command has ended
            return False
        self.raw += part
        self.shown += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", part)
        return bool(part)

    def shows(self, text: str, seconds: float = SECONDS) -> bool:
        """Wait for a text; what came before it is then forgotten."""
        until = time.monotonic() + seconds
        while text not in self.shown:
            if time.monotonic() > until or (not self.read(0.1) and self.process.poll() is not None):
                return False
        self.shown = self.shown.partition(text)[2]
        return True

    def ends(self, seconds: float = SECONDS) -> int:
        """Wait for the end; the exit code."""
        until = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < until:
            self.read(0.05)
        return self.process.wait(1)

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self.screen)
