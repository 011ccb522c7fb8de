"""What a teacher wants to know of a class, counted by the database itself: only the numbers, and
the few students whom a table names, are ever in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from grader.gradebook.store import MISSING, NEEDS_A_LOOK, Gradebook
from grader.report import Outcome, TestResult

MOST_LIKELY = 50  # misunderstandings that are told
MOST_LOWEST = 50  # students whose scores are the lowest
NAMED = 10  # students whom a row names

_COUNTED = "students AS s JOIN results AS r ON r.id = s.result"


@dataclass(frozen=True)
class Exercise:
    """How an exercise went: `share` of its points; `broke` crashed or ran out of time."""

    name: str
    graded: int
    passed: int
    not_started: int
    broke: int
    share: float


@dataclass(frozen=True)
class Test:
    """One test: how many were graded by it, and what became of them."""

    __test__ = False  # not a test class, whatever pytest makes of the name

    name: str
    title: str
    graded: int
    passed: int
    not_started: int

    @property
    def separates_nobody(self) -> str:
        """Why, or nothing where some pass and some do not."""
        if not self.graded or 0 < self.passed < self.graded:
            return ""
        return "all pass" if self.passed else "nobody passes"


@dataclass(frozen=True)
class Misunderstanding:
    """What was recognised in a failure, how many students have it, and one of their calls."""

    exercise: str
    likely: str
    students: int
    called: str
    got: str


@dataclass(frozen=True)
class Broke:
    """Crashes of an exercise, or those who ran out of time, and the first of the students."""

    exercise: str
    outcome: str
    students: int
    named: tuple[str, ...]


@dataclass(frozen=True)
class Needy:
    """A student to look at, and why."""

    student: str
    name: str
    score: str
    why: str


@dataclass(frozen=True)
class Scores:
    """How many students there are, and how the shares of points of those with a score fall:
    `tenths` counts 0 to 9 %, 10 to 19 % and so on, and at last full marks."""

    students: int
    statuses: dict[str, int]
    tenths: tuple[int, ...]
    scored: int
    mean: float | None
    median: float | None


def scores(book: Gradebook) -> Scores:
    statuses = dict(_all(book, "SELECT status, COUNT(*) FROM students GROUP BY status"))
    shares = _all(
        book,
        f"SELECT 100.0 * score / MAX(max_score, 1) AS share, COUNT(*) FROM {_COUNTED} "
        "WHERE score IS NOT NULL GROUP BY share ORDER BY share",
    )
    tenths = [0] * 11
    for share, times in shares:
        tenths[min(int(share // 10), 10)] += times
    scored = sum(tenths)
    mean = sum(share * times for share, times in shares) / scored if scored else None
    return Scores(
        sum(statuses.values()), statuses, tuple(tenths), scored, mean, _median(shares, scored)
    )


def _median(shares: Sequence[Any], scored: int) -> float | None:
    middle, passed, found = ((scored - 1) // 2, scored // 2), 0, []
    for share, times in shares:
        found += [share for at in middle if passed <= at < passed + times]
        passed += times
    return sum(found) / 2 if found else None


def exercises(book: Gradebook) -> list[Exercise]:
    """In the order of the course, as far as tests tell it."""
    return [
        Exercise(f"{unit}.{name}", *counts)
        for unit, name, *counts in _all(
            book,
            "SELECT e.unit, e.exercise, COUNT(*), SUM(e.status = ?), SUM(e.status = ?), "
            "SUM(e.status IN (?, ?)), 100.0 * SUM(COALESCE(e.score, 0)) / MAX(SUM(e.max_score), 1) "
            "FROM students AS s JOIN exercises AS e USING (result) LEFT JOIN "
            "(SELECT unit, exercise, MIN(position) AS position FROM tests GROUP BY unit, exercise) "
            "AS t USING (unit, exercise) GROUP BY e.unit, e.exercise "
            "ORDER BY t.position IS NULL, t.position, e.unit, e.exercise",
            *(Outcome.PASSED, Outcome.NOT_STARTED, Outcome.CRASHED, Outcome.TIMED_OUT),
        )
    ]


def tests(book: Gradebook) -> list[Test]:
    return [
        Test(f"{unit}.{exercise}.{test}", title, graded, graded - missed, not_started)
        for unit, exercise, test, title, graded, missed, not_started in _all(
            book,
            "WITH graded AS (SELECT unit, exercise, COUNT(*) AS n FROM students "
            "JOIN exercises USING (result) GROUP BY unit, exercise), "
            "missed AS (SELECT unit, exercise, test, COUNT(*) AS n, "
            "SUM(outcome IN (?, ?)) AS unbegun FROM students JOIN lost USING (result) "
            "GROUP BY unit, exercise, test) "
            "SELECT t.unit, t.exercise, t.test, title, COALESCE(g.n, 0), COALESCE(m.n, 0), "
            "COALESCE(m.unbegun, 0) FROM tests AS t LEFT JOIN graded AS g USING (unit, exercise) "
            "LEFT JOIN missed AS m USING (unit, exercise, test) ORDER BY position",
            *(Outcome.NOT_STARTED, Outcome.BLOCKED),
        )
    ]


def misunderstandings(book: Gradebook) -> Iterator[Misunderstanding]:
    """The commonest first; the example is a call of one of them, and says not whose."""
    for unit, exercise, likely, students, result in _all(
        book,
        "SELECT unit, exercise, likely, COUNT(DISTINCT student) AS n, MIN(result) "
        "FROM students JOIN lost USING (result) WHERE likely IS NOT NULL "
        "GROUP BY unit, exercise, likely ORDER BY n DESC, unit, exercise, likely LIMIT ?",
        MOST_LIKELY,
    ):
        shown = _example(book, result, (unit, exercise, likely))
        got = (shown.got or shown.message or "") if shown else ""
        called = (shown.called or "") if shown else ""
        yield Misunderstanding(f"{unit}.{exercise}", likely, students, called, got)


def _example(book: Gradebook, result: int, wanted: tuple[str, str, str]) -> TestResult | None:
    found = [t for t in book.report(result).tests if (t.unit, t.exercise, t.likely) == wanted]
    return min(found, key=lambda test: (test.called is None, test.got is None), default=None)


def broke(book: Gradebook) -> Iterator[Broke]:
    """What crashed or ran out of time, the commonest first."""
    for unit, exercise, outcome, students in _all(
        book,
        "SELECT unit, exercise, outcome, COUNT(DISTINCT student) AS n FROM students "
        "JOIN lost USING (result) WHERE outcome IN (?, ?) GROUP BY unit, exercise, outcome "
        "ORDER BY n DESC, unit, exercise, outcome",
        *(Outcome.CRASHED, Outcome.TIMED_OUT),
    ):
        named = _all(
            book,
            "SELECT DISTINCT student FROM students JOIN lost USING (result) "
            "WHERE (unit, exercise, outcome) = (?, ?, ?) ORDER BY student LIMIT ?",
            *(unit, exercise, outcome, NAMED),
        )
        yield Broke(f"{unit}.{exercise}", outcome, students, tuple(name for (name,) in named))


def needy(book: Gradebook) -> Iterator[Needy]:
    """Those without a score or with something to look at, and then the lowest tenth."""
    words = {NEEDS_A_LOOK: "needs a look", MISSING: "missing", Outcome.GRADER_FAULT: "no score"}
    told: set[str] = set()
    for student, name, status, note, score, most in _all(
        book,
        "SELECT s.student, name, s.status, note, score, max_score FROM students AS s "
        "LEFT JOIN results AS r ON r.id = s.result WHERE s.status IN (?, ?, ?) "
        "ORDER BY s.status, s.student",
        *words,
    ):
        told.add(student)
        shown = "" if score is None else f"{score}/{most}"
        yield Needy(student, name, shown, f"{words[status]}{f': {note}' if note else ''}")
    (scored,) = _all(book, f"SELECT COUNT(*) FROM {_COUNTED} WHERE score IS NOT NULL")[0]
    for student, name, score, most in _all(
        book,
        f"SELECT s.student, name, score, max_score FROM {_COUNTED} WHERE score < max_score "
        "ORDER BY 1.0 * score / max_score, s.student LIMIT ?",
        min(max(3, scored // 10), MOST_LOWEST),
    ):
        if student not in told:
            yield Needy(student, name, f"{score}/{most}", "one of the lowest scores")


def _all(book: Gradebook, asked: str, *values: object) -> list[Any]:
    return book.db.execute(asked, values).fetchall()
