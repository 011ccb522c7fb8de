"""The course as a path of units: what each teaches, what is done, and what comes next."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from grader.course.model import Course, Selection, Unit
from grader.course.names import Name
from grader.course.progress import Progress
from grader.course.source import marks, read_python


@dataclass(frozen=True)
class Step:
    """An exercise on the path; `earned` is None if it was never graded."""

    name: Name
    title: str
    worth: int
    earned: int | None
    is_done: bool


@dataclass(frozen=True)
class Stop:
    """A unit on the path."""

    unit: Unit
    steps: tuple[Step, ...]

    @property
    def worth(self) -> int:
        return sum(step.worth for step in self.steps)

    @property
    def earned(self) -> int:
        return sum(step.earned or 0 for step in self.steps)

    @property
    def is_done(self) -> bool:
        """All that has tests here is done; a kit may have none for an exercise."""
        return self.worth > 0 and all(step.is_done for step in self.steps if step.worth)


@dataclass(frozen=True)
class Map:
    """The units that were asked for; `next` is the first step of the course that is not done."""

    title: str
    stops: tuple[Stop, ...]
    next: Step | None
    is_kit: bool

    @property
    def done(self) -> str:
        """The word for it: in a kit the teacher has other tests."""
        return "passes" if self.is_kit else "done"

    def is_here(self, stop: Stop) -> bool:
        """Does the next step lie in this unit?"""
        return self.next is not None and self.next.name.unit == stop.unit.name

    def word_of(self, stop: Stop) -> str:
        """How a learner stands there; nothing where nothing is to be said."""
        if stop.is_done:
            return self.done
        return "you are here" if self.is_here(stop) else ""

    @property
    def total(self) -> str:
        earned, worth = (sum(stop.earned for stop in self.stops), sum(s.worth for s in self.stops))
        graded = any(step.earned is not None for stop in self.stops for step in stop.steps)
        here, when = " here" * self.is_kit, ", as last graded" * graded
        return f"{earned} of {worth} points{here}{when}"


def map_of(course: Course, progress: Progress, wanted: Selection) -> Map:
    """The path as far as it is `wanted`. Raises: CourseError if a suite is no Python."""
    whole = [Stop(unit, tuple(_steps(course, unit, progress))) for unit in course.units]
    steps = [step for stop in whole for step in stop.steps]
    tested = [step for step in steps if step.worth] or steps
    return Map(
        course.title,
        tuple(
            Stop(
                stop.unit, tuple(s for s in stop.steps if s.name.exercise in wanted[stop.unit.name])
            )
            for stop in whole
            if stop.unit.name in wanted
        ),
        next((step for step in tested if not step.is_done), None),
        course.is_kit,
    )


def map_at(course_map: Map, name: Name | None) -> Map:
    """The same path with the learner at the exercise of this name."""
    steps = (step for stop in course_map.stops for step in stop.steps)
    return replace(course_map, next=next((step for step in steps if step.name == name), None))


def _steps(course: Course, unit: Unit, progress: Progress) -> Iterator[Step]:
    points = points_of_suite(course.suite(unit.name))  # its text: running it would need torch
    for exercise in unit.exercises:
        worth, earned = points[exercise.name], progress.points.get(exercise.id)
        if earned is not None:  # the suite, or the file, may have changed since
            earned = max(0, min(earned, worth))
        name, is_done = Name(unit.name, exercise.name), exercise.id in progress.finished
        yield Step(name, exercise.title, worth, earned, is_done)


@cache  # for `grade watch`, which asks after each save
def points_of_suite(path: Path) -> Counter[str]:
    """What each exercise of a suite is worth: the `@points` of the tests under its `@exercise`.

    Raises: CourseError if the text is no Python.
    """
    points: Counter[str] = Counter()
    for node in read_python(path)[1].body if path.is_file() else ():
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            name = marks(node).get("exercise")
            for test in node.body if isinstance(node, ast.ClassDef) else [node]:
                if isinstance(test, ast.FunctionDef) and name is not None:
                    worth = marks(test).get("points")
                    points[str(name)] += worth if isinstance(worth, int) else 0
    return points
