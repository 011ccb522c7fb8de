"""The course: units and exercises in order, read from course.toml."""

import sysconfig
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import grader
from grader.course.folder import FILE as FOLDER_FILE
from grader.course.known_errors import KnownError, known_error
from grader.course.names import Name, name_in, owners_of, unknown
from grader.errors import CourseError, UsageError

COURSE_FILE = "course.toml"
_KINDS: dict[type, str] = {
    str: "a text in quotes",
    int: "a whole number",
    list: "a list in [ ], or an entry in [[ ]]",
    dict: "an entry in [[ ]]",
}
T = TypeVar("T")
_SHARED = Path("share", "torchkata", "course")  # pyproject.toml puts it there
Selection = dict[str, frozenset[str]]  # of exercises, by unit in the order of the course


@dataclass(frozen=True)
class Exercise:
    """`id` stays the same when the exercise is renamed or moved to another unit: what learners have
    done is kept under it."""

    name: str
    title: str
    hints: tuple[str, ...]
    id: str


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
    """A course on disk. What its author wrote lies in `root`, what its learner writes in `home`:
    the same folder, but for a course that is installed. Of a part, `omitted` is the rest."""

    root: Path
    title: str
    units: tuple[Unit, ...]
    errors: tuple[KnownError, ...] = ()
    omitted: tuple[Unit, ...] = ()
    away: Path | None = None  # where a learner is, if not in the root

    @property
    def home(self) -> Path:
        return self.away or self.root

    @property
    def exercises_folder(self) -> Path:
        return self.home / "exercises"

    @property
    def solutions_folder(self) -> Path:
        return self.root / "solutions"

    @property
    def equivalents_file(self) -> Path:
        """Edits of the solutions that no test can notice, each with the reason."""
        return self.solutions_folder / "equivalent.toml"

    @property
    def accepted_folder(self) -> Path:
        return self.root / "tests" / "accepted"

    @property
    def suites_folder(self) -> Path:
        """Of the suites that are run: all tests, or in a kit the visible ones."""
        return self.visible_folder if self.is_kit else self.root / "tests" / "hidden"

    @property
    def visible_folder(self) -> Path:
        return self.root / "tests" / "visible"

    @cached_property
    def is_kit(self) -> bool:
        """Is this what students get: visible tests, and no solutions?"""
        return self.visible_folder.is_dir() and not (self.root / "tests" / "hidden").is_dir()

    def suite(self, unit: str) -> Path:
        return self.suites_folder / f"test_{unit}.py"

    def pictures(self, unit: str) -> Path:
        """What to draw when something fails."""
        return pictures_file(self.suites_folder, unit)

    def data(self, unit: str) -> Path:
        """What the work may read besides."""
        return data_folder(self.suites_folder, unit)

    def stub(self, unit: str) -> Path:
        return self.exercises_folder / f"{unit}.py"

    def notebook(self, unit: str) -> Path:
        return self.exercises_folder / f"{unit}.ipynb"

    def solution(self, unit: str) -> Path:
        return self.solutions_folder / f"{unit}.py"

    def pristine(self, unit: str) -> Path:
        """In a kit, the stub as it was: there is no solution to make it from."""
        return self.root / "tests" / "stubs" / f"{unit}.py"

    def bank(self, unit: str) -> Path:
        """Known wrong answers."""
        return self.solutions_folder / "wrong" / f"{unit}.py"

    def device_bank(self, unit: str) -> Path:
        """Known device mistakes: right on the CPU, wrong on a GPU."""
        return self.solutions_folder / "wrong" / "devices" / f"{unit}.py"

    def accepted(self, unit: str) -> list[Path]:
        """Other correct ways to write a unit."""
        return sorted((self.accepted_folder / unit).glob("*.py"))

    def files_of(self, unit: str) -> list[Path]:
        """Where what is of this unit alone lies, files and folders."""
        learners = [self.stub(unit), self.notebook(unit)]
        answers = [self.solution(unit), self.bank(unit), self.accepted_folder / unit]
        return [*learners, *answers, self.suite(unit), self.pictures(unit), self.data(unit)]

    def unit(self, name: str) -> Unit:
        return next(unit for unit in (*self.units, *self.omitted) if unit.name == name)

    @cached_property
    def ids(self) -> dict[str, str]:
        """The id of each exercise by its full name, such as `activations.softmax`."""
        units = (*self.units, *self.omitted)
        return {f"{unit.name}.{e.name}": e.id for unit in units for e in unit.exercises}

    @cached_property
    def everything(self) -> Selection:
        return {unit.name: frozenset(e.name for e in unit.exercises) for unit in self.units}

    def named(self, text: str) -> Name:
        """The unit or exercise that is meant; an exercise of a name that no other has needs no
        unit. Raises: UsageError, with the nearest names."""
        name = name_in(text)
        exercises = self.everything.get(name.unit)
        if exercises is None and len(owners := owners_of(text, self.everything)) == 1:
            return owners[0]
        if exercises is None or (name.exercise and name.exercise not in exercises):
            raise unknown(text, self.everything)
        return name

    def exercises_of(self, name: Name) -> frozenset[str]:
        return frozenset([name.exercise]) if name.exercise else self.everything[name.unit]

    def select(self, names: list[str]) -> Selection:
        """The exercises that `names` mean; no names mean all of them. Raises: UsageError."""
        if not names:
            return dict(self.everything)
        wanted: Selection = {}
        for name in map(self.named, names):
            wanted[name.unit] = wanted.get(name.unit, frozenset()) | self.exercises_of(name)
        return {unit: wanted[unit] for unit in self.everything if unit in wanted}

    def only(self, names: list[str]) -> "Course":
        """The part of the course that these units are; no names mean all of it.

        Raises: UsageError for a name of anything else.
        """
        for name in map(self.named, names):
            if name.exercise:
                raise UsageError(f"{name} is one exercise: name its whole unit, {name.unit}")
        units = self.select(names)
        return replace(
            self,
            units=tuple(unit for unit in self.units if unit.name in units),
            omitted=tuple(unit for unit in self.units if unit.name not in units),
        )


def pictures_file(suites: Path, unit: str) -> Path:
    return suites / f"pictures_{unit}.py"


def data_folder(suites: Path, unit: str) -> Path:
    """The files beside a suite that the work may read."""
    return suites / f"data_{unit}"


def data_folders(suites: Path, units: Iterable[str]) -> list[str]:
    """Those of several units, as a worker that may read them is told."""
    return [str(data_folder(suites.resolve(), unit)) for unit in units]


def data_file(suites: Path, unit: str, name: str) -> str:
    """The path of one of them. Raises: CourseError if it is not there."""
    folder = data_folder(suites.resolve(), unit)
    path = (folder / name).resolve()
    if not path.exists() or not path.is_relative_to(folder):
        raise CourseError(f"{folder.name} has no {name}: the suite needs it")
    return str(path)


def find_course(start: Path, *, anywhere: bool = False) -> Course:
    """The course that `start` or the nearest folder above it belongs to.

    In a learner's folder it is the installed one; and so it is where there is none, if the command
    works `anywhere`.
    Raises: UsageError if there is none; CourseError if its course.toml is broken.
    """
    around = root_around(start)
    if around is not None and (around / COURSE_FILE).is_file():
        return read_course(around)
    if around is None and not anywhere:
        raise UsageError(
            f"there is no course in {start} or above it: `torchkata start FOLDER` lays one out"
        )
    return installed_course(around or start)


def installed_course(home: Path) -> Course:
    """The course that came with the grader, for whoever works in `home`.

    Raises: UsageError if none did.
    """
    root = next((place for place in _places() if (place / COURSE_FILE).is_file()), None)
    if root is None:
        raise UsageError(
            "this grader came without a course: it is that of a kit. pip install torchkata in "
            "another environment, and use that one here"
        )
    return replace(read_course(root), away=home)


def _places() -> Iterator[Path]:
    """Where the course may lie that came with the grader: in the checkout that this runs from, or
    where pip puts it. It may be nowhere, as in the environment of a kit."""
    around = Path(grader.__file__).resolve().parents[1]
    yield around
    for scheme in sysconfig.get_scheme_names():  # of a user, of Debian, of a virtual environment
        if Path(sysconfig.get_path("purelib", scheme)).resolve() == around:
            yield Path(sysconfig.get_path("data", scheme)) / _SHARED
    yield around / _SHARED  # pip install --target
    yield around.joinpath("..", "..", "..").resolve() / _SHARED  # --prefix, as on clusters


def root_around(folder: Path) -> Path | None:
    """The folder itself or the nearest one above it that is of a course or a learner's."""
    marks = (COURSE_FILE, FOLDER_FILE)
    around = (f for f in (folder, *folder.parents) if any((f / mark).is_file() for mark in marks))
    return next(around, None)


def find_whole_course(start: Path, *, anywhere: bool = False) -> Course:
    """As find_course, for what needs the solutions; unless it works `anywhere`, for what changes
    the course. Raises: UsageError in a kit, or in a learner's folder, as well."""
    course = find_course(start, anywhere=anywhere)
    if course.is_kit:
        raise UsageError(
            f"{course.root} is a kit, without solutions: run this in the course it was made from"
        )
    if course.away is not None and not anywhere:
        raise UsageError(
            f"{course.away} is a learner's folder: run this in the course's own folder"
        )
    return course


def read_course(root: Path, text: str | None = None) -> Course:
    """Read and check course.toml, or what its text is to be. Raises: CourseError."""
    path = root / COURSE_FILE
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig") if text is None else text)
        units = tuple(_unit(e) for e in _list(data, "unit", dict, "the course"))
        errors = tuple(known_error(entry) for entry in data.get("error", ()))
        course = Course(root, _value(data, "title", str, "the course"), units, errors)
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from None
    except (KeyError, TypeError) as error:
        raise CourseError(f"{path} is incomplete or malformed: {error}") from None
    if twice := [i for i, count in Counter(course.ids.values()).items() if count > 1]:
        raise CourseError(f"{path}: two exercises have the id {twice[0]}")
    names = [unit.name for unit in units]
    files = {name.lower() for name in names}  # on macOS and Windows
    if len(files) != len(names) or not all(name.isidentifier() for name in names):
        raise CourseError(
            f"{path}: each unit needs a name of its own that Python can import, also if large and "
            "small letters are the same"
        )
    return course


def _unit(entry: dict[str, Any]) -> Unit:
    name = _value(entry, "name", str, "a unit")
    what = f"the unit {name}"
    return Unit(
        name,
        _value(entry, "title", str, what),
        _value(entry, "summary", str, what, ""),
        _value(entry, "points", int, what),
        tuple(_list(entry, "reading", str, what, [])),
        tuple(_exercise(e, name) for e in _list(entry, "exercise", dict, what)),
    )


def _exercise(entry: dict[str, Any], unit: str) -> Exercise:
    name = _value(entry, "name", str, f"an exercise of {unit}")
    what = f"the exercise {unit}.{name}"
    return Exercise(
        name,
        _value(entry, "title", str, what),
        tuple(_list(entry, "hints", str, what, [])),
        _value(entry, "id", str, what, f"{unit}.{name}"),
    )


def _value(
    entry: dict[str, Any], key: str, kind: type[T], what: str, default: T | None = None
) -> T:
    """Raises: ValueError, with what is missing or of another kind."""
    value = entry.get(key, default)
    if value is None:
        raise ValueError(f"{what} has no `{key}`")
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError(f"`{key}` of {what} is to be {_KINDS[kind]}, and is {value!r}")
    return value


def _list(
    entry: dict[str, Any], key: str, kind: type[T], what: str, default: list[T] | None = None
) -> list[T]:
    """Raises: as `_value`."""
    value = _value(entry, key, list, what, default)
    if not all(isinstance(each, kind) for each in value):
        raise ValueError(f"`{key}` of {what} is to be a list, each {_KINDS[kind]}")
    return value
