"""What the commands for teachers do: make a kit or a bundle, search one, and grade a class."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.output import check_output, grade_command, progress_bar, write
from grader.course.model import find_whole_course
from grader.formats.parts.text import counted, visible

Units = Annotated[
    list[str] | None,
    typer.Argument(metavar="UNIT...", help="Only these units.", show_default="the whole course"),
]


def kit(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of the kit.")],
    units: Units = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing; search FOLDER for answers and hidden tests."),
    ] = False,
) -> int:
    """Make the repository that students get."""
    course = find_whole_course(Path.cwd(), anywhere=True).only(units or [])
    if check:
        from grader.kit.check import leaks, part_in

        course = course if units else part_in(folder, course)
        with progress_bar() as progress:
            found = leaks(course, folder, progress)
        for leak in found:
            print(f"leak: {visible(leak)}")
        if not found:
            print(f"{folder} holds no part of the solutions, hidden tests or wrong answers.")
        return 1 if found else 0
    from grader.kit.make import kit_files, write_kit

    with progress_bar() as progress:
        files = kit_files(course, progress)
    write_kit(files, folder, course)
    number, points = counted(len(course.units), "unit"), sum(unit.points for unit in course.units)
    print(f"A kit of {number}, {points} points, in {folder}: {len(files)} files.")
    print(f"Next: {grade_command()} kit --check {folder}")
    return 0


class Host(StrEnum):
    GRADESCOPE = "gradescope"
    CLASSROOM50 = "classroom50"


def bundle(
    host: Annotated[
        Host, typer.Argument(metavar="HOST", help="gradescope (also for Codio) or classroom50.")
    ],
    output: Annotated[
        Path, typer.Argument(metavar="OUT", help="A zip for Gradescope, a folder for Classroom 50.")
    ],
    units: Units = None,
) -> None:
    """Make what Gradescope, Codio or Classroom 50 needs to grade this course."""
    from grader.kit.bundles import classroom50, gradescope

    course = find_whole_course(Path.cwd(), anywhere=True).only(units or [])
    if host is Host.GRADESCOPE:
        check_output(output)
        write(output, gradescope(course))
        print(f"written: {output}. It holds solutions and hidden tests: keep it private.")
    else:
        from grader.kit.make import kit_files, write_kit

        with progress_bar() as progress:
            files = kit_files(course, progress)
        write_kit(classroom50(files), output, course)
        print(f"written: {output}. It may be public: visible tests, no solutions.")
