"""The kernel's end of its judge: started when it is first asked, and again if it has ended."""

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

from grader.jupyter.cells import Unanswered

SECONDS_TO_END = 5.0


class JudgeProcess:
    """One process of its own session, so that stopping a cell stops only what is meant."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.lock = threading.Lock()  # an app of marimo has a thread for each reader
        self.owner = os.getpid()
        atexit.register(self.close)

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """What the judge answers; one that has ended since it was last asked is started anew.

        Raises: Unanswered.
        """
        with self.lock:
            if self.process is not None:
                with suppress(Unanswered):
                    return self._ask(self.process, request)
            self.process = _start()
            return self._ask(self.process, request)

    def _ask(self, process: "subprocess.Popen[str]", request: dict[str, Any]) -> dict[str, Any]:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            answer: dict[str, Any] = json.loads(process.stdout.readline())
        except (OSError, ValueError) as error:  # no line is no JSON either
            self.close()
            raise Unanswered(
                "the judge stopped before it answered: run the cell again; "
                "if that does not help, run grade in a terminal to see why"
            ) from error
        except BaseException:  # a stopped cell leaves an answer behind that nobody waits for
            self.close()
            raise
        return answer

    def close(self) -> None:
        """End it; a fork of the kernel has nothing to end."""
        process, self.process = self.process, None
        if process is None or os.getpid() != self.owner:
            return
        with suppress(OSError), process:  # closes its pipes, and waits for it
            process.terminate()
            try:
                process.wait(SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()


def _start() -> "subprocess.Popen[str]":
    """Raises: Unanswered."""
    # -P: the folder of the notebook has files of the learner's, and may have a torch.py.
    command = [sys.executable, "-P", "-m", "grader.jupyter.server"]
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )
    except OSError as error:
        raise Unanswered(
            f"the judge could not be started ({error.strerror}): restart the kernel; "
            "if that does not help, save the notebook and grade it in a terminal"
        ) from error
