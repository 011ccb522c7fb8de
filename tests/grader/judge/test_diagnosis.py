"""What a learner reads when the work behaves like a wrong answer that is known."""

import pytest

from grader.judge.options import Options
from grader.judge.session import Session
from grader.work.submission import Source, Submission
from tests.grader.tiny_course import HALVE_TESTS, Unit

SUITE = f'''
import torch

from grader.suite import assert_raises, assert_same, exercise, points


@exercise("double")
class TestDouble:
    @points(1)
    def test_every_number_is_doubled(self, student, reference, device, rng):
        """Every number is doubled."""
        x = rng.normal(4)
        assert_same(student.double(x), reference.double(x), likely="The suite's own words.")

    @points(1)
    def test_text_is_refused(self, student, device, rng):
        """Text is refused with a TypeError."""
        assert_raises(TypeError, lambda: student.double("text"), likely="The suite's own words.")

    @points(1)
    def test_x_stays(self, student, reference, device, rng):
        """x stays as it was."""
        x = rng.uniform(1, 2, 3)
        before = x.clone()
        assert_same(student.double(x), 2 * before)

{HALVE_TESTS}'''
SOLUTION = """
import warnings

import torch

def double(x):
    if isinstance(x, str):
        raise TypeError("text")
    return 2 * x

def halve(x):
    return x / 2
"""
BANK = '''
def double__squared(x):
    """x times x is the square."""
    if isinstance(x, str):
        raise TypeError("text")
    return x * x

def double__unchecked(x):
    """Text can be multiplied, too."""
    return 2 * x

def double__nothing_checked_and_squared(x):
    """Two things are wrong."""
    return 2 * x if isinstance(x, str) else x * x

def double__in_place(x):
    """*= changes x itself."""
    if isinstance(x, str):
        raise TypeError("text")
    x *= 2
    return x

def double__negative_refused(x):
    """Numbers below 0 can be doubled as well."""
    if isinstance(x, str):
        raise TypeError("text")
    if (x < 0).any():
        raise ValueError("negative")
    return 2 * x

def double__noise(x):
    """Chance has no place here.

    https://example.org/chance
    """
    if isinstance(x, str):
        raise TypeError("text")
    return 2 * x + torch.rand_like(x)

def double__broken(x):
    """Only numbers are multiplied."""
    return 2 * x.real if not isinstance(x, str) else x.nothing

def halve__same(x):
    """The same."""
    return x

def halve__half_of_it(x):
    """Another reason."""
    return x * 1

def halve__nearly(x):
    """A half is 0.5."""
    return x * 0.50008

def halve__refused(x):
    """Every tensor has a half."""
    raise ValueError("no half of this")

def halve__one_too_far(x):
    """There is no number so far behind."""
    return x[60]

def halve__third(x):
    """A third is less than a half."""
    warnings.warn("not in the judge")
    return x / 3
'''
CHECKED = "    if isinstance(x, str): raise TypeError('text')\n"
HALVE = "def halve(x): return x / 2\n"


@pytest.fixture(scope="module")
def course(make_course):
    known = Unit(suite=SUITE, solution=SOLUTION, bank=BANK)
    return make_course(known=known, broken=Unit(bank="def double__x(x:\n"))


@pytest.fixture(scope="module")
def session(course):
    with Session(course, Options(), own_work=True) as session:
        yield session


@pytest.fixture
def graded(session):
    def graded(text, unit="known"):
        submission = Submission(session.course.root, {unit: Source(f"{unit}.py", text)})
        return session.grade(submission, session.course.select([unit]))

    return graded


@pytest.fixture
def read(graded):
    """What is said of each failed test."""

    def read(text):
        tests = [test for test in graded(text).tests if test.outcome == "failed"]
        return {test.name: test.likely for test in tests}

    return read


def test_work_that_behaves_like_a_known_wrong_answer_reads_its_sentence(read):
    work = f"import torch\ndef double(y):\n{CHECKED.replace('x', 'y')}    return torch.pow(y, 2)\n"
    said = read(work + HALVE)
    assert set(said.values()) == {"x times x is the square."}


def test_a_wrong_answer_that_warns_is_recognised_without_a_word(read):
    said = read("import torch\ndef double(x): return x + x\ndef halve(x): return x / 3\n")
    assert said["test_every_number_is_halved"] == "A third is less than a half."


def test_a_missing_exception_is_recognised(read):
    said = read("def double(x): return x + x\n" + HALVE)
    assert said == {"test_text_is_refused": "Text can be multiplied, too."}


def test_an_error_is_recognised_by_all_of_its_words(read):
    work = f"def double(x):\n{CHECKED}    return 2 * x\ndef halve(x): return x[%d]\n"
    assert "There is no number so far behind." in read(work % 60).values()
    assert "There is no number so far behind." not in read(work % 61).values()


def test_an_argument_that_was_changed_is_recognised(read):
    said = read(f"def double(x):\n{CHECKED}    x += x\n    return x\n" + HALVE)
    assert set(said.values()) == {"*= changes x itself."}


def test_what_is_refused_is_recognised_in_any_words(read):
    refused = "    if x.min() < 0: raise ValueError(f'{x.min()} is below 0')\n"
    said = read(f"def double(x):\n{CHECKED}{refused}    return x + x\n" + HALVE)
    assert said == {"test_every_number_is_doubled": "Numbers below 0 can be doubled as well."}


def test_the_same_random_numbers_are_recognised_and_the_page_is_named(read):
    work = f"import torch\ndef double(x):\n{CHECKED}    return torch.rand_like(x) + x + x\n"
    said = read(work + HALVE)
    assert set(said.values()) == {"Chance has no place here. Read https://example.org/chance"}


def test_whoever_explains_more_failures_is_preferred(read):
    said = read("def double(x): return x + x if isinstance(x, str) else x * x\n" + HALVE)
    assert set(said.values()) == {"Two things are wrong."}


def test_another_wrong_answer_is_not_guessed_at(read):
    said = read(f"def double(x):\n{CHECKED}    return x * x + 1\n" + HALVE)
    assert said["test_every_number_is_doubled"] == "The suite's own words."


def test_an_answer_that_fails_what_the_work_passes_is_no_explanation(read):
    # It raises for text, as double__broken does, but passes what that one fails.
    work = "def double(x):\n    if isinstance(x, str): return x.nothing\n    return 2 * x.real\n"
    assert "Only numbers are multiplied." in read(work + HALVE).values()
    said = read(
        "def double(x):\n    if isinstance(x, str): return 1\n    return x * x * 0 + 2 * x\n"
    )
    assert said["test_text_is_refused"] == "The suite's own words."


def test_an_answer_must_be_nearer_to_the_work_than_what_is_right(read):
    double = f"def double(x):\n{CHECKED}    return 2 * x\n"
    said = read(f"{double}def halve(x): return x * 0.50008\n")
    assert said["test_every_number_is_halved"] == "A half is 0.5."
    said = read(f"{double}def halve(x): return x * 0.50012\n")
    assert said["test_every_number_is_halved"] != "A half is 0.5."


def test_what_the_work_raises_is_recognised_whatever_it_says(read):
    said = read(f"def double(x):\n{CHECKED}    return 2 * x\ndef halve(x): raise ValueError(7)\n")
    assert said["test_every_number_is_halved"] == "Every tensor has a half."


def test_of_two_sentences_that_fit_neither_is_said(read):
    said = read(f"def double(x):\n{CHECKED}    return 2 * x\ndef halve(x): return x + 0\n")
    assert said["test_every_number_is_halved"] not in ("The same.", "Another reason.")


@pytest.mark.parametrize(
    "immense",
    [
        "torch.zeros(1).expand(2**40)",
        "torch.zeros(1).expand(2**24).clone()",
        "['x' * 10**5] * 100",
        "[torch.zeros(2**18)] * 50",
        "x.resize_(2**22)",
        "torch.zeros(4).to(torch.float8_e5m2)",
        "torch.zeros(4, dtype=torch.complex32)",
    ],
)
def test_what_is_immense_or_strange_is_left_alone(graded, immense):
    report = graded(f"import torch\ndef double(x):\n    return {immense}\n" + HALVE)
    assert report.score == 2
    assert not report.notes


def test_right_work_is_never_diagnosed(graded):
    report = graded(f"def double(x):\n{CHECKED}    return x + x\n" + HALVE)
    assert report.score == 5
    assert not any(test.likely for test in report.tests)
    assert not report.notes


def test_a_broken_bank_costs_nothing_but_its_sentences(graded):
    report = graded("def double(x): return x\ndef halve(x): return x / 2\n", unit="broken")
    assert report.score == 2
    (note,) = report.notes
    assert "wrong answers could not be compared" in note
