"""A course with visible and hidden tests, a reference that is recorded, and a bank."""

from pathlib import Path

from grader.course.model import Course
from tests.grader import tiny_course
from tests.grader.tiny_course import Unit, write_files

SOLUTION = '''
"""Scaling: how to make more of x, or less."""


def double(x):
    """Return 2 x."""
    # BEGIN SOLUTION
    twice_as_much_as_before = x + x
    return twice_as_much_as_before
    # END SOLUTION


def halve(x):
    """Return x / 2."""
    # BEGIN SOLUTION
    return x.div(2) if x.is_floating_point() else x / 2
    # END SOLUTION
'''
SUITE = '''
"""Hidden suite of scaling: the secret idea is to add."""

import math

import torch

from grader.suite import assert_raises, assert_same, exercise, points, recorded, visible

MORE = "Twice as much is more than that."
ONLY_HIDDEN = "The hidden tests say this and nobody else."


@recorded
def added_to_itself(x):
    """What doubling gives."""
    nobody_shall_read_this = x.clone()
    return nobody_shall_read_this + x


@recorded
def doubles_gone_wrong(x):
    """What mistakes give, and what to say about each."""
    yield x * x, "This is the square."
    yield x + 2, "This is two more, not twice as much."


def check(got, x):
    assert_same(got, added_to_itself(x), mistakes=doubles_gone_wrong(x), likely=MORE)


def check_secretly(got, x):
    assert_same(got, torch.mul(x, 2), likely=ONLY_HIDDEN)


@exercise("double")
class TestDouble:
    @visible
    @points(2)
    def test_every_number_is_doubled(self, student, device, rng):
        """Every number is doubled."""
        for size in (rng.integer(2, 5), 20):
            check(student.double(rng.uniform(1, 2, size)), rng.uniform(1, 2, size))

    @points(1)
    def test_large_numbers_too(self, student, device, rng):
        """Large numbers are doubled, too."""
        x = 1e6 * rng.normal(4)
        check_secretly(student.double(x), x)


@exercise("halve")
class TestHalve:
    @visible
    @points(3)
    def test_every_number_is_halved(self, student, reference, device, rng):
        """Every number is halved."""
        x = rng.normal(4)
        with open(student.data("few.csv"), encoding="utf-8") as file:
            given = torch.tensor([float(cell) for cell in file.read().split(",")])
        for some in (x, given):
            assert_same(student.halve(some), reference.halve(some))

    @points(1)
    def test_whole_numbers_become_floats(self, student, device):
        """Half of a whole number may be a fraction."""
        assert_same(student.halve(torch.tensor([3, math.floor(5.5)])), torch.tensor([1.5, 2.5]))
'''.replace(
    "check(student.double(rng.uniform(1, 2, size)), rng.uniform(1, 2, size))",
    "x = rng.uniform(1, 2, size)\n            check(student.double(x), x)",
)
BANK = '''
def double__one_more(x):
    """One more is not twice as much."""
    return x + 1


def double__times_three(x):
    """Three times is more than twice."""
    return 3 * x


def halve__floored(x):
    """// drops what is behind the point. / keeps it."""
    return x // 2
'''
EQUIVALENT = """
[[{unit}]]
exercise = "halve"
before = "return x.div(2) if x.is_floating_point() else x / 2"
after = ["return x.div(2.0) if x.is_floating_point() else x / 2"]
reason = "2 is 2.0."
"""


def write_course(root: Path, *units: str) -> Course:
    """Write a course of such units; without names it has one, `scaling`."""
    units = units or ("scaling",)
    course = Unit(
        title="Scaling",
        points=7,
        exercises={"double": (), "halve": ()},
        solution=SOLUTION.lstrip(),
        suite=SUITE.lstrip(),
        bank=BANK,
    )
    others = {
        "solutions/equivalent.toml": "".join(EQUIVALENT.format(unit=unit) for unit in units),
        "docs/course.md": "# The contract\n"
        + "".join(f"\n## {unit}\n\nScale.\n" for unit in units),
        ".torchkata-secret": "the inputs follow from this\n",
    }
    for unit in units:
        others[f"tests/hidden/data_{unit}/few.csv"] = "1,2,3\n"
        others[f"tests/hidden/data_{unit}/hidden.csv"] = "4,5,6\n"
        others[f"tests/accepted/{unit}/other.py"] = "halved_in_another_way = x.mul(0.5)\n"
    write_files(root, others)
    return tiny_course.write_course(root, **dict.fromkeys(units, course))
