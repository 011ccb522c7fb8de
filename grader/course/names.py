"""What somebody means by `reshaping`, `activations.softmax` or `exercises/sgd.py`."""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.work.submission import ENDINGS

_OFFER = (
    "`grade list` shows the units, `grade list UNIT` the exercises of one, `grade --help` the "
    "commands."
)
_ALIKE = 0.7  # as difflib measures; below, what it finds is a surprise


@dataclass(frozen=True)
class Name:
    """A unit, or one exercise of it; `ending` is that of the unit's file, if a file was named."""

    unit: str
    exercise: str = ""
    ending: str = ""

    def __str__(self) -> str:
        return f"{self.unit}.{self.exercise}" if self.exercise else self.unit


def name_in(text: str) -> Name:
    """The name as it is written, whether or not there is such a unit."""
    path = Path(text)
    if text.endswith(ENDINGS):  # as the shell completes it
        return Name(path.stem, ending=path.suffix)
    unit, _, exercise = text.partition(".")
    return Name(unit, exercise)


def owners_of(exercise: str, every: Mapping[str, Collection[str]]) -> list[Name]:
    """The exercises of this name, one for each unit that has one."""
    return [Name(unit, exercise) for unit in every if exercise in every[unit]]


def unknown(text: str, every: Mapping[str, Collection[str]]) -> UsageError:
    """What to say of a name that means nothing, or more than one thing."""
    if owners := owners_of(text, every):
        offer = " or ".join(map(str, owners))
        return UsageError(f"more than one unit has an exercise {text}: did you mean {offer}?")
    near = _near(name_in(text), every)
    offer = f"did you mean {' or '.join(map(str, near))}?" if near else _OFFER
    return UsageError(f"there is no unit or exercise {text!r}: {offer}")


def _near(name: Name, every: Mapping[str, Collection[str]]) -> list[Name]:
    """The names that are spelt much like this one."""
    if not name.exercise:
        names = [*map(Name, every), *(Name(unit, each) for unit in every for each in every[unit])]
        short = {each.exercise or each.unit: each for each in names}
        return [short[match] for match in _alike(name.unit, short)]
    units = [name.unit] if name.unit in every else _alike(name.unit, every)
    found = [Name(unit, each) for unit in units for each in _alike(name.exercise, every[unit])]
    return found or owners_of(name.exercise, every)


def _alike(text: str, known: Collection[str]) -> list[str]:
    return difflib.get_close_matches(text, known, n=3, cutoff=_ALIKE)
