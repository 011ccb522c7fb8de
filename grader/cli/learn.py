"""The commands for learners, from `grade run` to `grade debug`."""

import sys
import textwrap
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.output import (
    check_output,
    deliver,
    exit_code,
    format_of,
    grade_command,
    printable,
    progress_bar,
    python_command,
    show_failures,
    terminal_size,
    wanted_of,
    write,
)
from grader.course.map import map_of
from grader.course.model import Course, Selection, find_course, root_around
from grader.course.names import Name
from grader.course.progress import Progress, read_progress, remember
from grader.course.seeds import seed_asked_for
from grader.course.stubs import work_on
from grader.errors import CourseError, UsageError
from grader.formats.catalogue import Format
from grader.judge.options import MEBIBYTES, SECONDS, Device, Options, Sandbox, cores, limited
from grader.report import Outcome, Report
from grader.work.submission import ENDINGS, Submission

OTHER_WAYS = 3  # to write an exercise: as many as are shown below the solution

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="UNIT[.EXERCISE]...", help="What to grade; default: everything."),
]
OnDevice = Annotated[
    Device,
    typer.Option(
        metavar="DEVICE",
        help=f"Where to run the exercises: {', '.join(Device)} (wherever this machine can).",
    ),
]
InSandbox = Annotated[
    Sandbox,
    typer.Option(help="Confine the work if possible, always, or never (for work you trust)."),
]
Timeout = Annotated[
    float, typer.Option(metavar="SECONDS", min=0.1, help="Time allowed for one call.")
]
Memory = Annotated[int, typer.Option(metavar="MIB", min=64, help="Memory allowed for the work.")]

Work = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="The work to grade: a folder or one file.",
        show_default="./exercises",
    ),
]


def run(
    names: Names = None,
    submission: Work = None,
    device: OnDevice = Device.CPU,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Repeat a run with its seed.", show_default="derived from the work"
        ),
    ] = None,
    variant: Annotated[
        str | None, typer.Option(metavar="ID", help="Give this learner inputs of their own.")
    ] = None,
    format: Annotated[
        list[Format] | None,
        typer.Option(
            metavar="FORMAT",
            help=f"{', '.join(Format)}; may be given several times.",
            show_default="by the ending of --output, or terminal",
        ),
    ] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="Write the report to this file; one for each --format, in order."
        ),
    ] = None,
    sandbox: InSandbox = Sandbox.AUTO,
    timeout: Timeout = SECONDS,
    memory: Memory = MEBIBYTES,
) -> int:
    """Grade your work. This is the default command: its name may be left out."""
    from grader.judge.session import Session

    wanted = wanted_of(format or [], output or [])
    course = find_course(Path.cwd(), anywhere=submission is not None)
    pictures = Format.HTML in dict(wanted)
    options = Options(device, sandbox, limited(timeout, memory), pictures, judges=cores())
    seed = seed_asked_for(course, seed, variant)
    names = names or []
    selection = course.select(names)
    preferred = {name.unit: name.ending for name in map(course.named, names) if name.ending}
    work = work_on(course, submission, preferred)
    selection = _of_file(work, selection, names)
    with Session(course, options, own_work=_is_own(course, work.path)) as session:
        with progress_bar() as progress:
            report = session.grade(work, selection, progress, seed=seed)
        session.hang_up()
        if own := submission is None:
            remember(course, report.earned, report.finished)
        deliver(report, wanted, own=own, after=_step_after(course, report) if own else "")
    return exit_code([report])


def _of_file(work: Submission, selection: Selection, names: list[str]) -> Selection:
    """What a single file can hold of it. Raises: UsageError if that is nothing."""
    if not work.path.is_file():
        return selection
    held = {unit: exercises for unit, exercises in selection.items() if unit in work.sources}
    if not held:
        raise UsageError(f"{work.path} holds none of {', '.join(names)}")
    return held


def _step_after(course: Course, report: Report) -> str:
    """What is next in the course, where all that was graded is right."""
    if report.status is not Outcome.PASSED:
        return ""
    try:
        step = map_of(course, read_progress(course.home), course.everything).next
    except CourseError:  # of a unit that was not graded
        return ""
    return f"{step.name}, {step.title}" if step else ""


def _is_own(course: Course, work: Path) -> bool:
    """Whoever grades the course's own exercises or solutions wrote them, or trusts who did."""
    own = [course.solutions_folder.resolve()]
    if root_around(course.home) == course.home:  # and not just where the command was given
        own.append(course.exercises_folder.resolve())
    file = work.resolve()
    return file in own or (file.parent in own and file.suffix in ENDINGS)


class WatchFormat(StrEnum):
    TERMINAL = "terminal"
    GCC = "gcc"


def watch(
    names: Names = None,
    page: Annotated[
        bool,
        typer.Option("--page", help="Also show it on a page in your browser, with pictures."),
    ] = False,
    device: OnDevice = Device.CPU,
    sandbox: InSandbox = Sandbox.AUTO,
    timeout: Timeout = SECONDS,
    memory: Memory = MEBIBYTES,
    format: Annotated[
        WatchFormat,
        typer.Option(metavar="FORMAT", help="terminal, or gcc: all that is wrong, for an editor."),
    ] = WatchFormat.TERMINAL,
) -> int:
    """Grade each exercise as you save it, one at a time."""
    from grader.cli.watch import Onlooker, watch_exercises, watch_problems

    course = find_course(Path.cwd())
    options = Options(device, sandbox, limited(timeout, memory), judges=cores())
    selection = course.select(names or [])
    if format is WatchFormat.GCC:
        if page:
            raise UsageError("--page follows a terminal, and not --format gcc: leave out one")
        return watch_problems(course, selection, options)
    if not page:
        return watch_exercises(course, selection, options, Onlooker())
    from grader.cli.page import Follower, check_extra
    from grader.page.live import Page

    check_extra()
    with Page(course.home, title=course.title, command=grade_command()) as shown:
        print(f"Page: {shown.address}", flush=True)
        return watch_exercises(course, selection, options, Follower(course, shown))


class MapFormat(StrEnum):
    TERMINAL = "terminal"
    HTML = "html"


def list_units(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="UNIT[.EXERCISE]...", help="Whose exercises; default: only the units."
        ),
    ] = None,
    format: Annotated[
        MapFormat | None,
        typer.Option(
            metavar="FORMAT",
            help=f"{', '.join(MapFormat)}.",
            show_default="by the ending of --output, or terminal",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it to this file.")
    ] = None,
) -> None:
    """Show the units, what each teaches, what is done and what is next."""
    from grader.cli import map_text
    from grader.page import map_page

    if output is not None:
        check_output(output)
    course = find_course(Path.cwd())
    shown = map_of(course, read_progress(course.home), course.select(names or []))
    width, color = terminal_size()
    color = color and output is None
    if format is None and output is not None and format_of(output) is Format.HTML:
        format = MapFormat.HTML
    if format is MapFormat.HTML:
        text = map_page.render(shown)
    elif names:
        text = map_text.render_exercises(shown, width=width, color=color)
    else:
        command = grade_command()
        text = map_text.render_units(shown, width=width, color=color, command=command)
    if output is None:
        sys.stdout.write(text if format is MapFormat.HTML else printable(text))
        return
    write(output, text.encode())
    print(f"written: {output}")


def hint(
    exercise: Annotated[
        str | None,
        typer.Argument(
            metavar="UNIT.EXERCISE",
            help="The exercise; default: the first that is not finished.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show every hint at once.")] = False,
) -> None:
    """Show the next hint for an exercise."""
    course = find_course(Path.cwd())
    progress = read_progress(course.home)
    name = _unfinished(course, progress) if exercise is None else _exercise(course, exercise)
    unit = course.unit(name.unit)
    chosen = unit.exercise(name.exercise)
    hints = chosen.hints
    if not hints:
        print(f"There are no hints for {name}.")
        return
    before = progress.hints.get(chosen.id, 0)
    seen = len(hints) if every else min(before + 1, len(hints))
    width, _ = terminal_size()
    if exercise is None:
        print(f"{name}: {chosen.title}")
    for number, text in enumerate(hints[:seen], start=1):
        print(textwrap.fill(f"Hint {number} of {len(hints)}: {text}", width))
    if seen < len(hints):
        print(f"Ask again for the next one: {grade_command()} hint {name}")
    elif not every:
        print("That was the last hint." + (" To read:" if unit.reading else ""))
        for page in unit.reading:
            print(f"  {page}")
    progress.hints[chosen.id] = max(seen, before)
    progress.save()


def _exercise(course: Course, text: str) -> Name:
    """The one exercise that is meant. Raises: UsageError."""
    name = course.named(text)
    if not name.exercise:
        first = Name(name.unit, course.unit(name.unit).exercises[0].name)
        raise UsageError(f"name one exercise, such as {first}")
    return name


def _unfinished(course: Course, progress: Progress) -> Name:
    """The first exercise that is not finished. Raises: UsageError if there is none."""
    found = map_of(course, progress, course.everything).next
    if found is None:
        raise UsageError("everything is finished: name the exercise whose hints you want to read")
    return found.name


OneExercise = Annotated[str, typer.Argument(metavar="UNIT.EXERCISE", help="The exercise.")]


def solution(
    exercise: OneExercise,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Show it although yours is not finished.")
    ] = False,
) -> int:
    """Show the answer to an exercise that you have finished, and other ways to write it."""
    from grader.course.answers import answers_of

    course = find_course(Path.cwd())
    name = _exercise(course, exercise)
    answers = answers_of(course, name.unit, name.exercise)
    if course.ids[str(name)] not in read_progress(course.home).finished and not anyway:
        width, _ = terminal_size()
        said = f"{name} is not finished yet. When it passes, this shows the solution."
        print(textwrap.fill(said, width))
        print(f"For a hint: {grade_command()} hint {name}")
        print(f"To see the solution all the same: {grade_command()} solution {name} --anyway")
        return 1
    for answer in answers[: OTHER_WAYS + 1]:
        print(printable(f"# {answer.file.relative_to(course.root).as_posix()}\n{answer.code}\n"))
    if (more := len(answers) - OTHER_WAYS - 1) > 0:
        others = answers[-1].file.parent
        here = others.relative_to(course.root) if course.away is None else others
        print(f"{more} more in {here.as_posix()}/")
    return 0


def reset(exercise: OneExercise) -> None:
    """Start an exercise anew; what was there is kept in a file beside it."""
    from grader.course.reset import reset as put_back

    course = find_course(Path.cwd())
    name = _exercise(course, exercise)
    for file, copy in (done := put_back(course, name.unit, name.exercise)):
        print(f"{name} in {file.relative_to(course.home).as_posix()} is the stub again.")
        if copy is not None:
            print(f"What was there is in {copy.relative_to(course.home).as_posix()}.")
    if not done:
        print(f"{name} is the stub already.")


def debug(
    exercise: OneExercise,
    pdb: Annotated[
        bool, typer.Option("--pdb", help="Run it, as far as the call, in Python's debugger.")
    ] = False,
) -> int:
    """Write the call of a failing test into a script that runs without the grader."""
    from grader.cli.debug import in_debugger, script_of
    from grader.judge.session import Session

    course = find_course(Path.cwd())
    name = _exercise(course, exercise)
    work = work_on(course)
    with Session(course, Options(), own_work=True) as session, progress_bar() as progress:
        report = session.grade(work, course.select([str(name)]), progress)
    remember(course, report.earned, report.finished)
    result = report.units[0].exercises[0] if report.units[0].exercises else None
    if result is None or result.status in (Outcome.PASSED, Outcome.NOT_STARTED):
        said = "passes: there is nothing to debug" if result else "has no test here"
        if result and result.status is Outcome.NOT_STARTED:
            said = "is not started yet"
        print(f"{name} {said}.")
        return 0
    if report.units[0].message is not None or report.score is None:
        sys.stdout.write(show_failures(report))
        return exit_code([report])
    file = work.sources[name.unit].file
    script = script_of(course, name, result, file)
    if file.endswith(".ipynb"):
        print(f"written: {script.name}\nCopy it into a cell of {file}, below {name.exercise}.")
        return 1
    print(f"written: {script.name}\nRun it: {python_command()} {script.name}", flush=True)
    return in_debugger(script) if pdb else 1
