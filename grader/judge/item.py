"""What is known of a test: the run it belongs to, whose it is, and where it runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import TypeVar

import pytest

from grader.course.known_errors import KnownError
from grader.course.model import find_course
from grader.judge.answer_key import AnswerKey, answer_key_of
from grader.judge.diagnosis import Case
from grader.judge.learner import Students
from grader.sandbox.rehearsal import NAME
from grader.suite.tape import Tape


@dataclass(frozen=True)
class Judging:
    """What a run is given. Without `students` the solutions are judged, by themselves."""

    key: AnswerKey
    seed: int = 0
    devices: tuple[str, ...] = ("cpu",)
    rehearses: bool = False
    students: Students | None = None
    only_visible: bool = False
    test_seconds: float | None = None
    errors: tuple[KnownError, ...] = ()


@dataclass(frozen=True)
class Found:
    """What a run has found so far; `passed`, `timed_out` and `unfinished` decide what can still be
    run. One rehearsal that times out ends them all."""

    passed: set[str] = field(default_factory=set)
    timed_out: set[str] = field(default_factory=set)
    cases: list[Case] = field(default_factory=list)
    unfinished: set[str] = field(default_factory=set)  # exercises of which a test has not passed
    told: dict[str, frozenset[str]] = field(default_factory=dict)  # forms, by exercise
    sound: set[tuple[str, str]] = field(default_factory=set)  # exercises, and what they may raise
    tapes: dict[str, Tape] = field(default_factory=dict)  # by test
    told_to: dict[str, frozenset[str]] = field(default_factory=dict)  # before each test


T = TypeVar("T")
JUDGING = pytest.StashKey[Judging]()
FOUND = pytest.StashKey[Found]()


def judging_of(item: pytest.Item) -> Judging:
    stash = item.config.stash
    if JUDGING not in stash:
        stash[JUDGING] = Judging(answer_key_of(find_course(item.path.parent)))
    return stash[JUDGING]


def found_by(item: pytest.Item) -> Found:
    return item.config.stash.setdefault(FOUND, Found())


def _fact(tell: Callable[[pytest.Item], T]) -> Callable[[pytest.Item], T]:
    """One that never changes and is asked for all the time: looking for marks takes long."""
    key = pytest.StashKey[T]()

    @wraps(tell)
    def told(item: pytest.Item) -> T:
        if key not in item.stash:
            item.stash[key] = tell(item)
        return item.stash[key]

    return told


@_fact
def unit_of(item: pytest.Item) -> str:
    return item.path.stem.removeprefix("test_")


@_fact
def exercise_of(item: pytest.Item) -> str:
    mark = item.get_closest_marker("exercise")
    return str(mark.args[0]) if mark else unit_of(item)


@_fact
def full_name_of(item: pytest.Item) -> str:
    """The exercise with its unit, as learners name it: `activations.softmax`."""
    return f"{unit_of(item)}.{exercise_of(item)}"


def points_of(item: pytest.Item) -> int:
    mark = item.get_closest_marker("points")
    return int(mark.args[0]) if mark else 0


def name_of(item: pytest.Item) -> str:
    return str(getattr(item, "originalname", item.name))


def is_rehearsal(item: pytest.Item) -> bool:
    """Whether this is a test on the rehearsal device."""
    return device_name(item) == NAME


def device_of(item: pytest.Item) -> str:
    """Where the suite makes its tensors: in a rehearsal, too, that is the CPU."""
    return "cpu" if is_rehearsal(item) else device_name(item)


@_fact
def device_name(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    return str(callspec.params.get("device", "cpu")) if callspec else "cpu"
