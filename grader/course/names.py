"""What somebody means by `reshaping`, `activations.softmax` or `exercises/sgd.py`."""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.work.submission import ENDINGS


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


def unknown(text: str, every: Mapping[str, Collection[str]]) -> UsageError:
    """What to say of a name that means nothing: the nearest ones that do."""
    if owners := [str(Name(unit, text)) for unit, exercises in every.items() if text in exercises]:
        return UsageError(
            f"exercises are named with their unit: did you mean {' or '.join(owners)}?"
        )
    exercises = [Name(unit, exercise) for unit in every for exercise in every[unit]]
    full = {name.exercise: str(name) for name in exercises}
    near = difflib.get_close_matches(text, [*every, *map(str, exercises), *full], n=3)
    named = list(dict.fromkeys(full.get(match, match) for match in near))
    offer = f"did you mean {' or '.join(named)}?" if named else "`grade list` shows them all."
    return UsageError(f"there is no unit or exercise {text!r}: {offer}")
