"""The commands for authors: `grade new`, `sync` and `audit`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.output import printable, progress_bar, terminal_size
from grader.course.model import find_whole_course
from grader.errors import UsageError


def new(
    name: Annotated[str, typer.Argument(metavar="UNIT.EXERCISE", help="A name of your choice.")],
    broken: Annotated[
        bool, typer.Option("--broken", help="A program that learners mend, not one they write.")
    ] = False,
) -> None:
    """Begin an exercise, and a course if there is none yet."""
    from grader.course.new import begin

    for line in begin(name, Path.cwd(), broken=broken):
        print(line)


def sync(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if a stub is out of date.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite exercises even if they hold work.")
    ] = False,
) -> int:
    """Make the stubs in exercises/ from solutions/."""
    from grader.course.stubs import stubs_of

    course = find_whole_course(Path.cwd())
    stale = [stub for stub in stubs_of(course) if not stub.is_written()]
    kept = [] if check or force else [stub for stub in stale if stub.holds_work()]
    if kept:
        names = ", ".join(str(stub.path.relative_to(course.root)) for stub in kept)
        raise UsageError(
            f"this would overwrite the work in {names}: nothing was written. "
            "Use --force to overwrite."
        )
    for stub in stale:
        if not check:
            stub.path.parent.mkdir(exist_ok=True)
            stub.path.write_text(stub.text, encoding="utf-8", newline="\n")
        print(f"{'out of date' if check else 'written'}: {stub.path.relative_to(course.root)}")
    if not stale:
        print("All stubs are up to date.")
    return 1 if check and stale else 0


def audit(
    units: Annotated[
        list[str] | None,
        typer.Argument(metavar="UNIT...", help="What to audit; default: everything."),
    ] = None,
    seeds: Annotated[
        int,
        typer.Option(metavar="N", min=1, help="Seeds with which a solution must get full marks."),
    ] = 20,
    sample: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Mutants to try in each unit.", show_default="all"),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Processes to use.", show_default="one a core"),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Ignore the results of earlier audits.")
    ] = False,
) -> int:
    """Find the mistakes that your tests let through."""
    from grader.audit.audit import audit as audited
    from grader.cli.audit_text import render

    course = find_whole_course(Path.cwd())
    with progress_bar() as progress:
        wanted = list(course.only(units or []).everything)
        found = audited(
            course, wanted, progress, seeds=seeds, sample=sample, jobs=jobs, fresh=fresh
        )
    width, color = terminal_size()
    sys.stdout.write(printable(render(found, width=width, color=color)))
    return 1 if found.holes else 0
