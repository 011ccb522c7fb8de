"""A report on its way to whoever reads it: which formats, to which files, and the terminal."""

import os
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path

from grader.errors import GraderFault, UsageError
from grader.formats.catalogue import Format, render
from grader.formats.parts.summary import faults
from grader.formats.parts.text import MAX_WIDTH
from grader.judge.options import Device, OnProgress, ignore
from grader.report import Outcome, Report
from grader.work.submission import ENDINGS

NAMES = ("grade", "torchkata")
_SCRIPT_BYTES = 1024 * 1024
_PLAIN = str.maketrans({"█": "#", "░": ".", "…": "...", "·": "|", "→": ">"})
Wanted = list[tuple[Format, Path | None]]
_BY_ENDING = {
    ".json": Format.JSON,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".md": Format.MARKDOWN,
    ".xml": Format.JUNIT,
}


def wanted_of(formats: list[Format], outputs: list[Path]) -> Wanted:
    """Each format with the file it goes to; what has no file is printed. Without any format, the
    ending of each file tells its own.

    Raises: UsageError.
    """
    for number, output in enumerate(outputs):
        check_output(output)
        if output.absolute() in [earlier.absolute() for earlier in outputs[:number]]:
            raise UsageError(f"two reports cannot both go to {output}: give each its own --output")
    formats = formats or [*map(format_of, outputs)] or [Format.TERMINAL]
    if len(outputs) > len(formats):
        raise UsageError("there are more --output than --format: give a format for each, in order")
    if len(formats) > len(outputs) + 1:
        raise UsageError(
            "only one report can be printed: give each of the others an --output, in order"
        )
    return list(zip_longest(formats, outputs))


def format_of(output: Path) -> Format:
    """What a file with this name is expected to hold."""
    return _BY_ENDING.get(output.suffix.lower(), Format.TERMINAL)


def check_output(output: Path, *inputs: Path | None) -> None:
    """What is written must have a place, and not that of somebody's work, of what is known of a
    learner, or of a file that the command reads."""
    if not output.absolute().parent.is_dir():
        raise UsageError(f"cannot write {output}: its folder does not exist")
    is_ours = output.suffix in (*ENDINGS, ".toml") or output.name.startswith(".torchkata")
    is_read = output.resolve() in [path.resolve() for path in inputs if path is not None]
    if output.is_dir() or is_ours or is_read:
        raise UsageError(f"cannot write {output}: choose a file of its own")


def deliver(report: Report, wanted: Wanted, *, own: bool, after: str) -> None:
    """Write each format to its file; what has none is printed, or else what a terminal shows.

    Next steps are offered to whoever graded `own` work: where all is right, that is `after`.

    Raises: UsageError if a file cannot be written; GraderFault, after all the others, if a format
    cannot say that the score is withheld.
    """
    printed, unsaid, written = Format.TERMINAL, None, []
    for format, output in wanted:
        if output is None:
            printed = format
        elif (text := render(report, format)) is None:
            unsaid = format
        else:
            try:
                write(output, text.encode())
            except UsageError:
                sys.stdout.write(text)
                raise
            written.append(output)
    if printed is Format.TERMINAL:
        sys.stdout.write(_whole(report, own=own, after=after))
        for output in written:
            print(f"written: {output}")
    elif (text := render(report, printed)) is None:
        unsaid = printed
    else:
        sys.stdout.write(text)
    if unsaid is not None:
        where, what = faults(report)[0]
        raise GraderFault(
            f"the grader itself failed, at {where}: {what}\nThe score is withheld, which costs "
            f"nobody points. A {unsaid} result cannot say so, and none was written."
        )


def write(output: Path, data: bytes) -> None:
    """Raises: UsageError."""
    try:
        output.write_bytes(data)
    except OSError as error:
        raise UsageError(f"cannot write {output}: {error.strerror}") from None


def called() -> str:
    """The name that this command was called by: `grade`, or `torchkata`."""
    program = Path(sys.argv[0])
    names = {program.stem, program.parent.name if program.stem == "__main__" else ""}
    return next((name for name in NAMES if name in names), NAMES[0])


def grade_command() -> str:
    """What runs this installation in the reader's shell: `grade`, or else this Python's path."""
    if is_passing():
        return "uvx torchkata"
    for name in dict.fromkeys((called(), *NAMES)):  # another project may own the short one
        if _starts_this(shutil.which(name)):
            return name
    return f"{python_command()} -m {'torchkata' if called() == 'torchkata' else 'grader'}"


def is_passing() -> bool:
    """Whether uvx made this installation for one command, and no shell finds it afterwards."""
    return "UV" in os.environ and Path(sys.prefix).parent.name.startswith("archive-")


def _starts_this(script: str | None) -> bool:
    """Its first line, or on Windows its end, names the Python that it starts."""
    here = os.fsencode(f"{Path(sys.executable).parent}{os.sep}")
    try:
        return script is not None and here in Path(script).read_bytes()[:_SCRIPT_BYTES]
    except OSError:
        return False


def python_command() -> str:
    """What starts this Python in the reader's shell."""
    found, here = shutil.which("python"), Path(sys.executable).parent
    if found and Path(found).parent == here:
        return "python"
    near = sys.executable
    if not (os.name == "nt" and Path.cwd().drive != here.drive):
        near = min(near, os.path.relpath(sys.executable), key=len)
    return quoted(near)


def quoted(path: str) -> str:
    """As the reader's shell takes it."""
    return subprocess.list2cmdline([path]) if os.name == "nt" else shlex.quote(path)


def show_failures(report: Report) -> str:
    """The failures, for this terminal: as wide as it is, coloured only where it shows colour."""
    from grader.formats import terminal

    width, color = terminal_size()
    return printable(terminal.render_exercise(report, width=width, color=color))


def _whole(report: Report, *, own: bool, after: str) -> str:
    """All of the report, for this terminal; where it is one, not every failure in full."""
    from grader.formats import terminal
    from grader.formats.parts.failures import MOST

    (width, color), command = terminal_size(), grade_command()
    most = MOST if sys.stdout.isatty() else None
    return printable(
        terminal.render(
            report, width=width, color=color, command=command, most=most, own=own, after=after
        )
    )


def complain(text: str) -> None:
    """Say it on standard error; in a terminal, no word is broken."""
    if sys.stderr.isatty():
        width, _ = terminal_size()
        text = textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)
    print(text, file=sys.stderr)


def printable(text: str) -> str:
    """Without the signs that this terminal does not have."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return text.translate(_PLAIN)
    return text


def exit_code(reports: Iterable[Report]) -> int:
    """0 full marks, 1 not yet, 3 a fault of the grader.

    What would fail on a GPU is "not yet" to whoever has asked for the rehearsal device.
    """
    reports = list(reports)
    statuses = {report.status for report in reports}
    if Outcome.GRADER_FAULT in statuses:
        return 3
    asked = (r for r in reports if r.device == Device.REHEARSAL)
    would_fail = any(t.outcome is Outcome.FAILED for r in asked for t in r.rehearsals)
    return 0 if statuses <= {Outcome.PASSED} and not would_fail else 1


def terminal_size() -> tuple[int, bool]:
    """Its width, and whether it shows colour."""
    dumb = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    width = min(shutil.get_terminal_size((80, 24)).columns, MAX_WIDTH)
    return width, sys.stdout.isatty() and not dumb


@contextmanager
def progress_bar() -> Iterator[OnProgress]:
    """A bar on standard error while grading, if somebody watches."""
    if not sys.stderr.isatty():
        yield ignore
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting PyTorch", total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, description="grading", completed=done, total=total)

        yield show
