"""Everything that can go wrong, in two trees: ours and theirs.

GraderError                 ours: ends the run; says what happened, where, and how to mend it
├── UsageError              the command line or its files: exit 2
├── CourseError             the course itself is broken: exit 3
├── SandboxUnavailable      no confinement on this machine: exit 2
└── GraderFault             the grader broke while judging: exit 3, the score is withheld

SubmissionFault             theirs: becomes the outcome of one test, never ends the run
├── Missing                 the module does not define what was called
├── Raised                  the learner's code raised; also an instance of the builtin it raised
├── TimedOut                no answer before the deadline
├── Died                    the worker process ended
├── Stopped                 it used more than it may, and was ended
└── Malformed               the answer broke the protocol or its limits
"""

import builtins
import re
from dataclasses import dataclass


class GraderError(Exception):
    """A fault on our side or in how the command was used; the message is shown as it is."""

    exit_code = 3


class UsageError(GraderError):
    exit_code = 2


class CourseError(GraderError):
    pass


class SandboxUnavailable(GraderError):
    exit_code = 2


class GraderFault(GraderError):
    pass


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
    """What a submission did instead of answering; `printed` is what it printed while it loaded."""

    printed: str | None = None


class Raised(SubmissionFault):
    """The learner's code raised an exception.

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
    """`defined` are the names that the module does define.

    `why` says what became of the cell of a notebook that would define it, at `place`.
    """

    def __init__(self, name: str, defined: tuple[str, ...] = ()) -> None:
        super().__init__(f"there is no {name}")
        self.name, self.defined = name, defined
        self.why: str | None = None
        self.place: Frame | None = None


class TimedOut(SubmissionFault):
    """`frames` are the learner's lines that were running, outermost first, if the worker told."""

    stack: str = ""
    frames: tuple[Frame, ...] = ()


class Died(SubmissionFault):
    pass


class Stopped(SubmissionFault):
    pass


class Malformed(SubmissionFault):
    pass
