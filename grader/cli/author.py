"""What the commands for authors do: begin an exercise, make stubs, audit a course."""

import sys
from pathlib import Path

from grader.cli.output import printable, progress_bar, terminal_size
from grader.course.model import find_whole_course
from grader.errors import UsageError


def new(name: str) -> None:
    """Begin an exercise, and say which files to fill in."""
    from grader.course.new import begin

    begun = begin(name, Path.cwd())
    if begun.first:
        print(f"A new course in {begun.root}")
    for path in begun.written:
        print(f"written: {path}")
    for line in begun.next_steps:
        print(line)


def sync(*, check: bool, force: bool) -> int:
    """Write the stubs, or only say which are out of step; the exit code."""
    from grader.course.stubs import stubs_of

    course = find_whole_course(Path.cwd())
    stale = [stub for stub in stubs_of(course) if not stub.is_written()]
    kept = [] if check or force else [stub for stub in stale if stub.holds_work()]
    if kept:
        names = ", ".join(str(stub.path.relative_to(course.root)) for stub in kept)
        raise UsageError(f"{names} would lose the work in it: nothing was written. --force does it")
    for stub in stale:
        if not check:
            stub.path.parent.mkdir(exist_ok=True)
            stub.path.write_text(stub.text, encoding="utf-8", newline="\n")
        print(f"{'out of step' if check else 'written'}: {stub.path.relative_to(course.root)}")
    if not stale:
        print("All stubs are in step with their solutions.")
    return 1 if check and stale else 0


def audit(
    units: list[str], *, seeds: int, sample: int | None, jobs: int | None, fresh: bool
) -> int:
    """Print what the tests of a course let through; the exit code."""
    from grader.audit.audit import Thoroughness
    from grader.audit.audit import audit as audited
    from grader.audit.page import render

    course = find_whole_course(Path.cwd())
    if parts := [name for name in units if "." in name.removesuffix(".py")]:
        raise UsageError(f"units are audited whole: name {parts[0].partition('.')[0]} instead")
    with progress_bar() as progress:
        found = audited(
            course, list(course.select(units)), Thoroughness(seeds, sample, jobs, fresh), progress
        )
    width, color = terminal_size()
    sys.stdout.write(printable(render(found, width=width, color=color)))
    return 1 if found.holes else 0
