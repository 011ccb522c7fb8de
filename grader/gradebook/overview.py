"""What a teacher wants to know of a class, counted by the database itself: only the numbers, and
the few students whom a table names, are ever in memory."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from grader.formats.parts.text import excerpt, one_line
from grader.gradebook.similar import Group
from grader.gradebook.store import MISSING, NEEDS_A_LOOK, Gradebook
from grader.report import Outcome

MOST_LIKELY = 50  # misunderstandings that are told
MOST_LOWEST = 50  # students whose scores are the lowest
NAMED = 10  # students whom a row names
Cells = tuple[str, ...]

HINT = (
    "A hint to look, never a verdict: much the same steps, whatever the names and the layout. "
    "Students who work together, or from one example, write so too."
)
_COUNTED = "students AS s JOIN results AS r ON r.id = s.result"
_OUTCOMES = {Outcome.CRASHED: "crashed", Outcome.TIMED_OUT: "ran out of time"}


@dataclass(frozen=True)
class Scores:
    """How many students there are by status, and how the shares of points of the scored ones fall:
    `tenths` counts 0 to 9 %, 10 to 19 % and so on, and at last full marks."""

    statuses: dict[str, int]
    tenths: tuple[int, ...]
    mean: float | None
    median: float | None


@dataclass(frozen=True)
class Table:
    """Rows of text; each column has a title, and the class of its cells, which says how wide they
    are and how they sort. A `hint` says how to read it."""

    title: str
    columns: dict[str, str]
    rows: list[Cells]
    hint: str = ""


def scores(book: Gradebook) -> Scores:
    statuses = dict(_all(book, "SELECT status, COUNT(*) FROM students GROUP BY status"))
    asked = f"SELECT 100.0 * score / MAX(max_score, 1) FROM {_COUNTED} WHERE score IS NOT NULL"
    shares = [share for (share,) in _all(book, asked)]
    times = Counter(min(int(share // 10), 10) for share in shares)
    return Scores(
        statuses,
        tuple(times[tenth] for tenth in range(11)),
        fmean(shares) if shares else None,
        median(shares) if shares else None,
    )


def tables(book: Gradebook, groups: Sequence[Group]) -> list[Table]:
    """All but the scores, what is most urgent first."""
    needy = {"Student": "name", "Name": "name", "Score": "number", "Why": "long"}
    misunderstandings = {
        "Exercise": "name",
        "What is likely": "long",
        "Students": "number",
        "For example": "long",
    }
    counts = ("Passed", "Pass rate", "Points", "Not started", "Broke")
    exercises = {"Exercise": "name"} | dict.fromkeys(counts, "number")
    tests = {
        "Test": "name",
        "What it says": "long",
        "Passed": "number",
        "Pass rate": "number",
        "Not started": "number",
        "Separates nobody": "",
    }
    broke = {"Exercise": "name", "Outcome": "", "Students": "number", "Who": "long"}
    similar = {"Unit": "", "In common": "number", "Students": "number", "Who": "long"}
    students = {
        "Student": "name",
        "Name": "name",
        "Score": "number",
        "Of": "number",
        "State": "",
        "Note": "long",
    }
    return [
        Table("Who needs help", needy, list(_needy(book))),
        Table("Misunderstandings", misunderstandings, list(_misunderstandings(book))),
        Table("Exercises", exercises, list(_exercises(book))),
        Table("Tests", tests, list(_tests(book))),
        Table("Crashed, or out of time", broke, list(_broke(book))),
        Table("Near-identical work", similar, list(_similar(groups)), HINT),
        Table("Students", students, list(_students(book))),
    ]


def _needy(book: Gradebook) -> Iterator[Cells]:
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
        yield student, name, shown, f"{words[status]}{f': {note}' if note else ''}"
    (scored,) = _all(book, f"SELECT COUNT(*) FROM {_COUNTED} WHERE score IS NOT NULL")[0]
    for student, name, score, most in _all(
        book,
        f"SELECT s.student, name, score, max_score FROM {_COUNTED} WHERE score < max_score "
        "ORDER BY 1.0 * score / max_score, s.student LIMIT ?",
        min(max(3, scored // 10), MOST_LOWEST),
    ):
        if student not in told:
            yield student, name, f"{score}/{most}", "one of the lowest scores"


def _misunderstandings(book: Gradebook) -> Iterator[Cells]:
    """The commonest first; the example is a call of one of them, and says not whose."""
    for unit, exercise, likely, students, result in _all(
        book,
        "SELECT unit, exercise, likely, COUNT(DISTINCT student) AS n, MIN(result) "
        "FROM students JOIN lost USING (result) WHERE likely IS NOT NULL "
        "GROUP BY unit, exercise, likely ORDER BY n DESC, unit, exercise, likely LIMIT ?",
        MOST_LIKELY,
    ):
        example = _example(book, result, (unit, exercise, likely))
        yield f"{unit}.{exercise}", likely, f"{students}", example


def _example(book: Gradebook, result: int, wanted: tuple[str, str, str]) -> str:
    """What was called, and what came of it."""
    found = [t for t in book.report(result).tests if (t.unit, t.exercise, t.likely) == wanted]
    if not found:
        return ""
    shown = min(found, key=lambda test: (test.called is None, test.got is None))
    texts = (shown.called or "", shown.got or shown.message or "")
    told = (" ".join(excerpt(text, lines=4, characters=300)) for text in texts)
    return " gave ".join(filter(None, told))


def _exercises(book: Gradebook) -> Iterator[Cells]:
    """In the order of the course, as far as tests tell it."""
    for unit, name, graded, passed, not_started, broke, share in _all(
        book,
        "SELECT e.unit, e.exercise, COUNT(*), SUM(e.status = ?), SUM(e.status = ?), "
        "SUM(e.status IN (?, ?)), 100.0 * SUM(COALESCE(e.score, 0)) / MAX(SUM(e.max_score), 1) "
        "FROM students AS s JOIN exercises AS e USING (result) LEFT JOIN "
        "(SELECT unit, exercise, MIN(position) AS position FROM tests GROUP BY unit, exercise) "
        "AS t USING (unit, exercise) GROUP BY e.unit, e.exercise "
        "ORDER BY t.position IS NULL, t.position, e.unit, e.exercise",
        *(Outcome.PASSED, Outcome.NOT_STARTED, *_OUTCOMES),
    ):
        rate, points = _percent(passed, graded), f"{share:.0f}%"
        yield f"{unit}.{name}", f"{passed}", rate, points, f"{not_started}", f"{broke}"


def _tests(book: Gradebook) -> Iterator[Cells]:
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
    ):
        name, passed = f"{unit}.{exercise}.{test}", graded - missed
        alike = (
            "" if 0 < passed < graded or not graded else "all pass" if passed else "nobody passes"
        )
        yield name, title, f"{passed}", _percent(passed, graded), f"{not_started}", alike


def _broke(book: Gradebook) -> Iterator[Cells]:
    """What crashed or ran out of time, the commonest first, with the first of the students."""
    for unit, exercise, outcome, students in _all(
        book,
        "SELECT unit, exercise, outcome, COUNT(DISTINCT student) AS n FROM students "
        "JOIN lost USING (result) WHERE outcome IN (?, ?) GROUP BY unit, exercise, outcome "
        "ORDER BY n DESC, unit, exercise, outcome",
        *_OUTCOMES,
    ):
        named = _all(
            book,
            "SELECT DISTINCT student FROM students JOIN lost USING (result) "
            "WHERE (unit, exercise, outcome) = (?, ?, ?) ORDER BY student LIMIT ?",
            *(unit, exercise, outcome, NAMED),
        )
        who = _named([name for (name,) in named], students)
        yield f"{unit}.{exercise}", _OUTCOMES[outcome], f"{students}", who


def _similar(groups: Sequence[Group]) -> Iterator[Cells]:
    for group in groups:
        who = _named(group.students[:NAMED], len(group.students))
        yield group.unit, f"{100 * group.share:.0f}%", f"{len(group.students)}", who


def _students(book: Gradebook) -> Iterator[Cells]:
    for row in book.rows():
        score = "" if row.score is None else f"{row.score}"
        most = "" if row.max_score is None else f"{row.max_score}"
        yield row.student, row.name, score, most, row.status.replace("_", " "), row.note


def _named(names: Sequence[str], of: int) -> str:
    more = of - len(names)
    return ", ".join(map(one_line, names)) + (f" and {more:,} more" if more else "")


def _percent(part: int, of: int) -> str:
    return f"{100 * part / of:.0f}%" if of else ""


def _all(book: Gradebook, asked: str, *values: object) -> list[Any]:
    return book.db.execute(asked, values).fetchall()
