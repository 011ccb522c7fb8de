"""What the commands for teachers do: make a kit or a bundle, search one, and grade a class."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.output import check_output, grade_command, progress_bar
from grader.course.model import find_whole_course
from grader.errors import UsageError
from grader.formats.parts.text import counted, visible
from grader.gradebook.feedback import Feedback

Units = Annotated[
    list[str] | None,
    typer.Argument(metavar="UNIT", help="Only these units.", show_default="the whole course"),
]


def kit(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="The folder of the kit.")],
    units: Units = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing; search OUT for answers and hidden tests."),
    ] = False,
) -> int:
    """For teachers: make the repository that students get."""
    course = find_whole_course(Path.cwd()).only(units or [])
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
    """For teachers: make what Gradescope, Codio or Classroom 50 needs to grade this course."""
    from grader.kit.bundles import classroom50, gradescope

    course = find_whole_course(Path.cwd()).only(units or [])
    if host is Host.GRADESCOPE:
        check_output(output)
        content = gradescope(course)
        try:
            output.write_bytes(content)
        except OSError as error:
            raise UsageError(f"cannot write {output}: {error.strerror}") from None
        print(f"written: {output}. It holds solutions and hidden tests: keep it private.")
    else:
        from grader.kit.make import kit_files, write_kit

        with progress_bar() as progress:
            files = kit_files(course, progress)
        write_kit(classroom50(files), output, course)
        print(f"written: {output}. It may be public: visible tests, no solutions.")


def grade_class(
    org: Annotated[str, typer.Option(help="The organisation or account on GitHub.")],
    prefix: Annotated[str, typer.Option(help="The prefix of the repositories' names.")],
    roster: Annotated[
        Path | None,
        typer.Option(help="A CSV with GitHub user names.", show_default="every repository"),
    ] = None,
    feedback: Annotated[
        Feedback, typer.Option(help="What to tell each student, in an issue.")
    ] = Feedback.NONE,
    output: Annotated[Path, typer.Option(help="Where scores and reports go.")] = Path("class"),
    units: Units = None,
) -> None:
    """Grade the repositories of a class on GitHub. Needs git, and gh logged in (or GH_TOKEN)."""
    from grader.gradebook.collect import repositories
    from grader.gradebook.exports import written
    from grader.gradebook.grade import graded

    course = find_whole_course(Path.cwd()).only(units or [])
    found = repositories(org, prefix, roster)
    reports = output / "reports"
    try:
        reports.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write {reports}: {error.strerror}") from None
    scored = 0
    for row in written(
        graded(found, list(course.everything), feedback, reports), output / "scores.csv"
    ):
        print(f"{row.repository}: {row.status}", flush=True)
        scored += row.score is not None
    print(f"{scored} of {len(found)} repositories have a score")
