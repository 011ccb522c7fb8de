"""What was left out of a notebook, or of a module with a line that fails, in the words of the test
that missed it or of a remark."""

import re
import sys
from collections.abc import Mapping, Sequence

from grader.errors import Missing, Raised, SubmissionFault
from grader.sandbox.answers import LeftOut

_ONLY = "only definitions and constants are taken from a notebook"
_INSTALLED = frozenset({"torch", "numpy"}) | sys.stdlib_module_names
_PLOTTING = frozenset("matplotlib pylab seaborn plotly bokeh altair".split())


def explained(fault: SubmissionFault, left_out: Sequence[LeftOut]) -> set[LeftOut]:
    """Tell `fault` why the name that it misses is not there, if a cell would have defined it."""
    if isinstance(fault, Raised) and fault.likely is None:
        fault.likely = without_module(fault, {}, loading=False)
    name = _missed(fault)
    left = next((other for other in reversed(left_out) if name in other.names), None)
    if left is None:
        return set()
    if isinstance(fault, Missing):
        fault.why, fault.place = _why(left), left.place
    elif isinstance(fault, Raised):
        fault.likely = f"{name} is missing: {_why(left)}"
    return {left}


def without_module(fault: Raised, unusable: Mapping[str, str], *, loading: bool) -> str | None:
    """What to do about an import that finds nothing, at the top of a file or in a call.

    `unusable` says of files of the learner's why they were not sent along.
    """
    found = re.fullmatch(r"No module named '([\w.]+)'", str(fault).partition(";")[0])
    if fault.kind != "ModuleNotFoundError" or found is None:
        return None
    name = found[1].removeprefix("exercises.")
    package = name.partition(".")[0]
    if package in unusable:
        return unusable[package]
    if package in _INSTALLED and package != name:
        return f"There is no {name}: is the name misspelled?"
    if package != found[1].partition(".")[0]:
        return f"There is no {package}.py in exercises/."
    mend = "do without it."
    if loading:
        mend = 'delete this line, or move it under if __name__ == "__main__":'
    if package in _PLOTTING:
        return f"{package} is not installed here, and grading draws no plots of yours: {mend}"
    return (
        f"There is no {package} here, neither installed nor as a {package}.py beside this file. "
        f"The exercises need only torch and numpy: {mend}"
    )


def is_a_loss(left: LeftOut) -> bool:
    """Nobody misses plots, training and packages that are not installed here."""
    if left.error is None:
        return any("…" in name for name in left.names)
    return left.error.kind != "ModuleNotFoundError"


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
        change = "".join(f" ({name})" for name in left.names if "…" in name)
        return f"{where}{change} calls something or repeats it, and {_ONLY}"
    return f"{where}: {left.error.kind}" + (f": {left.error}" if str(left.error) else "")
