"""The course: units and exercises in order, read from course.toml."""

import difflib
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.errors import CourseError, UsageError

COURSE_FILE = "course.toml"
Selection = dict[str, frozenset[str]]  # of exercises, by unit in the order of the course


@dataclass(frozen=True)
class Exercise:
    name: str
    title: str
    hints: tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    name: str
    title: str
    summary: str
    points: int
    reading: tuple[str, ...]
    exercises: tuple[Exercise, ...]

    def exercise(self, name: str) -> Exercise:
        return next(exercise for exercise in self.exercises if exercise.name == name)


@dataclass(frozen=True)
class Course:
    """A course on disk; all paths follow from its root."""

    root: Path
    title: str
    units: tuple[Unit, ...]

    @property
    def exercises_folder(self) -> Path:
        return self.root / "exercises"

    @property
    def solutions_folder(self) -> Path:
        return self.root / "solutions"

    @property
    def suites_folder(self) -> Path:
        """Of the suites that are run: all tests, or in a kit the visible ones."""
        return self.visible_folder if self.is_kit else self._hidden_folder

    @property
    def _hidden_folder(self) -> Path:
        return self.root / "tests" / "hidden"

    @property
    def visible_folder(self) -> Path:
        return self.root / "tests" / "visible"

    @cached_property
    def is_kit(self) -> bool:
        """Is this what students get: visible tests, and no solutions?"""
        return self.visible_folder.is_dir() and not self._hidden_folder.is_dir()

    def suite(self, unit: str) -> Path:
        return self.suites_folder / f"test_{unit}.py"

    def stub(self, unit: str) -> Path:
        return self.exercises_folder / f"{unit}.py"

    def notebook(self, unit: str) -> Path:
        return self.exercises_folder / f"{unit}.ipynb"

    def solution(self, unit: str) -> Path:
        return self.solutions_folder / f"{unit}.py"

    def bank(self, unit: str) -> Path:
        return self.solutions_folder / "wrong" / f"{unit}.py"

    def unit(self, name: str) -> Unit:
        return next(unit for unit in self.units if unit.name == name)

    def select(self, names: list[str]) -> Selection:
        """The exercises that `names` mean, by unit in course order; no names mean all of them.

        A name is a unit (`reshaping`) or one exercise of it (`activations.softmax`);
        the path of a unit's module or notebook means the unit.
        Raises: UsageError for an unknown name; it offers the nearest ones.
        """
        every = {unit.name: frozenset(e.name for e in unit.exercises) for unit in self.units}
        if not names:
            return every
        wanted: Selection = {}
        for name in names:
            if name.endswith((".py", ".ipynb")):  # as the shell completes it
                name = Path(name).stem
            unit, _, exercise = name.partition(".")
            if unit not in every or (exercise and exercise not in every[unit]):
                raise UsageError(self._unknown(name))
            chosen = frozenset([exercise]) if exercise else every[unit]
            wanted[unit] = wanted.get(unit, frozenset()) | chosen
        return {unit: wanted[unit] for unit in every if unit in wanted}

    def _unknown(self, name: str) -> str:
        full = [f"{unit.name}.{e.name}" for unit in self.units for e in unit.exercises]
        short = {f.partition(".")[2]: f for f in full}
        units = [unit.name for unit in self.units]
        if name in short:
            return f"exercises are named with their unit: did you mean {short[name]}?"
        near = difflib.get_close_matches(name, [*units, *full, *short], n=3)
        named = list(dict.fromkeys(short.get(match, match) for match in near))
        offer = f"did you mean {' or '.join(named)}?" if named else "`grade list` shows them all."
        return f"there is no unit or exercise {name!r}: {offer}"


def find_course(start: Path) -> Course:
    """The course in `start` or the nearest folder above it.

    Raises: UsageError if there is none; CourseError if its course.toml is broken.
    """
    for folder in (start, *start.parents):
        if (folder / COURSE_FILE).is_file():
            return read_course(folder)
    raise UsageError(
        f"no {COURSE_FILE} in {start} or above it: run grade inside the folder of a course"
    )


def find_whole_course(start: Path) -> Course:
    """As find_course, for what needs the solutions. Raises: UsageError in a kit as well."""
    course = find_course(start)
    if course.is_kit:
        raise UsageError(
            f"{course.root} is a kit, without solutions: run this in the course it was made from"
        )
    return course


def read_course(root: Path) -> Course:
    """Read and check course.toml. Raises: CourseError."""
    path = root / COURSE_FILE
    try:
        return course_of(root, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from None


def course_of(root: Path, text: str) -> Course:
    """The course that `text` describes as its course.toml. Raises: CourseError."""
    path = root / COURSE_FILE
    try:
        data = tomllib.loads(text)
        units = tuple(_unit(entry) for entry in data["unit"])
        course = Course(root, data["title"], units)
    except ValueError as error:
        raise CourseError(f"{path} cannot be read: {error}") from None
    except (KeyError, TypeError) as error:
        raise CourseError(f"{path} lacks something: {error}") from None
    names = [unit.name for unit in units]
    if len(set(names)) != len(names) or not all(name.isidentifier() for name in names):
        raise CourseError(f"{path}: units need different names that Python can import")
    return course


def _unit(entry: dict[str, Any]) -> Unit:
    exercises = tuple(
        Exercise(e["name"], e["title"], tuple(e.get("hints", ()))) for e in entry["exercise"]
    )
    return Unit(
        entry["name"],
        entry["title"],
        entry.get("summary", ""),
        int(entry["points"]),
        tuple(entry.get("reading", ())),
        exercises,
    )
