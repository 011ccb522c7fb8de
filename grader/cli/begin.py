"""The commands before the first exercise: `torchkata start` and `torchkata doctor`."""

import contextlib
import importlib.util
import sys
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.output import grade_command, is_passing, printable, quoted, terminal_size
from grader.course.model import installed_course
from grader.formats.parts.text import counted


def start(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new or an empty folder.")],
) -> None:
    """Lay out the course in a folder of your own: exercises, notebooks and how to go on."""
    from grader.kit.start import lay_out

    course = installed_course(folder)
    lay_out(course, folder)
    units, points = counted(len(course.units), "unit"), sum(unit.points for unit in course.units)
    print(f"{units}, {points} points, in {folder}")
    with contextlib.chdir(folder):  # where the next command is given
        command = grade_command()
    if importlib.util.find_spec("torch") is None:
        print(f"PyTorch is not installed yet: {command} doctor says how")
    if is_passing():
        print("To install it for good: uv tool install --torch-backend cpu torchkata")
    if folder.resolve() != Path.cwd():
        print(f"Next: cd {quoted(str(folder))}")
    first = course.stub(course.units[0].name).relative_to(course.home).as_posix()
    print(f"Then open {first} in your editor, and run: {command} watch")


def doctor() -> int:
    """Show what is there and what is missing, and how to mend it."""
    from grader.cli.doctor import findings, page

    found = findings(Path.cwd())
    width, _ = terminal_size()
    sys.stdout.write(printable(page(found, width)))
    return 1 if any(finding.is_missing for finding in found) else 0
