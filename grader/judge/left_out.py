"""What was left out of a notebook, or of a module with a line that fails, in the words of the test
that missed it or of a remark."""

import re
from collections.abc import Sequence

from grader.errors import Missing, Raised, SubmissionFault
from grader.sandbox.answers import LeftOut


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
    return left.error is not None and left.error.kind != "ModuleNotFoundError"


def remark(left: LeftOut) -> str:
    why = _why(left).splitlines()[0]
    if left.place is not None and not left.place.in_cell:
        return f"{why} (outside the functions: they were graded all the same)"
    return f"left out: {why}"


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
    if left.error is None and left.place is not None and not left.place.in_cell:
        return f"{where} was not run, since a line above it, outside the functions, failed"
    if left.error is None:
        return f"{where} calls something, and only definitions are taken from a notebook"
    return f"{where}: {left.error.kind}" + (f": {left.error}" if str(left.error) else "")
