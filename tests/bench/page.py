"""The page of a generated class, without judging it: `python tests/bench/page.py 2000 class.html`.

To look at, on a phone, a desk and on paper; it prints how long the page took, and its size.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from grader.course.bank import read_bank  # noqa: E402
from grader.course.model import read_course  # noqa: E402
from grader.gradebook.page import render  # noqa: E402
from grader.gradebook.similar import Group  # noqa: E402
from grader.gradebook.store import MISSING, NEEDS_A_LOOK, Gradebook, Key, Row  # noqa: E402
from grader.report import (  # noqa: E402
    ExerciseResult,
    Outcome,
    Report,
    TestResult,
    UnitResult,
)

NAMES = ("Ann O'Neil", "李 王", "Bob Featherstonehaugh-Cholmondeley", "<b>Cid</b>", "=1+1", "")
GOT = "tensor([[nan, nan, nan, nan], [nan, nan, nan, nan]])"
LOOK = "there is homework.docx; no unit in the folder: expected one of the units, or exercises/"


class Class:
    """Students of the course as it stands; what their tests say is drawn."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.course = read_course(ROOT)
        self.likely: dict[tuple[str, str], list[str]] = {}
        for unit in self.course.units:
            for wrong in read_bank(self.course, unit.name):
                known = self.likely.setdefault((unit.name, wrong.exercise), [])
                known.append(wrong.correction)

    def test(self, unit: str, exercise: str, number: int, skill: float) -> TestResult:
        passed = self.draw.random() < skill
        others = [Outcome.FAILED] * 8 + [Outcome.CRASHED, Outcome.TIMED_OUT, Outcome.NOT_STARTED]
        outcome = Outcome.PASSED if passed else self.draw.choice(others)
        test = TestResult(unit, exercise, f"test_law_{number}_of_it", f"Law {number}.", outcome, 2)
        if outcome is not Outcome.FAILED:
            return test
        likely = self.draw.choice([*self.likely.get((unit, exercise), []), None])
        called = f"{exercise}(tensor([[997., 996.8], [998.5, 1000.]], requires_grad=True))"
        return TestResult(
            *(unit, exercise, test.name, test.title, outcome, 2),
            called=called,
            got=GOT,
            likely=likely,
        )

    def report(self, skill: float) -> Report:
        units = (
            UnitResult(
                unit.name,
                unit.title,
                tuple(
                    ExerciseResult(
                        each.name,
                        tuple(self.test(unit.name, each.name, n, skill) for n in (1, 2, 3)),
                    )
                    for each in unit.exercises
                ),
            )
            for unit in self.course.units
        )
        return Report(tuple(units), 7, "cpu")

    def fill(self, book: Gradebook, count: int) -> None:
        book.db.execute("PRAGMA synchronous=OFF")
        for n in range(count):
            row = Row(f"student{n}@university.example.edu" if n % 3 else f"{n}", NAMES[n % 6])
            if n % 23 == 5:
                status, note = (MISSING, "") if n % 2 else (NEEDS_A_LOOK, LOOK)
                book.put(Row(row.student, row.name, status=status, note=note), None)
                continue
            made = self.report(min(1, max(0.05, self.draw.gauss(0.7, 0.25))))
            graded = Row(row.student, row.name, status=made.status)
            book.add(graded, Key(f"{n}", None, "course"), made, "2026-11-28T10:00:00+00:00", {})
        book.set_tests(self.report(1), "course")


def main(count: int, page: Path) -> None:
    with tempfile.TemporaryDirectory() as name, Gradebook(Path(name) / "c.db", new=True) as book:
        Class(7).fill(book, count)
        started = time.perf_counter()
        text = render(book, [Group("sgd", ("0", "3"), 0.92)])
        took = time.perf_counter() - started
    page.write_text(text, "utf-8")
    print(f"{count} students: {took:.2f} s, {len(text.encode()) / 1e6:.2f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
