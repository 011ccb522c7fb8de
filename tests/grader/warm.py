"""`grade`, forked from a process that stays warm: the same command, much sooner.

Most of a short run is to import torch, twice: where the work is judged, and in the zygote that
starts the workers. Run as a program, this file does both once. It reads orders from its standard
input and answers each with two lines: the process that it has forked, and what that ended with.
"""

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from .processes import descendants
from .zygote import lending

ROOT = Path(__file__).parents[2]


class Forked:
    """One command that was forked, with what is used of `subprocess.Popen`."""

    def __init__(self, answers: Any) -> None:
        self.answers = answers
        self.returncode: int | None = None
        self.pid = int(answers.readline())

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self.answers], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, seconds: float | None = None) -> int:
        if self.returncode is None and select.select([self.answers], [], [], seconds)[0]:
            self.returncode = int(self.answers.readline())
        if self.returncode is None:
            raise subprocess.TimeoutExpired("grade", seconds)
        return self.returncode


class Warm:
    """The process that stays warm, in an environment like that of every command."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment

    def __enter__(self) -> Self:
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            env={**self.environment, "TMPDIR": self.folder.name},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()
        self.folder.cleanup()

    def start(
        self,
        arguments: list[str],
        folder: Path,
        environment: Mapping[str, str],
        out: Path,
        err: Path,
    ) -> Forked:
        """Start `grade ARGUMENTS` in a folder and in a session of its own."""
        order = [arguments, str(folder), dict(environment), str(out), str(err)]
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        return Forked(self.process.stdout)

    def left(self) -> list[str]:
        """What is there beside the zygote and its folder once a command has ended."""
        processes = [f"a process: {pid}" for pid in descendants(self.process.pid)[1:]]
        return processes + [f"a file: {path}" for path in Path(self.folder.name).glob("*/*")]

    def restart(self) -> None:
        self.__exit__()
        self.__enter__()


def serve() -> None:
    from grader.cli import app  # noqa: F401
    from grader.judge import session
    from grader.sandbox.limits import Limits

    with lending() as lender:
        lender.start(Limits(), confined=True, gpu=False)
        session._import_judge()
        for line in sys.stdin:
            pid = os.fork()
            if pid == 0:
                grade(*json.loads(line))
            print(pid, flush=True)
            _, status = os.waitpid(pid, 0)
            print(os.waitstatus_to_exitcode(status), flush=True)


def grade(
    arguments: list[str], folder: str, environment: dict[str, str], out: str, err: str
) -> None:
    """Become the command."""
    from grader.cli.app import main

    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
    for number, file in enumerate([os.devnull, out, err]):
        opened = os.open(file, os.O_RDWR | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["grade", *arguments]
    main()


if __name__ == "__main__":
    serve()
