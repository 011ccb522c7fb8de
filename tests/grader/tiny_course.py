"""Courses small enough to be written for one test: `write_course(folder, tiny=Unit())`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.course.model import Course, read_course

TITLES = {"double": "twice as much", "halve": "half as much"}
EXERCISES = {
    "double": ("What is 2 * 3?", "Multiplication works on whole tensors.", "return 2 * x"),
    "halve": (),
}
SOLUTION = '''
def double(x):
    """Return 2 x."""
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION


def halve(x):
    """Return x / 2."""
    # BEGIN SOLUTION
    return x / 2
    # END SOLUTION
'''
HALVE_TESTS = '''
@exercise("halve")
class TestHalve:
    @points(2)
    def test_every_number_is_halved(self, student, reference, device, rng):
        """Every number is halved."""
        x = rng.normal(4)
        assert_same(student.halve(x), reference.halve(x))
'''
SUITE = f'''
from grader.suite import assert_same, exercise, points


@exercise("double")
class TestDouble:
    @points(3)
    def test_every_number_is_doubled(self, student, reference, device, rng):
        """Every number is doubled."""
        x = rng.normal(4)
        assert_same(student.double(x), reference.double(x))

{HALVE_TESTS}'''
# A test of `double` that raises on its own, beside one of `halve` that is sound.
FAULTY_SUITE = '''
from grader.suite import exercise, points


@exercise("double")
class TestDouble:
    @points(3)
    def test_the_suite_is_wrong(self, student, device):
        """The suite is wrong."""
        student.double(1)
        raise KeyError("nobody's fault but ours")


@exercise("halve")
class TestHalve:
    @points(2)
    def test_sound(self, student, device):
        """This one is sound."""
        assert student.halve(2) == 1
'''
# What learners hand in.
RIGHT = "def double(x): return x + x\ndef halve(x): return x / 2\n"
HALF = "def double(x): return x + x\ndef halve(x): return x / 3\n"
STUB = 'def double(x):\n    raise NotImplementedError("double")\n\n\n'
STUBS = STUB + STUB.replace("double", "halve")


@dataclass(frozen=True, kw_only=True)
class Unit:
    """What an author writes of a unit. What is not said is sound: `double` and `halve`."""

    title: str = "A tiny unit"
    summary: str = ""
    reading: tuple[str, ...] = ()
    points: int = 5
    exercises: Mapping[str, tuple[str, ...]] = field(default_factory=EXERCISES.copy)  # with hints
    solution: str = SOLUTION
    suite: str = SUITE
    bank: str | None = None
    ids: Mapping[str, str] = field(default_factory=dict)  # of exercises that were renamed

    def entry(self, name: str) -> str:
        """Its part of course.toml."""
        told = {"title": self.title, "summary": self.summary, "reading": self.reading}
        lines = ["", "[[unit]]", f'name = "{name}"', f"points = {self.points}"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in told.items()]
        for exercise, hints in self.exercises.items():
            lines += ["", "[[unit.exercise]]", f'name = "{exercise}"']
            lines += [f'title = "{TITLES.get(exercise, exercise)}"', f"hints = {json.dumps(hints)}"]
            lines += [f'id = "{self.ids[exercise]}"'] if exercise in self.ids else []
        return "\n".join([*lines, ""])


def write_course(root: Path, **units: Unit) -> Course:
    """Write a course into a folder; without units it has a sound one, `tiny`."""
    units = units or {"tiny": Unit()}
    files = {
        "course.toml": 'title = "tiny"\n' + "".join(u.entry(name) for name, u in units.items())
    }
    for name, unit in units.items():
        files[f"solutions/{name}.py"] = unit.solution
        files[f"tests/hidden/test_{name}.py"] = unit.suite
        if unit.bank is not None:
            files[f"solutions/wrong/{name}.py"] = unit.bank
    write_files(root, files)
    (root / "exercises").mkdir(exist_ok=True)
    return read_course(root)


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files, byte by byte, and the folders that they lie in."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
