"""What hostile submissions are graded within, in the process that stays warm: the course knows one
wrong answer for each exercise.

To compare each failed test with the whole bank would be most of what the judge does here. What a
run reads of this course, it has read once, and each suite is collected.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from unittest import mock

from grader.course.bank import WrongAnswer, read_bank, text_of
from grader.course.model import Course, read_course
from grader.judge.options import Options
from grader.judge.pytest_run import Suite
from grader.judge.session import Session
from grader.work.submission import Source, Submission

from .cases import ROOT

collected = cache(Suite)


@cache
def one_of_each(course: Course, unit: str) -> tuple[WrongAnswer, ...]:
    return tuple({answer.exercise: answer for answer in read_bank(course, unit)}.values())


@contextmanager
def within() -> Iterator[None]:
    bank = mock.patch("grader.judge.diagnosis.read_bank", one_of_each)
    with bank, mock.patch("grader.judge.pytest_run.Suite", collected):
        yield


@cache
def prepare() -> None:
    """Grade a wrong answer for each unit: what it takes to compare and to tell them is there."""
    course = read_course(ROOT)
    answers = {unit: one_of_each(course, unit)[0] for unit in course.everything}
    work = {unit: Source(f"{unit}.py", text_of(course, answers[unit])) for unit in answers}
    with within(), Session(course, Options(), own_work=True) as session:
        session.grade(Submission(ROOT, work), course.select([]))
