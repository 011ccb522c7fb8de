"""The warm process of these tests: its courses know one wrong answer for each exercise.

To compare each failed test with the whole bank would be most of what the judge does here.
"""

from unittest import mock

from grader.course.bank import WrongAnswer, read_bank
from grader.course.model import Course
from tests.grader.warm import serve


def one_of_each(course: Course, unit: str) -> tuple[WrongAnswer, ...]:
    return tuple({answer.exercise: answer for answer in read_bank(course, unit)}.values())


if __name__ == "__main__":
    with mock.patch("grader.judge.diagnosis.read_bank", one_of_each):
        serve()
