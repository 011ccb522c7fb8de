"""The commands around the exercises: `torchkata start`, `torchkata update`, `torchkata doctor`."""

import contextlib
import importlib.util
import sys
import textwrap
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.output import grade_command, is_passing, printable, quoted, terminal_size
from grader.course.model import find_course, installed_course
from grader.errors import UsageError
from grader.formats.parts.text import counted, visible


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


def update(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
) -> None:
    """Bring your folder up to date with the installed course. What you wrote stays."""
    from grader.course.folder import read_folder
    from grader.course.update import carry_out, changes_work, check, plan_of, read_there, told
    from grader.kit.start import layout_of

    course = find_course(Path.cwd())
    if course.away is None:
        raise UsageError(
            f"{course.root} holds the course itself, or is a kit: git pull brings it up to date"
        )
    old = read_folder(course.home)
    new = layout_of(course)
    check(old, new.mark)
    plan = plan_of(old, new, read_there(course.home, old, new))
    lines = told(plan, old)
    width, _ = terminal_size()
    for line in lines:
        print(printable(_in_columns(visible(line), width)))
    copies = [] if dry_run else carry_out(course.home, plan)
    if not lines:
        print(f"This folder is up to date with torchkata {new.mark.version}.")
    elif dry_run:
        print(f"Nothing is changed yet. To change it: {grade_command()} update")
    elif not changes_work(plan):
        print("Nothing of yours was changed.")
    for copy in copies:
        print(f"{copy.relative_to(course.home)} holds what was in the file before.")


def _in_columns(line: str, width: int) -> str:
    """What becomes of something stays beside the word for it; lines of a task are left alone."""
    if line.startswith(" "):
        return line
    indent = " " * (len(line) - len(line.partition("  ")[2].lstrip()))
    return textwrap.fill(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def doctor() -> int:
    """Show what is there and what is missing, and how to mend it."""
    from grader.cli.doctor import findings, page

    found = findings(Path.cwd())
    width, _ = terminal_size()
    sys.stdout.write(printable(page(found, width)))
    return 1 if any(finding.is_missing for finding in found) else 0
