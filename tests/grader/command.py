"""The command itself, `python -m grader`, as a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SECONDS = 120  # on a machine that has much else to do


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
    folder: Path, *arguments: object, options: tuple[str, ...] = (), **variables: str
) -> Ended:
    """Run `grade ARGUMENTS` in a folder, with environment variables of its own."""
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


def left_in(folder: Path) -> list[str]:
    """What the command has left of its temporary files, in the folder that TMPDIR named."""
    return [path.name for path in folder.glob("torchkata-*")]
