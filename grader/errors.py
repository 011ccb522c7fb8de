"""Everything that can go wrong, in two trees: GraderError is ours, SubmissionFault is theirs."""

import builtins
import re
from dataclasses import dataclass


class GraderError(Exception):
    """A fault on our side or in how the command was used: it ends the run. The message is shown as
    it is; it says what happened, where, and how to mend it."""

    exit_code = 3


class UsageError(GraderError):
    """The command line, or its files."""

    exit_code = 2


class CourseError(GraderError):
    """The course itself is broken."""


class SandboxUnavailable(GraderError):
    """There is no confinement on this machine."""

    exit_code = 2


class GraderFault(GraderError):
    """The grader broke while judging: the score is withheld."""


@dataclass(frozen=True)
class Frame:
    """One line of the learner's own code in a traceback; of a long one `text` is the beginning."""

    file: str
    line: int
    function: str
    text: str
    in_cell: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def place(self) -> str:
        """In the words of a message."""
        return f"{self.file}, line {self.line}" if self.in_cell else f"{self}"


class SubmissionFault(Exception):
    """What a submission did instead of answering: the outcome of one test, never the end of a run.

    `printed` is what it printed while it loaded.
    """

    printed: str | None = None


class Raised(SubmissionFault):
    """The learner's code raised an exception. Its instances are also of the builtin that it raised.

    `kind` is its class name, `frames` the learner's own lines on the way, outermost first;
    `syntax` shows the line that Python could not read, `likely` names the cause where it is known,
    `source` is the file or cell that the innermost frame is in.
    """

    kind: str = "Exception"
    likely: str | None = None
    frames: tuple[Frame, ...] = ()
    syntax: str | None = None
    source: str = ""

    @property
    def by_hand(self) -> bool:
        """Whether the learner's line says so; what happened otherwise is torch's or Python's."""
        line = self.frames[-1].text if self.frames else ""
        if self.kind == "AssertionError" and re.search(r"\bassert\b", line):
            return True
        named = re.findall(r"\braise\b\s*(\w*)", line)
        return any(name == self.kind or not _is_error(name) for name in named)


def _is_error(name: str) -> bool:
    kind = getattr(builtins, name, None)
    return isinstance(kind, type) and issubclass(kind, BaseException)


class Missing(SubmissionFault):
    """The module does not define what was called; `defined` are the names that it does define.

    `why` says what became of the cell of a notebook that would define it, at `place`.
    """

    def __init__(self, name: str, defined: tuple[str, ...] = ()) -> None:
        super().__init__(f"there is no {name}")
        self.name, self.defined = name, defined
        self.why: str | None = None
        self.place: Frame | None = None


class TimedOut(SubmissionFault):
    """No answer before the deadline. `frames` are the learner's lines that were running, outermost
    first, if the worker told."""

    stack: str = ""
    frames: tuple[Frame, ...] = ()


class Died(SubmissionFault):
    """The worker process ended."""


class Stopped(SubmissionFault):
    """It used more than it may, and was ended."""


class Malformed(SubmissionFault):
    """The answer broke the protocol or its limits."""
