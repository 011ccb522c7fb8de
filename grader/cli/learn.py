"""The commands for learners: `grade run`, `watch`, `list` and `hint`."""

import textwrap
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.output import deliver, progress_bar, show, terminal_size, wanted_of
from grader.course.model import Course, find_course
from grader.course.names import Name
from grader.course.points import points_of_suite
from grader.course.progress import read_progress, remember
from grader.course.seeds import seed_asked_for
from grader.errors import UsageError
from grader.formats.catalogue import Format
from grader.judge.options import MEBIBYTES, SECONDS, Device, Options, Sandbox, limited
from grader.work.submission import ENDINGS, read_submission

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[UNIT | UNIT.EXERCISE]...", help="What to grade; default: everything."),
]
OnDevice = Annotated[
    Device, typer.Option(help="Where to run the exercises; all: wherever this machine can.")
]
InSandbox = Annotated[
    Sandbox,
    typer.Option(help="Confine the work if possible, always, or never (for work you trust)."),
]
Timeout = Annotated[float, typer.Option(min=0.1, help="Seconds allowed for one call.")]
Memory = Annotated[int, typer.Option(min=64, help="MiB of memory allowed for the work.")]


def run(
    names: Names = None,
    submission: Annotated[
        Path | None,
        typer.Option(help="The work to grade: a folder or one file.", show_default="./exercises"),
    ] = None,
    device: OnDevice = Device.CPU,
    seed: Annotated[
        int | None,
        typer.Option(help="Repeat a run with its seed.", show_default="derived from the work"),
    ] = None,
    variant: Annotated[
        str | None, typer.Option(metavar="ID", help="Give this learner inputs of their own.")
    ] = None,
    format: Annotated[
        list[Format] | None,
        typer.Option(
            metavar="FORMAT",
            help=f"{', '.join(Format)}; may be given several times.",
            show_default="terminal",
        ),
    ] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option(help="Write the report to this file; one for each --format, in order."),
    ] = None,
    sandbox: InSandbox = Sandbox.AUTO,
    timeout: Timeout = SECONDS,
    memory: Memory = MEBIBYTES,
) -> int:
    """Grade your work. This is the default command: [bold]grade[/] alone is enough."""
    from grader.judge.session import Session, exit_code

    wanted = wanted_of(format or [], output or [])
    course = find_course(Path.cwd())
    pictures = Format.HTML in (format or ())
    options = Options(device, sandbox, limited(timeout, memory), pictures)
    seed = seed_asked_for(course, seed, variant)
    names = names or []
    selection = course.select(names)
    work = read_submission(
        submission or course.exercises_folder,
        list(course.everything),
        preferred={name.unit: name.ending for name in map(course.named, names) if name.ending},
    )
    if work.path.is_file():
        selection = {u: e for u, e in selection.items() if u in work.sources}
        if not selection:
            raise UsageError(f"{submission} holds none of {', '.join(names)}")
    with (
        Session(course, options, own_work=_is_own(course, work.path)) as session,
        progress_bar() as progress,
    ):
        report = session.grade(work, selection, progress, seed=seed)
    if submission is None:
        remember(course.root, report)
    deliver(report, wanted)
    return exit_code([report])


def _is_own(course: Course, work: Path) -> bool:
    """Whoever grades the course's own exercises or solutions wrote them, or trusts who did."""
    own = [course.exercises_folder.resolve(), course.solutions_folder.resolve()]
    file = work.resolve()
    return file in own or (file.parent in own and file.suffix in ENDINGS)


def watch(
    names: Names = None,
    device: OnDevice = Device.CPU,
    sandbox: InSandbox = Sandbox.AUTO,
    timeout: Timeout = SECONDS,
    memory: Memory = MEBIBYTES,
) -> int:
    """Grade each exercise as you save it, one at a time."""
    from grader.cli.watch import watch_exercises

    course = find_course(Path.cwd())
    options = Options(device, sandbox, limited(timeout, memory))
    show_exercise = partial(show, only_failures=True)
    return watch_exercises(course, course.select(names or []), options, show_exercise)


def list_exercises() -> None:
    """List units, exercises and points, and what is done."""
    course = find_course(Path.cwd())
    finished, (width, _) = read_progress(course.root).finished, terminal_size()
    done = "passes" if course.is_kit else "done"  # your teacher has other tests
    names = [str(Name(unit.name, e.name)) for unit in course.units for e in unit.exercises]
    longest = max(map(len, names), default=0)
    for unit in course.units:
        points = points_of_suite(course.suite(unit.name))  # its text: running it would need torch
        here = f"{sum(points.get(e.name, 0) for e in unit.exercises)} of " * course.is_kit
        print(f"{unit.name}: {unit.title} ({here}{unit.points} points{' here' * course.is_kit})")
        for exercise in unit.exercises:
            name = str(Name(unit.name, exercise.name))
            mark = (done if name in finished else "").ljust(len(done))
            worth = points.get(exercise.name, 0)
            row = f"  {mark} {name:<{longest}} {worth:>2}  {exercise.title}"
            print(row if len(row) <= width else f"{row[: width - 1]}…")


def hint(
    exercise: Annotated[str, typer.Argument(metavar="UNIT.EXERCISE", help="The exercise.")],
    every: Annotated[bool, typer.Option("--all", help="Show every hint at once.")] = False,
) -> None:
    """Show the next hint for an exercise."""
    course = find_course(Path.cwd())
    name = course.named(exercise)
    unit = course.unit(name.unit)
    if not name.exercise:
        raise UsageError(f"name one exercise, such as {Name(unit.name, unit.exercises[0].name)}")
    hints = unit.exercise(name.exercise).hints
    if not hints:
        print(f"There are no hints for {name}.")
        return
    progress = read_progress(course.root)
    before = progress.hints.get(str(name), 0)
    seen = len(hints) if every else min(before + 1, len(hints))
    width, _ = terminal_size()
    for number, text in enumerate(hints[:seen], start=1):
        print(textwrap.fill(f"Hint {number} of {len(hints)}: {text}", width))
    if seen < len(hints):
        print(f"Ask again for the next one: grade hint {name}")
    elif not every:
        print("That was the last hint." + (" To read:" if unit.reading else ""))
        for page in unit.reading:
            print(f"  {page}")
    progress.hints[str(name)] = max(seen, before)
    progress.save()
