"""What an audit found, as frozen dataclasses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Hole:
    """Something that a learner would fall into: where, what, and how to mend it.

    `change` are the lines before and after, where it is about an edit.
    """

    place: str
    what: str
    mend: str
    exercise: str = ""
    change: tuple[str, str] | None = None


@dataclass(frozen=True)
class Row:
    """The figures of one exercise; an empty name stands for what several exercises share."""

    exercise: str
    tests: int = 0
    points: int = 0
    wrong: int = 0
    wrong_caught: int = 0
    wrong_diagnosed: int = 0
    mutants: int = 0
    mutants_caught: int = 0
    mutants_equivalent: int = 0
    mutants_survived: int = 0


@dataclass(frozen=True)
class UnitAudit:
    unit: str
    rows: tuple[Row, ...]
    holes: tuple[Hole, ...]


@dataclass(frozen=True)
class Audit:
    """All units; `graded` of the `total` gradings were made now, the rest is remembered."""

    units: tuple[UnitAudit, ...]
    graded: int
    total: int
    seconds: float
    sampled: bool = False

    @property
    def holes(self) -> tuple[Hole, ...]:
        return tuple(hole for unit in self.units for hole in unit.holes)
