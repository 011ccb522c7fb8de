"""What `%grade NAME` means: a unit, an exercise, or with no name what the notebook defines."""

from collections.abc import Sequence

from grader.course.model import Course, Unit
from grader.errors import UsageError
from grader.sandbox.notebook_module import names_in
from grader.work.notebook import Cell


def selected(course: Course, name: str, cells: Sequence[Cell]) -> tuple[str, frozenset[str]]:
    """The unit and its exercises. Raises: UsageError."""
    defined = {name for cell in cells for name in names_in(cell.text)}
    every = {unit.name: frozenset(e.name for e in unit.exercises) for unit in course.units}
    if not name or name in every:
        unit = name or _best(course.units, defined, name).name
        begun = every[unit] & defined
        if not begun:
            raise UsageError(f"no exercise of {unit} is defined yet: run their cells first")
        return unit, begun
    owners = [unit for unit in course.units if name in every[unit.name]]
    if owners:
        name = f"{_best(owners, defined, name).name}.{name}"
    ((unit, exercises),) = course.select([name]).items()
    if not exercises & defined:
        raise UsageError(f"{name.partition('.')[2]} is not defined yet: run its cell first")
    return unit, exercises


def _best(units: Sequence[Unit], defined: set[str], name: str) -> Unit:
    """The unit that most of the cells are about."""
    counts = {unit.name: sum(e.name in defined for e in unit.exercises) for unit in units}
    best = [unit for unit in units if counts[unit.name] == max(counts.values())]
    if len(best) == 1:
        return best[0]
    if not name and not max(counts.values()):
        raise UsageError("no exercise is defined yet: run the cells of one first")
    choices = [f"%grade {unit.name}.{name}".removesuffix(".") for unit in best]
    raise UsageError(f"which of these is meant? {' or '.join(choices)}")
