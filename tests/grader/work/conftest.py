"""A course of two units, and one session that grades whatever files are handed in."""

import re
from dataclasses import replace

import pytest

from grader.judge.options import Options
from grader.judge.session import Session
from grader.sandbox.limits import Limits
from grader.work.submission import read_submission
from tests.grader.tiny_course import Unit


@pytest.fixture(scope="package")
def course(make_course):
    return make_course(noted=Unit(), sibling=Unit())


@pytest.fixture(scope="package")
def unit(course):
    return course.units[0].name


@pytest.fixture(scope="package")
def session(course):
    limits = replace(Limits(), call_seconds=2.0)
    with Session(course, Options(limits=limits), own_work=True) as session:
        yield session


@pytest.fixture
def grade(course, session, write):
    """Grade files, of which UNIT is the first unit and OTHER the second."""

    def named(text):
        names = {"UNIT": course.units[0].name, "OTHER": course.units[1].name}
        return re.sub("UNIT|OTHER", lambda found: names[found[0]], text)

    def grade(files):
        files = {named(name): data for name, data in files.items()}
        files = {n: named(d).encode() if isinstance(d, str) else d for n, d in files.items()}
        work = read_submission(write(files), [u.name for u in course.units])
        return session.grade(work, course.select([course.units[0].name]), seed=1)

    return grade


def said(report):
    texts = [*report.notes, *(unit.message for unit in report.units)]
    for test in report.tests:
        texts += [test.message, test.got, test.likely, str(test.location)]
    return "\n".join(filter(None, texts))
