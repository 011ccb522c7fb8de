"""The command itself, as a process of its own."""

import contextlib
import functools
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from grader.sandbox import jail

from .warm import Warm

ROOT = Path(__file__).parents[2]
SECONDS = 120  # on a machine that has much else to do
CAN_FORK = sys.platform == "linux" and jail.unavailable() is None
SECRET = "canary-7f3a91d2c5"  # in the environment of the grader, and of no work that it runs
at_the_end = contextlib.ExitStack()  # of all tests


class Ended(subprocess.CompletedProcess[str]):
    """What became of a command; `report` is the JSON on its standard output."""

    @property
    def report(self) -> dict[str, Any]:
        return dict(json.loads(self.stdout))


def command_line(*arguments: object, options: tuple[str, ...] = ()) -> list[str]:
    """The command, with options for Python itself."""
    return [sys.executable, *options, "-m", "grader", *map(str, arguments)]


def environment(**variables: str) -> dict[str, str]:
    """As in a terminal of 80 columns; nothing of the one that runs the tests shows."""
    ours = {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": "1"}
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    return {**kept, **ours, "COLUMNS": "80", "TERM": "xterm-256color", **variables}


def grade(
    folder: Path,
    *arguments: object,
    options: tuple[str, ...] = (),
    within: str | None = None,
    **variables: str,
) -> Ended:
    """Run `grade ARGUMENTS` in a folder, with environment variables of its own.

    Where nothing speaks against it, it is forked from a process that has imported torch already;
    only there it can run `within` what a module of the tests changes.
    """
    if options or not CAN_FORK:
        return grade_anew(folder, *arguments, options=options, **variables)
    line = [*map(str, arguments)]
    with tempfile.TemporaryDirectory() as written:
        out, err = Path(written, "out"), Path(written, "err")
        running = warm().start(line, folder, environment(**variables), out, err, within)
        try:
            code = running.wait(SECONDS)
        except BaseException:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            raise
        said = [path.read_text(encoding="utf-8") for path in (out, err)]
    if warm().left():
        warm().restart()
    return Ended(line, code, *said)


def grade_anew(
    folder: Path, *arguments: object, options: tuple[str, ...] = (), **variables: str
) -> Ended:
    """The same in a Python of its own, as everybody starts it."""
    done = subprocess.run(
        command_line(*arguments, options=options),
        cwd=folder,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
    )
    return Ended(done.args, done.returncode, done.stdout, done.stderr)


def write_program(path: Path) -> None:
    """Write a program that is `grade`."""
    if CAN_FORK:
        warm().write_client(path)
    else:
        path.write_text(f'#!/bin/sh\nexec {sys.executable} -m grader "$@"\n')
        path.chmod(0o755)


@functools.cache
def warm() -> Warm:
    """Started when it is first needed, and ended with the tests."""
    return at_the_end.enter_context(Warm(environment(GITHUB_TOKEN=SECRET)))


def left_in(folder: Path) -> list[str]:
    """What the command has left of its temporary files, in the folder that TMPDIR named."""
    return [path.name for path in folder.glob("torchkata-*")]
