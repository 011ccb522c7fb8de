"""`grade`, forked from a process that has already imported torch: the same command, much sooner.

Run as a program, this file reads orders from its standard input and answers each with two lines,
the number of the process that it has forked and, once that has ended, its exit code.
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

from .cases import ROOT


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

    def wait(self) -> int:
        if self.returncode is None:
            self.returncode = int(self.answers.readline())
        return self.returncode


class Warm:
    """The process that has imported torch."""

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()

    def start(
        self, arguments: list[str], environment: Mapping[str, str], out: Path, err: Path
    ) -> Forked:
        """Start `grade ARGUMENTS` in the folder of the course and in a session of its own."""
        order = [arguments, dict(environment), str(out), str(err)]
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        return Forked(self.process.stdout)


def serve() -> None:
    from grader.judge.session import _import_judge

    _import_judge()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            grade(*json.loads(line))
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def grade(arguments: list[str], environment: dict[str, str], out: str, err: str) -> None:
    """Become the command: nothing of the process that this was is to be noticed."""
    from grader.cli.app import main

    os.setsid()
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
