"""The `grade` command: arguments in, exit code out."""

import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

import grader
from grader.cli import teach
from grader.errors import GraderError
from grader.formats.parts.text import visible
from grader.sandbox.limits import MIB, Limits

STOPPED = 130  # what shells call a command that was ended by Ctrl-C


class DefaultsToRun(TyperGroup):
    """`grade reshaping --seed 1` means `grade run reshaping --seed 1`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        own = {"-h", "--help", "--version", "--install-completion", "--show-completion"}
        if not args or (args[0] not in self.commands and args[0] not in own):
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=DefaultsToRun,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
class_app = typer.Typer(no_args_is_help=True)
class_app.command("run")(teach.grade_class)
app.add_typer(class_app, name="class", help="For teachers: grade a whole class.")

Device = Annotated[str, typer.Option(help="cpu, cuda, mps or all.")]
Sandbox = Annotated[str, typer.Option(help="auto, require, or off for work that you trust.")]
Timeout = Annotated[float, typer.Option(min=0.1, help="Seconds for one call.")]
Memory = Annotated[int, typer.Option(min=64, help="Memory for the work, in MiB.")]
SECONDS, MEBIBYTES = Limits.call_seconds, Limits.memory_bytes // MIB

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[UNIT | UNIT.EXERCISE]...", help="What to grade; everything if nothing is named."
    ),
]


def _version(wanted: bool) -> None:
    if wanted:
        print(f"torchkata {grader.__version__}")
        raise typer.Exit


@app.callback(epilog="Exit codes: 0 full marks, 1 not yet, 2 wrong usage, 3 a fault of the grader.")
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Grade the exercises of a PyTorch course, and read what went wrong.

    [bold]grade[/] grades everything, [bold]grade reshaping activations.softmax[/] some of it;
    [bold]grade run --help[/] lists all options.
    """


@app.command()
def run(
    names: Names = None,
    submission: Annotated[
        Path | None,
        typer.Option(help="The work to grade: a folder or one file.", show_default="./exercises"),
    ] = None,
    device: Device = "cpu",
    seed: Annotated[
        int | None,
        typer.Option(help="Repeat a run with its seed.", show_default="derived from the work"),
    ] = None,
    variant: Annotated[
        str | None,
        typer.Option(
            metavar="ID", help="A seed of this learner's own, from a name and the course's secret."
        ),
    ] = None,
    format: Annotated[
        list[str] | None,
        typer.Option(
            help="terminal, json, html, markdown, junit, github, classroom, classroom50 or "
            "gradescope; several may be named.",
            show_default="terminal",
        ),
    ] = None,
    output: Annotated[
        list[Path] | None, typer.Option(help="Write the report to this file; one for each format.")
    ] = None,
    sandbox: Sandbox = "auto",
    timeout: Timeout = SECONDS,
    memory: Memory = MEBIBYTES,
) -> None:
    """Grade the work; the default command, so that [bold]grade[/] alone is enough."""
    from grader.cli import learn

    options = learn.options(device, sandbox, timeout, memory)
    raise typer.Exit(
        learn.run(names or [], submission, options, format or [], output or [], seed, variant)
    )


@app.command()
def watch(
    names: Names = None,
    device: Device = "cpu",
    sandbox: Sandbox = "auto",
    timeout: Timeout = SECONDS,
    memory: Memory = MEBIBYTES,
) -> None:
    """Grade each exercise as you save it, one at a time."""
    from grader.cli import learn

    options = learn.options(device, sandbox, timeout, memory)
    raise typer.Exit(learn.watch(names or [], options))


@app.command(name="list")
def list_exercises() -> None:
    """List units, exercises and points, and what is done."""
    from grader.cli import learn

    learn.list_exercises()


@app.command()
def hint(
    name: Annotated[str, typer.Argument(metavar="UNIT.EXERCISE", help="The exercise.")],
    all: Annotated[bool, typer.Option("--all", help="Show every hint at once.")] = False,
) -> None:
    """Show the next hint for an exercise."""
    from grader.cli import learn

    learn.hint(name, every=all)


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="UNIT.EXERCISE", help="A name of your choice.")],
) -> None:
    """For authors: begin an exercise, and a course where there is none yet."""
    from grader.cli import author

    author.new(name)


@app.command()
def sync(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if a stub is out of step.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite exercises that hold somebody's work.")
    ] = False,
) -> None:
    """For authors: make the stubs in exercises/ from solutions/."""
    from grader.cli import author

    raise typer.Exit(author.sync(check=check, force=force))


@app.command()
def audit(
    units: Annotated[
        list[str] | None,
        typer.Argument(metavar="[UNIT]...", help="What to audit; everything if none is named."),
    ] = None,
    seeds: Annotated[
        int, typer.Option(min=1, help="Seeds with which a solution must get full marks.")
    ] = 20,
    sample: Annotated[
        int | None,
        typer.Option(min=1, help="Mutants of each unit to try.", show_default="all"),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes.", show_default="one for each core")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Grade again what an earlier audit graded.")
    ] = False,
) -> None:
    """For authors: find the mistakes that the tests let through."""
    from grader.cli import author

    code = author.audit(units or [], seeds=seeds, sample=sample, jobs=jobs, fresh=fresh)
    raise typer.Exit(code)


@app.command()
def kit(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="The folder of the kit.")],
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing; search OUT for answers and hidden tests."),
    ] = False,
) -> None:
    """For teachers: make the repository that students get."""
    raise typer.Exit(teach.kit(folder, check=check))


@app.command()
def bundle(
    host: Annotated[str, typer.Argument(metavar="HOST", help="gradescope or classroom50.")],
    output: Annotated[
        Path, typer.Argument(metavar="OUT", help="A zip for Gradescope, a folder for Classroom 50.")
    ],
) -> None:
    """For teachers: make what Gradescope, Codio or Classroom 50 needs to grade this course."""
    teach.bundle(host, output)


def main() -> NoReturn:
    """Run the command and end the process at once: Python's own ending would take longer."""
    for name in ("SIGTERM", "SIGHUP"):  # a cancelled job or a closed terminal: end in good order
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is signal.SIG_DFL:
            signal.signal(getattr(signal, name), signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        # Not every terminal has every sign; one that is missing must not end the run.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
        code: Any = 0
    except SystemExit as end:
        code = end.code or 0
    except GraderError as error:
        print(f"grade: {visible(str(error))}", file=sys.stderr)
        code = error.exit_code
    except Exception as error:
        if os.environ.get("TORCHKATA_TRACEBACK"):
            traceback.print_exc()
        fault = f"{type(error).__name__}: {visible(str(error))}"
        print(
            f"grade: the grader itself failed ({fault}). This costs nobody points. "
            "Set TORCHKATA_TRACEBACK=1 to see where.",
            file=sys.stderr,
        )
        code = 3
    except KeyboardInterrupt:
        code = STOPPED
    if code == STOPPED:  # Typer makes an exit code of Ctrl-C, and says nothing
        print("\ngrade: stopped; nothing was left running", file=sys.stderr)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        pass
    os._exit(code if isinstance(code, int) else 1)
