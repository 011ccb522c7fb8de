"""Draws what failed, after the tests: with new workers, so that nothing of the verdicts changes."""

import dataclasses
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from grader.course.model import data_folders, pictures_file
from grader.errors import GraderError
from grader.judge.answer_key import AnswerKey
from grader.judge.learner import Students
from grader.judge.local import load_module
from grader.judge.rooms import Room
from grader.judge.subject import Subject
from grader.judge.verdict import Blocked, NotStarted
from grader.judge.workers import Workers
from grader.report import ExerciseResult, Graph, Grid, Outcome, Plot, UnitResult
from grader.sandbox.limits import Limits
from grader.sandbox.processes import Processes
from grader.suite.pictures import Picture
from grader.suite.tape import playing
from grader.work.submission import Source

MOST_PICTURES = 4
# A picture is a kindness, and nobody waits long for it.
_CALL_SECONDS, _UNIT_SECONDS = 1.0, 3.0


def with_pictures(
    units: tuple[UnitResult, ...],
    processes: Processes,
    limits: Limits,
    sources: Mapping[str, Source],
    key: AnswerKey,
) -> tuple[UnitResult, ...]:
    """The same results, and pictures of the exercises that failed."""
    wanted = [unit.name for unit in units if any(map(_to_be_drawn, unit.exercises))]
    if not wanted:
        return units
    brief = dataclasses.replace(
        limits,
        call_seconds=min(limits.call_seconds, _CALL_SECONDS),
        unit_seconds=min(limits.unit_seconds, _UNIT_SECONDS),
    )
    try:
        room = Room(processes, brief, data_folders(key.suites, wanted))
        with closing(Workers(room, sources, shared=False)) as workers:
            students = Students(workers, sources, key.suites)
            return tuple(_drawn(unit, students, key) for unit in units)
    except (GraderError, OSError):  # the results are complete without a picture
        return units


def _drawn(unit: UnitResult, students: Students, key: AnswerKey) -> UnitResult:
    exercises = (
        dataclasses.replace(e, pictures=_pictures(students, key, unit.name, e.name))
        if _to_be_drawn(e)
        else e
        for e in unit.exercises
    )
    return dataclasses.replace(unit, exercises=tuple(exercises))


def _to_be_drawn(exercise: ExerciseResult) -> bool:
    """What crashed or hung in a test would do so again."""
    outcomes = {test.outcome for test in exercise.tests}
    return Outcome.FAILED in outcomes and not outcomes & {Outcome.CRASHED, Outcome.TIMED_OUT}


def _pictures(students: Students, key: AnswerKey, unit: str, exercise: str) -> tuple[Picture, ...]:
    try:
        runner = students.runner(unit)
    except (NotStarted, Blocked):  # it loaded for the tests, but not this time
        return ()
    tape = key.picture_tape(unit, exercise)
    student, reference = Subject(runner, ""), key.reference(unit, tape)
    with playing(tape):
        found = pictures_of(key.suites, unit, exercise, student, reference)
    runner.take_printed()
    runner.finish_test()
    return found


def pictures_of(
    suites: Path, unit: str, exercise: str, student: Subject, reference: Subject
) -> tuple[Picture, ...]:
    """What there is to see of an exercise; nothing if drawing it fails, whoever is at fault."""
    try:
        return draw(suites, unit, exercise, student, reference)
    except Exception:
        return ()


def draw(
    suites: Path, unit: str, exercise: str, student: Subject, reference: Subject
) -> tuple[Picture, ...]:
    """The same, but every error surfaces."""
    path = pictures_file(suites, unit)
    if not path.is_file():
        return ()
    function = getattr(load_module(path), exercise, None)
    if function is None:
        return ()
    drawn = function(student, reference)
    pictures = drawn if isinstance(drawn, tuple) else (drawn,)
    return tuple(p for p in pictures if isinstance(p, (Plot, Grid, Graph)))[:MOST_PICTURES]
