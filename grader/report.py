"""The result of a run, as frozen dataclasses: everything that renders a result reads these alone.

    Report > UnitResult > ExerciseResult > TestResult
                                         > Plot, Grid

Points are integers. Scores and statuses are derived from the tests, never stored beside them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, is_dataclass
from enum import StrEnum
from functools import cache, partial
from typing import Any, get_args, get_origin, get_type_hints

SCHEMA = "torchkata/report/1"
NOT_THERE = "the file defines no"  # said of an exercise that the file lacks
TO_MEND = "still is the program to mend"  # said of an exercise that is not started


class Outcome(StrEnum):
    """What became of one test."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_STARTED = "not_started"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    BLOCKED = "blocked"
    PENDING = "pending"
    REHEARSED = "rehearsed"
    GRADER_FAULT = "grader_fault"


@dataclass(frozen=True)
class Location:
    """A line of the learner's file, as a path relative to the submission.

    In a notebook it is a line of the `cell` with that number. A cell that was run and not saved
    has no file.
    """

    file: str
    line: int
    cell: int | None = None

    def __str__(self) -> str:
        if self.cell is None:
            return f"{self.file}:{self.line}"
        where = f"{self.file}, cell {self.cell}" if self.file else f"Cell In[{self.cell}]"
        return f"{where}, line {self.line}"


@dataclass(frozen=True)
class Replay:
    """A call as Python that runs without the grader, or else what is in the way of that."""

    code: str = ""
    problem: str = ""


@dataclass(frozen=True)
class TestResult:
    """One test of one exercise; texts that do not apply are None."""

    __test__ = False  # not a test class, whatever pytest makes of the name

    unit: str
    exercise: str
    name: str
    title: str
    outcome: Outcome
    max_points: int
    message: str | None = None
    called: str | None = None
    expected: str | None = None
    got: str | None = None
    likely: str | None = None
    location: Location | None = None
    printed: str | None = None
    replay: Replay | None = None
    seconds: float = 0.0

    @property
    def id(self) -> str:
        return f"{self.unit}.{self.exercise}.{self.name}"

    @property
    def points(self) -> int:
        return self.max_points if self.outcome is Outcome.PASSED else 0


@dataclass(frozen=True)
class Series:
    """One line or cloud of points in a plot; `role` is yours, right, data or difference.

    Numbers that are not finite are gaps. `points` draws single marks instead of a line.
    """

    name: str
    role: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    points: bool = False


@dataclass(frozen=True)
class Plot:
    """Series over one pair of axes, each of them logarithmic if so said."""

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    x_log: bool = False
    y_log: bool = False


@dataclass(frozen=True)
class Cells:
    """A tensor of memory positions: its shape, and its entries in reading order.

    None stands for an entry that is no whole number.
    """

    shape: tuple[int, ...]
    positions: tuple[int | None, ...]


@dataclass(frozen=True)
class Grid:
    """Where the numbers of a tensor stand: in the input, as they came back, as they should."""

    title: str
    given: Cells
    yours: Cells
    right: Cells


@dataclass(frozen=True)
class Node:
    """A number of a computation: `made` says how, from the nodes with the numbers `sources`, which
    stand before it. `yours` and `right` are gradients there; None is no number."""

    made: str
    sources: tuple[int, ...]
    yours: float | None
    right: float


@dataclass(frozen=True)
class Graph:
    """A computation, and the gradient of its result at each of its numbers."""

    title: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class ExerciseResult:
    """`pictures` show how far the work is from what is right, where some were asked for."""

    name: str
    tests: tuple[TestResult, ...]
    pictures: tuple[Graph | Grid | Plot, ...] = ()

    @property
    def score(self) -> int:
        return sum(test.points for test in self.tests)

    @property
    def earned(self) -> int | None:
        """The score; None where a fault of the grader withholds it."""
        return None if self.status is Outcome.GRADER_FAULT else self.score

    @property
    def max_score(self) -> int:
        return sum(test.max_points for test in self.tests)

    @property
    def status(self) -> Outcome:
        return status_of(test.outcome for test in self.tests)


@dataclass(frozen=True)
class UnitResult:
    """One unit; `message` says why its module did not load, where it did not."""

    name: str
    title: str
    exercises: tuple[ExerciseResult, ...]
    message: str | None = None

    @property
    def score(self) -> int:
        return sum(exercise.score for exercise in self.exercises)

    @property
    def max_score(self) -> int:
        return sum(exercise.max_score for exercise in self.exercises)

    @property
    def status(self) -> Outcome:
        return status_of(test.outcome for exercise in self.exercises for test in exercise.tests)


@dataclass(frozen=True)
class Report:
    """One graded submission. `notes` are remarks on the run itself, such as a missing sandbox.

    `rehearsals` are tests that were run once more on the rehearsal device, of which no points
    depend: rehearsed, failed, or pending where that could not be done.
    """

    units: tuple[UnitResult, ...]
    seed: int
    device: str
    versions: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    rehearsals: tuple[TestResult, ...] = ()

    @property
    def tests(self) -> tuple[TestResult, ...]:
        return tuple(t for unit in self.units for e in unit.exercises for t in e.tests)

    @property
    def exercises(self) -> dict[str, ExerciseResult]:
        """Each by its name, UNIT.EXERCISE."""
        return {f"{unit.name}.{e.name}": e for unit in self.units for e in unit.exercises}

    @property
    def finished(self) -> set[str]:
        """The names of the exercises that have passed."""
        return {name for name, e in self.exercises.items() if e.status is Outcome.PASSED}

    @property
    def earned(self) -> dict[str, int | None]:
        """The points of each exercise, by its name."""
        return {name: exercise.earned for name, exercise in self.exercises.items()}

    @property
    def status(self) -> Outcome:
        return status_of(test.outcome for test in self.tests)

    @property
    def score(self) -> int | None:
        """Points earned; None where a fault of the grader withholds them."""
        if self.status is Outcome.GRADER_FAULT:
            return None
        return sum(unit.score for unit in self.units)

    @property
    def max_score(self) -> int:
        return sum(unit.max_score for unit in self.units)


def status_of(outcomes: Iterable[Outcome]) -> Outcome:
    """One word for several tests: passed only if all passed, else what the rest have in common.

    A fault of the grader outweighs everything; work that has begun is never "not started".
    """
    seen = set(outcomes)
    if Outcome.GRADER_FAULT in seen:
        return Outcome.GRADER_FAULT
    if seen <= {Outcome.PASSED}:
        return Outcome.PASSED
    missed = seen - {Outcome.PASSED}
    if missed == {Outcome.NOT_STARTED, Outcome.BLOCKED}:
        missed = {Outcome.NOT_STARTED}
    if len(missed) > 1:
        return Outcome.FAILED
    (status,) = missed
    if status is Outcome.NOT_STARTED and Outcome.PASSED in seen:
        return Outcome.FAILED
    return status


def kept(result: Any) -> dict[str, Any]:
    """What JSON keeps of one dataclass of a report, its `default`: what is not None or empty."""
    return {name: value for name, value in vars(result).items() if value not in (None, ())}


def restored(kind: Any, told: dict[str, Any]) -> Any:
    """What `kept` was given, of this type, from what JSON has made of it.

    Raises: AttributeError, KeyError, TypeError or ValueError if it is something else.
    """
    empty, readers = _form(kind)
    return kind(**empty | told | {k: read(told[k]) for k, read in readers.items() if k in told})


@cache
def _form(kind: Any) -> tuple[dict[str, Any], dict[str, Callable[[Any], Any]]]:
    """What is empty if it is left out, and how to read what JSON has no word for."""
    types = get_type_hints(kind)
    readers = {name: read for name, type_ in types.items() if (read := _reader(type_))}
    return {name: () for name, type_ in types.items() if get_origin(type_) is tuple}, readers


def _reader(type_: Any) -> Callable[[Any], Any] | None:
    parts = get_args(type_)
    if get_origin(type_) is tuple:
        read = _reader(parts[0])
        return (lambda told: tuple(map(read, told))) if read else tuple
    kinds: list[Any] = [kind for kind in parts or (type_,) if is_dataclass(kind)]
    if len(kinds) > 1:  # the one with most of the keys; with a title alone, that is a Graph
        known = {kind: get_type_hints(kind).keys() for kind in kinds}
        return lambda told: restored(max(kinds, key=lambda k: len(told.keys() & known[k])), told)
    return partial(restored, *kinds) if kinds else Outcome if type_ is Outcome else None
