"""What the commands for learners do, from a folder of work to text on the terminal."""

import textwrap
from dataclasses import replace
from functools import partial
from pathlib import Path

from grader.cli.output import deliver, progress_bar, show, terminal_size, wanted_of
from grader.course.model import Course, find_course
from grader.course.progress import read_progress
from grader.course.seeds import read_secret, variant_seed
from grader.errors import UsageError
from grader.judge.options import Device, Options, Sandbox
from grader.judge.session import Session, exit_code
from grader.report import Report
from grader.sandbox.limits import MIB, Limits
from grader.work.submission import read_submission

SANDBOX = ("auto", "require", "off")


def options(device: str, sandbox: str, timeout: float, memory: int) -> Options:
    """Options from the command line. Raises: UsageError for an unknown word."""
    if sandbox not in SANDBOX:
        raise UsageError(f"no sandbox setting {sandbox!r}: choose auto, require or off")
    limits = replace(Limits(), call_seconds=timeout, memory_bytes=memory * MIB)
    return Options(Device(device), Sandbox(sandbox), limits)


def run(
    names: list[str],
    path: Path | None,
    options: Options,
    formats: list[str],
    outputs: list[Path],
    seed: int | None = None,
    variant: str | None = None,
) -> int:
    """Grade one submission and show or write its report; the exit code."""
    wanted = wanted_of(formats, outputs)
    course = find_course(Path.cwd())
    if course.is_kit and (variant is not None or seed is not None):
        raise UsageError(
            "the tests of a kit have inputs of their own: leave out --seed and --variant"
        )
    if variant is not None:
        seed = _seed_of(variant, seed, course)
    options = replace(options, pictures="html" in formats)
    selection = course.select(names)
    submission = read_submission(
        course.exercises_folder if path is None else path,
        [unit.name for unit in course.units],
        preferred={Path(n).stem: Path(n).suffix for n in names if n.endswith((".py", ".ipynb"))},
    )
    if submission.path.is_file():
        selection = {u: e for u, e in selection.items() if u in submission.sources}
        if not selection:
            raise UsageError(f"{path} holds none of {', '.join(names)}")
    with (
        Session(course, options, own_work=_is_own(course, submission.path)) as session,
        progress_bar() as progress,
    ):
        report = session.grade(submission, selection, progress, seed=seed)
    if path is None:
        _remember(course, report)
    deliver(report, wanted)
    return exit_code([report])


def _seed_of(variant: str, seed: int | None, course: Course) -> int:
    """The seed of this learner."""
    if seed is not None:
        raise UsageError("--seed and --variant both choose the seed: give one of them")
    return variant_seed(variant, read_secret(course.root))


def _is_own(course: Course, work: Path) -> bool:
    """Whoever grades the course's own exercises or solutions wrote them, or trusts who did."""
    folders = [course.exercises_folder.resolve(), course.solutions_folder.resolve()]
    file = work.resolve()
    return any(
        file == folder or (file.parent == folder and file.suffix in (".py", ".ipynb"))
        for folder in folders
    )


def _remember(course: Course, report: Report) -> None:
    progress = read_progress(course.root)
    progress.note(report)
    progress.save()


def watch(names: list[str], options: Options) -> int:
    """Grade what is saved until stopped."""
    from grader.cli.watch import watch_exercises

    course = find_course(Path.cwd())
    show_exercise = partial(show, only_failures=True)
    return watch_exercises(course, course.select(names), options, show_exercise)


def list_exercises() -> None:
    """Print units and exercises, with points and what is done."""
    course = find_course(Path.cwd())
    finished = read_progress(course.root).finished
    points, (width, _) = _points(course), terminal_size()
    done = "passes" if course.is_kit else "done"  # your teacher has other tests
    longest = max((len(f"{u.name}.{e.name}") for u in course.units for e in u.exercises), default=0)
    for unit in course.units:
        here = sum(points.get(f"{unit.name}.{exercise.name}", 0) for exercise in unit.exercises)
        worth = f"{here} of {unit.points} points here" if course.is_kit else f"{unit.points} points"
        print(f"{unit.name}: {unit.title} ({worth})")
        for exercise in unit.exercises:
            name = f"{unit.name}.{exercise.name}"
            mark = (done if name in finished else "").ljust(len(done))
            row = f"  {mark} {name:<{longest}} {points.get(name, 0):>2}  {exercise.title}"
            print(row if len(row) <= width else f"{row[: width - 1]}…")


def _points(course: Course) -> dict[str, int]:
    """Points of each exercise, added up from its suite's text: running it would need torch."""
    from grader.course.points import points_of_suite

    return {
        f"{unit.name}.{exercise}": points
        for unit in course.units
        for exercise, points in points_of_suite(course.suite(unit.name)).items()
    }


def hint(name: str, *, every: bool) -> None:
    """Print the next hint of an exercise, or all of them."""
    course = find_course(Path.cwd())
    ((unit, exercises),) = course.select([name]).items()
    if "." not in name:
        raise UsageError(f"name one exercise, such as {unit}.{sorted(exercises)[0]}")
    (exercise,) = exercises
    hints = course.unit(unit).exercise(exercise).hints
    if not hints:
        print(f"There are no hints for {name}.")
        return
    progress = read_progress(course.root)
    seen = len(hints) if every else min(progress.hints.get(name, 0) + 1, len(hints))
    width, _ = terminal_size()
    for number, text in enumerate(hints[:seen], start=1):
        print(textwrap.fill(f"Hint {number} of {len(hints)}: {text}", width))
    if seen < len(hints):
        print(f"Ask again for the next one: grade hint {name}")
    elif not every:
        reading = course.unit(unit).reading
        print("That is all there is." + (" To read:" if reading else ""))
        for page in reading:
            print(f"  {page}")
    progress.hints[name] = max(seen, progress.hints.get(name, 0))
    progress.save()
