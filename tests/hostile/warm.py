"""The warm process of these tests: its courses know one wrong answer for each exercise.

To compare each failed test with the whole bank would be most of what the judge does here. What a
run reads of this course, it has read once.
"""

from unittest import mock

from grader.course.bank import WrongAnswer, read_bank
from grader.course.model import Course, read_course
from grader.judge.options import Options
from grader.judge.session import Session
from grader.work.submission import read_submission
from tests.grader.warm import serve

from .cases import ROOT


def one_of_each(course: Course, unit: str) -> tuple[WrongAnswer, ...]:
    return tuple({answer.exercise: answer for answer in read_bank(course, unit)}.values())


def grade_stubs() -> None:
    course = read_course(ROOT)
    stubs = read_submission(course.exercises_folder, list(course.everything))
    with Session(course, Options(), own_work=True) as session:
        session.grade(stubs, course.select([]))


if __name__ == "__main__":
    with mock.patch("grader.judge.diagnosis.read_bank", one_of_each):
        serve(grade_stubs)
