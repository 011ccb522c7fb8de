"""What a name means in a notebook: a unit, an exercise, or with no name what is defined there."""

from collections.abc import Sequence

from grader.course.model import Course, Unit
from grader.course.names import Name
from grader.errors import UsageError
from grader.work.begun import defined_in
from grader.work.notebook import Cell


def named(course: Course, text: str) -> tuple[str, frozenset[str]]:
    """The unit and its exercises, where there are no cells. Raises: UsageError."""
    if not text:
        raise UsageError('name a unit or an exercise, such as check("activations.softmax")')
    name = course.named(text)
    return name.unit, course.exercises_of(name)


def selected(course: Course, text: str, cells: Sequence[Cell]) -> tuple[str, frozenset[str]]:
    """The unit and its exercises. Raises: UsageError."""
    defined = {name for cell in cells for name in defined_in(cell.text)}
    owners = [unit for unit in course.units if text in course.everything[unit.name]]
    if not text:
        name = Name(_best(course.units, defined, text).name)
    elif owners and text not in course.everything:
        name = Name(_best(owners, defined, text).name, text)
    else:
        name = course.named(text)
    begun = course.exercises_of(name) & defined
    if not begun and name.exercise:
        raise UsageError(f"{name.exercise} is not defined yet: run its cell first")
    if not begun:
        raise UsageError(f"no exercise of {name.unit} is defined yet: run their cells first")
    return name.unit, begun


def _best(units: Sequence[Unit], defined: set[str], exercise: str) -> Unit:
    """The unit that most of the cells are about."""
    counts = {unit.name: sum(e.name in defined for e in unit.exercises) for unit in units}
    best = [unit for unit in units if counts[unit.name] == max(counts.values())]
    if len(best) == 1:
        return best[0]
    if not exercise and not max(counts.values()):
        raise UsageError("no exercise is defined yet: run the cells of one first")
    choices = [str(Name(unit.name, exercise)) for unit in best]
    raise UsageError(f"which of these is meant, {' or '.join(choices)}?")
