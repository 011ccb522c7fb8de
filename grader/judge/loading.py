"""Why a module did not load: once, with the line and where Python stumbled."""

import re
from collections.abc import Mapping

from grader.errors import Frame, Raised, SubmissionFault, TimedOut
from grader.judge.cause_of_error import cause_of
from grader.judge.left_out import without_module
from grader.judge.surroundings import refused

MAX_PRINTED = 300
_NO_TRIAL = re.compile(r"[ \t]*(?:import|from|def|class|async|@)\b")
ADVICE = (
    "Lines outside functions run whenever the file is loaded: put those that only try things out "
    'below if __name__ == "__main__":'
)


def load_problem(file: str, fault: SubmissionFault, unusable: Mapping[str, str]) -> str:
    """`unusable` says of modules that lie beside the unit why they cannot be imported."""
    if isinstance(fault, Raised):
        return _raised(file, fault, unusable)
    own = [frame for frame in getattr(fault, "frames", ()) if frame.function == "<module>"]
    if not own or not isinstance(fault, TimedOut):
        return f"{file} could not be loaded: {fault}{_printed(fault)}"
    said = [f"{_at(own[0], f'{fault}; this line was running')}{_printed(fault)}"]
    return "\n".join(said if _NO_TRIAL.match(own[0].text) else [*said, ADVICE])


def _raised(file: str, fault: Raised, unusable: Mapping[str, str]) -> str:
    if fault.syntax is not None:
        return f"{fault.syntax}"
    message = f"{fault.kind}: {fault}" if str(fault) else fault.kind
    if not fault.frames:
        return f"{file} could not be loaded: {message}"
    likely = without_module(fault, unusable, loading=True) or refused(fault) or cause_of(fault)
    return "\n".join([_at(fault.frames[-1], message), *filter(None, [likely])])


def _at(frame: Frame, message: str) -> str:
    return f"{frame.place}: {message}\n    {frame.text.strip()}"


def _printed(fault: SubmissionFault) -> str:
    """The end of what was printed, which tells how far it came."""
    lines = (fault.printed or "").strip()[-MAX_PRINTED:].splitlines()[-3:]
    return f"\nprinted: {' / '.join(lines)}" if lines else ""
