"""What the commands of `grade class` do: a class is graded, and its gradebook is read."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.learn import Memory, Timeout
from grader.cli.output import check_output, grade_command, write
from grader.course.model import Course, find_whole_course
from grader.errors import UsageError
from grader.formats.parts.text import counted, visible
from grader.gradebook.choices import Platform, Told
from grader.judge.options import MEBIBYTES, SECONDS, Device, Options, Sandbox, cores, limited

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.gradebook.handins import Handin
    from grader.gradebook.run import Done, Judging, LayOut

Tls = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="A folder with ca.pem, cert.pem and key.pem.",
        show_default="what Dask is told",
    ),
]
Roster = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="A CSV of who is in the class.", show_default="all that is there"
    ),
]
Units = Annotated[
    str,
    typer.Option(
        metavar="UNITS", help="Only these, as in 'sgd, autograd'.", show_default="the whole course"
    ),
]
OnCluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="On other machines: tls://HOST:PORT of a Dask scheduler, or slurm.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", metavar="N", min=1, help="Judges at once.", show_default="one a core"
    ),
]
OnDevice = Annotated[
    Device,
    typer.Option(
        metavar="DEVICE",
        help=f"Where to run the exercises: {', '.join(Device)}. cpu rehearses nothing.",
    ),
]
InSandbox = Annotated[Sandbox, typer.Option(help="`off` runs the work of strangers unconfined.")]
Book = Annotated[Path, typer.Argument(metavar="GRADEBOOK", help="The file of the gradebook.")]

Submissions = Annotated[
    Path | None,
    typer.Argument(metavar="SUBMISSIONS", help="A folder of a class, or an archive of one."),
]


def run(
    submissions: Submissions = None,
    gradebook: Annotated[
        Path, typer.Option(metavar="FILE", help="The file that keeps all results.")
    ] = Path("gradebook.db"),
    org: Annotated[
        str | None, typer.Option(metavar="ORG", help="Or an organisation on GitHub.")
    ] = None,
    prefix: Annotated[
        str, typer.Option(metavar="PREFIX", help="How its repositories' names begin.")
    ] = "",
    roster: Roster = None,
    units: Units = "",
    jobs: Jobs = None,
    shard: Annotated[
        str | None, typer.Option(metavar="I/N", help="Only the I-th of N parts of the class.")
    ] = None,
    cluster: OnCluster = None,
    tls: Tls = None,
    regrade: Annotated[bool, typer.Option("--regrade", help="Judge again what is known.")] = False,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Draw what failed, for pages of feedback.")
    ] = False,
    device: OnDevice = Device.CPU,
    sandbox: InSandbox = Sandbox.REQUIRE,
    timeout: Timeout = SECONDS,
    memory: Memory = MEBIBYTES,
) -> None:
    """Grade a class into a gradebook, and go on where an earlier run ended.

    From GitHub, with --org: needs git, and gh logged in (or GH_TOKEN).
    """
    from grader.gradebook.run import ClassRun, part_of
    from grader.gradebook.store import Gradebook, only_writer

    course = find_whole_course(Path.cwd(), anywhere=True).only(units.replace(",", " ").split())
    # What would fail on a GPU costs no points, and to find it takes nearly as long as all else.
    rehearses = device is not Device.CPU
    options = Options(device, sandbox, limited(timeout, memory), pictures, rehearses)
    statuses: Counter[str] = Counter()
    judged = 0
    with (
        _class(course, submissions, org, prefix, roster) as (found, lay_out),
        only_writer(gradebook),
        Gradebook(gradebook, new=True) as book,
        _display(len(found)) as show,
    ):
        if shard is not None:
            found = part_of(found, shard)
        judging = _judging(course, options, jobs, len(found), cluster, tls)
        class_run = ClassRun(course, book, judging, lay_out, device=device.value, regrade=regrade)
        for done in class_run.grade(found):
            show(done)
            judged += done.was_judged
            statuses[done.row.status] += 1
        if roster is not None and shard is None:
            book.forget_missing(but={handin.student for handin in found})
    told = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
    print(f"{counted(statuses.total(), 'student')}, {judged} judged in this run: {told}")
    print(f"Next: {grade_command()} class export {gradebook} --output scores.csv")


def _judging(
    course: Course,
    options: Options,
    jobs: int | None,
    works: int,
    cluster: str | None,
    tls: Path | None,
) -> "Judging":
    if cluster is not None:
        from grader.gradebook.cluster import Cluster, judged_there

        place = Cluster(cluster, tls, jobs)
        return partial(judged_there, course, options=options, cluster=place, say=_note)
    from grader.gradebook.judging import judged_here

    processes = min(jobs or cores(), works)
    return partial(judged_here, course, options=options, processes=processes)


def _note(text: str) -> None:
    print(f"note: {visible(text)}", file=sys.stderr, flush=True)


@contextmanager
def _class(
    course: Course, submissions: Path | None, org: str | None, prefix: str, roster: Path | None
) -> "Iterator[tuple[list[Handin], LayOut]]":
    """The hand-ins, and how each is laid out. Raises: UsageError."""
    units = [unit.name for unit in course.units]
    if (submissions is None) == (org is None):
        raise UsageError("class run takes either a folder (or an archive) of a class, or --org")
    members = None
    if roster is not None:
        from grader.gradebook.roster import on_roster, read_roster

        members = read_roster(roster)
        if members.said:
            _note(members.said)
    if org is not None:
        from grader.gradebook.github import fetched, repositories

        by_place = {each.name or each.student: each for each in repositories(org, prefix, members)}
        found = [each.handin for each in by_place.values()]
        yield found, lambda handin: fetched(by_place[handin.place or handin.student], units)
        return
    from grader.gradebook import handins

    assert submissions is not None
    with handins.class_folder(submissions) as (folder, left_out):
        if handins.is_single(folder, units):
            command = f"{grade_command()} run --submission {submissions}"
            raise UsageError(f"{submissions} is the work of one: {command}")
        for note in left_out:
            print(f"not taken: {visible(note)}")
        if inner := handins.inner_class(folder, units):
            _note(f"{folder} holds {inner.name} alone: if that is the class, grade {inner}")
        found = handins.hand_ins(folder)
        if members is not None:
            found = on_roster(found, members)
        yield found, handins.laid_out


def worker(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="Of the Dask scheduler: tls://HOST:PORT.")
    ],
    jobs: Jobs = None,
    gpus: Annotated[
        int,
        typer.Option(
            metavar="N", min=0, help="How many works may use a GPU of this machine at once."
        ),
    ] = 0,
    tls: Tls = None,
    sandbox: Annotated[
        Sandbox, typer.Option(help="`off` also joins where nothing can be confined.")
    ] = Sandbox.REQUIRE,
) -> None:
    """Let this machine judge for `class run --cluster`, until it is stopped."""
    from grader.gradebook.cluster import serve

    serve(address, tls, jobs or cores(), gpus, sandbox, _note)


def export(
    gradebook: Book,
    to: Annotated[
        Platform,
        typer.Option(metavar="PLATFORM", help=f"Who is to read it: {', '.join(Platform)}."),
    ] = Platform.CSV,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The file to write.", show_default="standard output"),
    ] = None,
    fill: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="For canvas and moodle: the file exported there."),
    ] = None,
    column: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The assignment, or the column of grades, to fill in."),
    ] = None,
    feedback_column: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="For moodle: the column of feedback to fill in."),
    ] = None,
    marks: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A CSV with what you have decided, applied last."),
    ] = None,
) -> None:
    """Write marks for a spreadsheet or a platform."""
    from grader.gradebook.exports.all import exported
    from grader.gradebook.store import Gradebook

    if output is not None:
        check_output(output, gradebook, marks, fill)
    with Gradebook(gradebook) as book:
        data, said = exported(book, to, marks, fill, column, feedback_column)
    for line in said:
        _note(line)
    if output is None:
        sys.stdout.buffer.write(data)
        return
    write(output, data)
    print(f"written: {output}")


def diff(
    gradebook: Book,
    student: Annotated[
        str | None,
        typer.Argument(
            metavar="STUDENT", help="All that changed of one.", show_default="the last changes"
        ),
    ] = None,
) -> None:
    """Show what changed from one grading to the next, and why."""
    from grader.gradebook.changes import changes
    from grader.gradebook.store import Gradebook

    with Gradebook(gradebook) as book:
        lines = list(changes(book, student))
    for line in lines:
        print(visible(line))
    if not lines:
        print(f"Nothing has changed: {student or 'everybody'} has been graded once, if at all.")


def merge(
    gradebook: Book,
    others: Annotated[list[Path], typer.Argument(metavar="OTHER...", help="Gradebooks to add.")],
) -> None:
    """Add other gradebooks, such as those of shards, to one."""
    from grader.gradebook.store import Gradebook, only_writer

    with only_writer(gradebook), Gradebook(gradebook, new=True) as book:
        for other in others:
            print(visible(f"{other}: {book.take(other)} results taken"))


def feedback(
    gradebook: Book,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="A folder for a page of each student.")
    ] = None,
    issues: Annotated[
        bool, typer.Option("--issues", help="An issue in each repository on GitHub.")
    ] = False,
    tell: Annotated[Told, typer.Option(help="How much each student reads.")] = Told.FULL,
) -> None:
    """Tell students what became of their work: in files, or on GitHub."""
    from grader.gradebook.feedback import give, write
    from grader.gradebook.store import Gradebook

    if (out is None) != issues:
        raise UsageError("class feedback takes either --out FOLDER or --issues")
    with Gradebook(gradebook) as book:
        if out is not None:
            print(
                f"{write(book, out, tell)} students: {out / 'index.csv'} says whose is which page"
            )
            return
        for row, outcome in give(book, tell):
            print(visible(f"{row.student}: {outcome}"), flush=True)


def page(
    gradebook: Book,
    output: Annotated[
        Path, typer.Option(metavar="FILE", help="The file to write, such as class.html.")
    ],
) -> None:
    """Make a page of a class: scores, tests, misunderstandings, who needs help."""
    from grader.gradebook.page import render
    from grader.gradebook.similar import near_identical
    from grader.gradebook.store import Gradebook

    check_output(output, gradebook)
    with Gradebook(gradebook) as book:
        text = render(book, near_identical(book, cores()))
    write(output, text.encode())
    print(f"written: {output}")


@contextmanager
def _display(total: int) -> "Iterator[Callable[[Done], None]]":
    """A line for each student; where somebody watches, a bar, and lines for what needs a look."""
    if not sys.stderr.isatty():
        yield lambda done: print(_line(done), flush=True)
        return
    from rich import progress
    from rich.console import Console

    columns = (
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[rate]}"),
        progress.TimeRemainingColumn(),
        progress.TextColumn("{task.description}"),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task, looks = bar.add_task("", total=total, rate=""), 0

        def show(done: "Done") -> None:
            nonlocal looks
            if done.row.note or done.row.score is None:
                looks += 1
                bar.console.print(_line(done), markup=False, highlight=False)
            bar.update(task, advance=1, description=f"{looks} to look at" if looks else "")
            speed = bar.tasks[task].speed  # unknown until the second
            bar.update(task, rate="" if speed is None else f"{speed:.1f}/s")

        yield show


def _line(done: "Done") -> str:
    from grader.gradebook.changes import known_as

    row = done.row
    score = f"{row.score}/{row.max_score} " if row.score is not None else ""
    note = f": {row.note}" if row.note else ""
    known = "" if done.was_judged or row.score is None else " (known)"
    return visible(f"{known_as(row)}: {score}{row.status}{known}{note}")
