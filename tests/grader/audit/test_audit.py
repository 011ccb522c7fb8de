"""`grade audit` finds each kind of hole, and none where there is none."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.audit.audit import audit
from grader.audit.equivalents import read_equivalents
from grader.audit.findings import Audit
from grader.audit.records import FILE
from grader.course.model import read_course
from grader.course.stubs import stubs_of
from grader.course.templates import MARKS
from grader.errors import CourseError
from grader.judge.options import ignore
from grader.sandbox.rehearsal import is_possible
from tests.grader.command import grade
from tests.grader.tiny_course import Unit, write_course, write_files

SOLUTION = '''
def double(x):
    """Return 2 x.

    >>> double(3)
    6
    """
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION
'''
BANK = '''
def double__half(x):
    """Twice as much is more, not less."""
    return x / 2


def double__squared(x):
    """x * x is the square of x."""
    return x * x


def double__unchanged(x):
    """Something has to be done to x."""
    return x
'''
SUITE = '''
from grader.suite import assert_same, exercise, fail, points


@exercise("double")
class TestDouble:
    @points(2)
    def test_every_number_is_doubled(self, student, reference, device, rng):
        """Every number is doubled."""
        x = rng.normal(4)
        assert_same(student.double(x), reference.double(x))
'''
ONE_MORE = '''
    @points(1)
    def test_more(self, student, reference, device, rng):
        """{title}"""
        {body}
'''
ONCE = f"{SUITE.replace('points(2)', 'points(1)')}{ONE_MORE}"


REHEARSED = SUITE.replace("points\n", "points, rehearsed\n").replace(
    "    @points", "    @rehearsed(calls=2)\n    @points"
)
DEVICES = '''
import torch


def double__twos_on_the_cpu(x):
    """torch.full(x.shape, 2.0) is made on the CPU; x is on the rehearsal device (as it would be
    on a GPU): say device=x.device.
    """
    return torch.full(x.shape, 2.0) * x if isinstance(x, torch.Tensor) else 2 * x


def double__by_numpy(x):
    """Something else than what is told."""
    return torch.from_numpy(2 * x.numpy())


def double__no_mistake(x):
    """This is right everywhere."""
    return x + x


def double__half(x):
    """This is wrong everywhere."""
    return x / 2
'''


def audited(**changed: Any) -> Unit:
    """A unit that is sound but for what is said."""
    whole = {"solution": SOLUTION, "bank": BANK, "suite": SUITE}
    return Unit(points=2, exercises={"double": ("What is 2 * 3?",)}, **whole | changed)


def units() -> dict[str, Unit]:
    at_zero = SUITE.replace("x = rng.normal(4)", "x = 0 * rng.normal(4)")
    careless = audited(
        solution=SOLUTION.replace("\n\n    >>> double(3)\n    6\n    ", ""),
        suite=SUITE.replace('"""Every number is doubled."""', "")
        + "# TODO: the laws of your task. A name states a law.\n"
        + "".join(f"# {mark}\n" for mark in MARKS if mark.startswith("TODO: the laws"))
        + "# TODO: something of the author's own\n",
        bank=BANK.split("def double__unchanged")[0],
    )
    begun = ONCE.format(title="Nothing is asked.", body="assert True")
    twins = BANK.replace("return x\n", "return x / 2.0\n")
    flaky = "student.double(1); SEEN.append(1)\n        if len(SEEN) in (2, 3): fail('tired')"
    flaky = "SEEN = []\n" + ONCE.format(title="It never tires.", body=flaky)
    silent = "if student.double(1) != 2: fail('no')"
    broken = ONCE.format(title="It breaks.", body="student.double(1); raise KeyError('gone')")
    return {
        "sound": audited(),
        "weak": audited(suite=at_zero),
        "careless": replace(careless, points=3, exercises={"double": ()}),
        "begun": audited(suite=begun, solution=SOLUTION.replace("    6\n", "    7\n")),
        "twins": audited(bank=twins.replace("return x * x", "raise NotImplementedError")),
        "flaky": audited(suite=flaky),
        "broken": audited(suite=broken),
        "devices": audited(suite=REHEARSED),
        "refused": audited(suite=ONCE.format(title="1 is doubled.", body=silent)),
    }


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = write_course(tmp_path_factory.mktemp("course"), **units())
    stubs = {f"exercises/{stub.path.name}": stub.text for stub in stubs_of(course)}
    rest = {
        "exercises/careless.py": SOLUTION,
        "tests/accepted/refused/other.py": "def double(x): return x + x + 1e-3\n",
        "tests/accepted/devices/other.py": "def double(x): return 2 * x.cpu()\n",
        "solutions/wrong/devices/devices.py": DEVICES,
        "solutions/equivalent.toml": equivalent("weak", '["return 3 * x"]', "At 0 it is the same.")
        + equivalent("weak", '"return 2 / x"', "")
        + equivalent("weak", '"return 5 * x"', "It looks like it."),
    }
    write_files(course.root, stubs | rest)
    return course.root


def equivalent(unit: str, after: str, reason: str) -> str:
    lines = f'exercise = "double"\nbefore = "return 2 * x"\nafter = {after}\nreason = "{reason}"\n'
    return f"[[{unit}]]\n{lines}\n"


@pytest.fixture(scope="module")
def found(root: Path) -> Audit:
    course = read_course(root)
    return audit(course, list(course.select([])), ignore, seeds=2, jobs=1)


MORE = {"refused"}
HOLES = {
    "weak": {
        "solutions/weak.py:9  no test notices this edit: return 1 * x",
        "solutions/wrong/weak.py:2  double__half gets full marks",
        "solutions/wrong/weak.py:7  double__squared gets full marks",
        "solutions/wrong/weak.py:12  double__unchanged gets full marks",
        "solutions/equivalent.toml:7  no reason is given",
        "solutions/equivalent.toml:7  a test does notice this edit: return 2 / x",
        "solutions/equivalent.toml:13  no mutant matches this entry: return 5 * x",
        "tests/hidden/test_weak.py:8  "
        "test_every_number_is_doubled gives points to whoever returns ",
    },
    "careless": {
        "exercises/careless.py  the stub is out of date",
        "course.toml:29  double has no hints",
        "course.toml:24  the tests of the unit are worth 2 points, but its entry says 3",
        "solutions/wrong/careless.py  double needs 3 wrong answers and has 2",
        "tests/hidden/test_careless.py:8  test_every_number_is_doubled has no title",
        "solutions/careless.py:2  double: its docstring has no example",
        "tests/hidden/test_careless.py:13  a line of grade new is left: TODO: the laws of",
    },
    "begun": {
        "tests/hidden/test_begun.py:14  "
        "the outcome of the stub at test_more is passed, not not_started",
        "tests/hidden/test_begun.py:14  "
        "test_more is redundant: no mutant and no wrong answer fails it",
        "solutions/begun.py:2  double: double(3) Expected: 7 Got: 6",
        "tests/hidden/test_begun.py:14  "
        "test_more gives points to whoever returns True or False or 0",
    },
    "twins": {
        "solutions/wrong/twins.py:2  double__half is not recognised: "
        "no test that it fails gives its correction",
        "solutions/wrong/twins.py:12  double__unchanged is not recognised: "
        "no test that it fails gives its correction",
        "solutions/wrong/twins.py:7  double__squared is not recognised: "
        "no test that it fails gives its correction",
        "solutions/wrong/twins.py:7  double__squared does not fail at "
        "test_every_number_is_doubled: its outcome is not_started",
    },
    "flaky": {
        "tests/hidden/test_flaky.py:15  the solution does not pass test_more with seed 1: tired",
        "tests/hidden/test_flaky.py:15  "
        "test_more is flaky: passed, then failed, with the same seed",
        "tests/hidden/test_flaky.py:15  "
        "test_more is redundant: no mutant and no wrong answer fails it",
        "tests/hidden/test_flaky.py:15  test_more gives points to whoever returns ",
    },
    "broken": {"solutions/broken.py  the grader failed on the solution: "},
    "devices": {
        "tests/accepted/devices/other.py  a correct answer would fail on a GPU at "
        "test_every_number_is_doubled with seed 0: x.cpu() is a copy on the CPU",
        "solutions/wrong/devices/devices.py:12  double__by_numpy is not told its sentence, but: "
        "NumPy only knows",
        "solutions/wrong/devices/devices.py:17  double__no_mistake would not fail on a GPU",
        "solutions/wrong/devices/devices.py:22  double__half does not pass "
        "test_every_number_is_doubled on the CPU",
    },
    "refused": {
        "tests/accepted/refused/other.py  a correct answer does not pass "
        "test_every_number_is_doubled with seed 0",
        "tests/accepted/refused/other.py  a correct answer does not pass test_more with seed 0",
        "solutions/wrong/refused.py:2  double__half is not explained at test_more",
    },
}


@pytest.mark.parametrize("unit", HOLES)
def test_a_planted_hole_is_found_and_nothing_else(found: Audit, unit: str) -> None:
    if unit == "devices" and not is_possible():
        pytest.skip("torch is older than 2.10")
    (audited,) = (audited for audited in found.units if audited.unit == unit)
    told = [
        f"{hole.place}  {hole.what}" + (f": {hole.change[1]}" if hole.change else "")
        for hole in audited.holes
    ]
    for expected in HOLES[unit]:
        assert any(text.startswith(expected) for text in told), told
    assert unit in MORE or len(told) == len(HOLES[unit]), told
    assert all(hole.mend.endswith(".") for hole in audited.holes)


def test_a_sound_unit_has_no_hole(found: Audit) -> None:
    sound = found.units[0]
    assert not sound.holes
    (row,) = sound.rows
    assert (row.exercise, row.tests, row.points) == ("double", 1, 2)
    assert row.wrong == row.wrong_caught == row.wrong_diagnosed == 3
    assert row.mutants == row.mutants_caught == 4


def test_mutants_that_are_explained_do_not_count_as_survivors(found: Audit) -> None:
    (row,) = found.units[1].rows
    assert (row.mutants_caught, row.mutants_equivalent, row.mutants_survived) == (2, 1, 1)


def test_an_unchanged_course_is_not_graded_again(root: Path, found: Audit) -> None:
    again = audit(read_course(root), ["sound"], ignore, seeds=2, jobs=1)
    assert (again.graded, again.units[0]) == (0, found.units[0])
    lines = (root / FILE).read_text().splitlines(keepends=True)
    mine = [line for line in lines if '"unit": "sound"' in line]
    others = [line for line in lines if line not in mine]
    stopped = [*others, *mine[:-3], mine[-3][:40]]  # in the middle of a line
    (root / FILE).write_text("".join(stopped))
    again = audit(read_course(root), ["sound"], ignore, seeds=2, jobs=1)
    assert (again.graded, again.units[0]) == (3, found.units[0])


def test_a_course_that_is_changed_is_graded_again(root: Path, found: Audit) -> None:
    suite = root / "tests" / "hidden" / "test_sound.py"
    before = suite.read_text()
    try:
        suite.write_text(f"{before}\n# changed\n")
        again = audit(read_course(root), ["sound"], ignore, seeds=2, sample=1, jobs=1)
    finally:
        suite.write_text(before)
    assert again.graded == again.total
    assert again.sampled
    assert again.units[0].rows[0].mutants == 1
    assert not again.holes


def test_the_command_says_what_it_found_and_ends_with_1(root: Path, found: Audit) -> None:
    done = grade(root, "audit", "sound", "weak", "--seeds", "2", "--jobs", "1")
    assert (done.returncode, done.stderr) == (1, "")
    assert max(map(len, done.stdout.split("\n"))) <= 80
    assert "solutions/weak.py:9  double: no test notices this edit" in done.stdout
    assert "    return 2 * x\n  → return 1 * x\n" in done.stdout
    assert "\n8 holes · " in done.stdout


def test_the_command_ends_with_0_where_there_is_no_hole(root: Path, found: Audit) -> None:
    done = grade(root, "audit", "sound", "--seeds", "2", "--jobs", "2", "--fresh")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\nNo holes · 27 gradings, 27 new · " in done.stdout


def test_a_part_of_a_unit_is_not_audited(root: Path) -> None:
    done = grade(root, "audit", "sound.double")
    assert done.returncode == 2
    assert "only whole units are audited: name sound instead" in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[nowhere]]\n", "there is no unit 'nowhere'"),
        ("[sound]\n", "write [[sound]]"),
        ("[[sound]]\nline = 3\n", ":1: unknown key 'line'"),
        ("[[sound]]\nafter = [1]\n", ":1: an entry holds strings"),
        ("not toml", "cannot be read"),
    ],
)
def test_a_list_of_equivalents_that_cannot_be_read_says_why(
    tmp_path: Path, text: str, said: str
) -> None:
    course = write_course(tmp_path, sound=audited())
    write_files(course.root, {"solutions/equivalent.toml": text})
    with pytest.raises(CourseError) as raised:
        read_equivalents(course)
    assert said in str(raised.value)
