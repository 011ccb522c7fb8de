"""The command, `grade` or `torchkata`: arguments in, exit code out. The files beside have what each
command does.

A command returns its exit code; nothing means 0.
"""

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

import grader
from grader.cli import author, begin, classes, learn, teach
from grader.cli.output import called, complain
from grader.errors import GraderError, UsageError
from grader.formats.parts.text import visible

STOPPED = 130  # what shells call a command that was ended by Ctrl-C
Commands = dict[str, Callable[..., int | None]]
LEARNERS, TEACHERS, AUTHORS = "For learners", "For teachers", "For authors of courses"
COMMANDS: dict[str, Commands] = {
    LEARNERS: {
        "start": begin.start,
        "update": begin.update,
        "doctor": begin.doctor,
        "run": learn.run,
        "watch": learn.watch,
        "list": learn.list_units,
        "hint": learn.hint,
        "debug": learn.debug,
        "solution": learn.solution,
        "reset": learn.reset,
    },
    TEACHERS: {"kit": teach.kit, "bundle": teach.bundle},
    AUTHORS: {"new": author.new, "sync": author.sync, "audit": author.audit},
}
OF_A_CLASS: Commands = {
    "run": classes.run,
    "export": classes.export,
    "feedback": classes.feedback,
    "page": classes.page,
    "diff": classes.diff,
    "merge": classes.merge,
    "worker": classes.worker,
}
Misuse: type[Any] = typer.BadParameter.__bases__[0]  # what Typer raises for a wrong command line


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

    Without a command it grades everything; with names, such as [bold]reshaping
    activations.softmax[/], a unit and an exercise. [bold]run --help[/] lists all options.
    """


class_app = typer.Typer(no_args_is_help=True)
for name, command in OF_A_CLASS.items():
    class_app.command(name)(command)
for panel, commands in COMMANDS.items():
    for name, command in commands.items():
        app.command(name, rich_help_panel=panel)(command)
app.add_typer(class_app, name="class", help="Grade a whole class.", rich_help_panel=TEACHERS)


def _open_streams() -> None:
    """Whatever the caller has closed gets a place to go to, and no descriptor of ours takes its
    number. Not every terminal has every sign; one that is missing must not end the run."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            mode = "r" if number == 0 else "w"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
        if number:
            getattr(sys, name).reconfigure(errors="replace")


def _check_folder() -> None:
    """Raises: UsageError in a folder that was deleted, if only to be made anew."""
    try:
        os.getcwd()
    except FileNotFoundError:
        raise UsageError("the folder that you are in is gone: cd to where it is now") from None


def main() -> NoReturn:
    """Run the command and end the process at once: Python's own ending would take longer."""
    for name in ("SIGTERM", "SIGHUP"):  # a cancelled job or a closed terminal: end in good order
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is signal.SIG_DFL:
            signal.signal(getattr(signal, name), signal.default_int_handler)
    if hasattr(signal, "SIGCHLD"):  # where it is ignored nobody can wait for what was started
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _open_streams()
    try:
        _check_folder()
        code = app(standalone_mode=False) or 0
    except SystemExit as end:  # the reader of our output is gone
        code = end.code or 0
    except Misuse as error:
        if said := error.format_message().replace("Value error, ", ""):  # none after a help page
            more = f" `{error.ctx.command_path} --help` says what it takes." if error.ctx else ""
            complain(f"{called()}: {visible(said).rstrip('.')}.{more}")
        code = error.exit_code
    except GraderError as error:
        complain(f"{called()}: {visible(str(error))}")
        code = error.exit_code
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
            _end(_unwritten(error))  # on the way to standard output; files are named
        if os.environ.get("TORCHKATA_TRACEBACK"):
            traceback.print_exc()
        fault = f"{type(error).__name__}: {visible(str(error))}"
        print(
            f"{called()}: the grader itself failed ({fault}). This costs nobody points. "
            "Set TORCHKATA_TRACEBACK=1 to see where.",
            file=sys.stderr,
        )
        code = 3
    except KeyboardInterrupt:
        code = STOPPED
    if code == STOPPED:  # Typer makes an exit code of Ctrl-C, and says nothing
        print(f"\n{called()}: stopped; nothing was left running", file=sys.stderr)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        pass
    except OSError as error:
        code = _unwritten(error)
    _end(code)


def _unwritten(error: OSError) -> int:
    """The work was judged, and nobody can read it."""
    print(f"{called()}: cannot write the report: {error.strerror}", file=sys.stderr)
    return 3


def _end(code: object) -> NoReturn:
    os._exit(code if isinstance(code, int) else 1)
