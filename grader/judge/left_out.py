"""What was left out of a notebook, in the words of the test that missed it or of a remark."""

import re
from collections.abc import Sequence

from grader.errors import Missing, Raised, SubmissionFault
from grader.sandbox.answers import LeftOut

_ONLY = "only definitions and constants are taken from a notebook"


def explained(fault: SubmissionFault, left_out: Sequence[LeftOut]) -> set[LeftOut]:
    """Tell `fault` why the name that it misses is not there, if a cell would have defined it."""
    name = _missed(fault)
    left = next((other for other in reversed(left_out) if name in other.names), None)
    if left is None:
        return set()
    if isinstance(fault, Missing):
        fault.why, fault.place = _why(left), left.place
    elif isinstance(fault, Raised):
        fault.likely = f"{name} is missing: {_why(left)}"
    return {left}


def is_a_loss(left: LeftOut) -> bool:
    """Nobody misses plots, training and packages that are not installed here."""
    if left.error is None:
        return any("…" in name for name in left.names)
    return left.error.kind != "ModuleNotFoundError"


def remark(left: LeftOut) -> str:
    return f"left out: {_why(left).splitlines()[0]}"


def _missed(fault: SubmissionFault) -> str | None:
    if isinstance(fault, Missing):
        return fault.name
    if isinstance(fault, Raised) and fault.kind == "NameError":
        return next(iter(re.findall(r"'(\w+)'", str(fault))), None)
    return None


def _why(left: LeftOut) -> str:
    if left.error is not None and left.error.syntax is not None:
        return left.error.syntax
    where = "a cell" if left.place is None else left.place.place
    if left.error is None:
        change = "".join(f" ({name})" for name in left.names if "…" in name)
        return f"{where}{change} calls something or repeats it, and {_ONLY}"
    return f"{where}: {left.error.kind}" + (f": {left.error}" if str(left.error) else "")
