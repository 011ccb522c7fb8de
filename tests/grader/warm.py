"""`grade`, forked from a process that stays warm: the same command, much sooner.

Most of a short run is to import torch, twice: where the work is judged, and in the zygote that
starts the workers. Run as a program, this file does both once, also for the judges that a command
starts. It takes orders from a socket, each with a standard input, output and error, and answers
with two lines: the process that it has forked, and what that ended with. An order may name a module
to run within: `within()` is the context of the command; `prepare()`, if any, is called here before.
"""

import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import nullcontext
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Self
from unittest import mock

from .processes import descendants, is_alive
from .zygote import lending

CLIENT = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as warm:
    warm.connect({address!r})
    order = [sys.argv[1:], os.getcwd(), dict(os.environ), None]
    socket.send_fds(warm, [json.dumps(order).encode() + b"\\n"], [0, 1, 2])
    pid, code = warm.makefile().read().split()
sys.exit(int(code))
"""


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
            self.answers.close()
        if self.returncode is None:
            raise subprocess.TimeoutExpired("grade", seconds)
        return self.returncode


class Warm:
    """The process that stays warm, in an environment like that of every command."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment

    def __enter__(self) -> Self:
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.address = os.path.join(self.folder.name, "orders")
        with socket.socket(socket.AF_UNIX) as orders:
            orders.bind(self.address)
            orders.listen()
            self.process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(orders.fileno())],
                cwd=Path(__file__).parents[2],
                env={**self.environment, "TMPDIR": self.folder.name},
                pass_fds=[orders.fileno()],
                stdin=subprocess.PIPE,
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
        within: str | None = None,
    ) -> Forked:
        """Start `grade ARGUMENTS` in a folder and in a session of its own."""
        order = json.dumps([arguments, str(folder), dict(environment), within]).encode() + b"\n"
        with (
            open(os.devnull, "rb") as none,
            open(out, "wb") as output,
            open(err, "wb") as errors,
            socket.socket(socket.AF_UNIX) as asking,
        ):
            asking.connect(self.address)
            socket.send_fds(asking, [order], [file.fileno() for file in (none, output, errors)])
            return Forked(asking.makefile("rb", buffering=0))

    def write_client(self, path: Path) -> None:
        """Write a program that is `grade` for whoever starts it."""
        path.write_text(CLIENT.format(python=sys.executable, address=self.address))
        path.chmod(0o755)

    def left(self, seconds: float = 5) -> list[str]:
        """What is there beside the zygote and its folder once a command has ended.

        A second zygote has some seconds to end by itself.
        """
        deadline = time.monotonic() + seconds
        while (found := self._beside()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return found

    def _beside(self) -> list[str]:
        pids = filter(is_alive, descendants(self.process.pid)[1:])
        processes = [f"a process: {pid}" for pid in pids]
        return processes + [f"a file: {path}" for path in Path(self.folder.name).glob("*/*")]

    def restart(self) -> None:
        self.__exit__()
        self.__enter__()


def serve() -> None:
    """Take orders until nobody holds the other end of the standard input."""
    from grader.cli import app  # noqa: F401
    from grader.judge import session
    from grader.sandbox.limits import Limits

    forked = mock.patch("grader.judge.pool.get_context", return_value=get_context("fork"))
    with socket.socket(fileno=int(sys.argv[1])) as orders, lending() as lender, forked:
        lender.start(Limits(), confined=True, gpu=False)
        session._import_judge()
        while orders in select.select([orders, sys.stdin], [], [])[0]:
            asking, _ = orders.accept()
            with asking:
                obey(asking, orders)


def obey(asking: socket.socket, orders: socket.socket) -> None:
    order, streams, _, _ = socket.recv_fds(asking, 65536, 3)
    while not order.endswith(b"\n"):
        order += asking.recv(65536)
    arguments, folder, environment, within = json.loads(order)
    module = import_module(within) if within else None
    if hasattr(module, "prepare"):
        module.prepare()
    pid = os.fork()
    if pid == 0:
        asking.close()
        orders.close()
        with module.within() if module else nullcontext():
            grade(arguments, folder, environment, streams)
    for stream in streams:
        os.close(stream)
    asking.sendall(b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    asking.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def grade(
    arguments: list[str], folder: str, environment: dict[str, str], streams: list[int]
) -> None:
    """Become the command."""
    from grader.cli.app import main

    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.dup2(streams[number], number)
        os.close(streams[number])
        mode, buffering = "w" if number else "r", 1 if name == "stderr" else -1
        stream = open(number, mode, buffering, encoding="utf-8", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
    sys.argv = ["grade", *arguments]
    main()


if __name__ == "__main__":
    serve()
