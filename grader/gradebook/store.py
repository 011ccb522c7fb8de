"""The gradebook: one SQLite file, with a row as soon as a result is there. docs/classes.md
describes its tables for those who open it with other tools.

Nothing is ever overwritten: a student's earlier results stay, and `students.result` names the one
that counts.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from grader.errors import UsageError
from grader.gradebook.packed import pack, unpack
from grader.report import Outcome, Report, restored

VERSION = 1  # of the tables in schema.sql
DETAILS = (  # what belongs to a result
    ("exercises", "unit, exercise, status, score, max_score"),
    ("lost", "unit, exercise, test, outcome, max_points, likely"),
)
NEEDS_A_LOOK, MISSING = "needs_a_look", "missing"  # beside the outcomes of a report


def storable(text: str) -> str:
    """As a database takes it: halves of characters, as names of files and the words of learners'
    errors may hold them, become escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _texts(told: Any) -> dict[str, list[str]]:
    return {unit: list(map(str, parts)) for unit, parts in told.items()}


@dataclass(frozen=True)
class Row:
    """What stands in the gradebook of one student; no score is not a zero."""

    student: str
    name: str = ""
    place: str = ""
    submitted_at: str = ""
    commit: str = ""
    status: str = ""
    note: str = ""
    score: int | None = None
    max_score: int | None = None
    result: int | None = None


@dataclass(frozen=True)
class Key:
    """All that a result follows from. A seed of None follows from the work itself."""

    work: str
    seed: int | None
    course: str


@dataclass(frozen=True)
class Past:
    """One result of a student."""

    id: int
    graded_at: str
    work: str
    course: str
    seed: int | None
    status: str
    score: int | None
    max_score: int


_PAST = ", ".join(field.name for field in fields(Past))


class Gradebook:
    """One file, which several may read while one writes."""

    def __init__(self, path: Path, *, new: bool = False) -> None:
        """Raises: UsageError if it is not there (unless `new`), damaged, or no gradebook."""
        self.path = path
        if not new and not path.is_file():
            raise UsageError(f"there is no gradebook {path}: grade class run makes one")
        try:
            self.db = sqlite3.connect(path, timeout=30, isolation_level=None)
            try:
                self._open(new)
            except BaseException:
                self.db.close()
                raise
        except sqlite3.DatabaseError as error:
            if _is_of_the_disk(error):
                raise self._unwritten(error) from None
            raise UsageError(
                f"{path} is damaged, or no gradebook ({error}): take a copy from before, or start "
                "a new file; nothing was changed"
            ) from None

    def _open(self, new: bool) -> None:
        tables = {name for (name,) in self.db.execute("SELECT name FROM sqlite_master")}
        if tables and not {"meta", "students", "results"} <= tables:
            raise sqlite3.DatabaseError("it holds other tables")
        if tables:
            (state,) = self.db.execute("PRAGMA quick_check(1)").fetchone()
            if state != "ok":
                raise sqlite3.DatabaseError(f"{state}".splitlines()[0])
            version = self.meta("version")
            if version != f"{VERSION}":
                raise UsageError(f"{self.path} has the form {version}, and this grader {VERSION}")
        elif new:
            self.db.execute("PRAGMA journal_mode=WAL")
            schema = (files("grader.gradebook") / "schema.sql").read_text(encoding="utf-8")
            with self._change():
                for statement in schema.split(";\n"):
                    self.db.execute(statement)
                self.set_meta("version", f"{VERSION}")
        else:
            raise UsageError(f"{self.path} is empty: grade class run makes a gradebook")
        self.db.execute("PRAGMA synchronous=FULL")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.db.close()

    @contextmanager
    def _change(self) -> Iterator[None]:
        """All of it, or nothing. Raises: UsageError if it cannot be written."""
        try:
            self.db.execute("BEGIN IMMEDIATE")
            with self.db:
                yield
        except sqlite3.OperationalError as error:
            if not _is_of_the_disk(error):
                raise
            raise self._unwritten(error) from None

    def _unwritten(self, error: sqlite3.Error) -> UsageError:
        return UsageError(
            f"cannot write {self.path}: {error}. What it holds stays; mend that, and run the same "
            "command again"
        )

    def meta(self, key: str) -> str:
        found = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return found[0] if found else ""

    def set_meta(self, key: str, value: str) -> None:
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def set_tests(self, report: Report, course: str) -> None:
        """Keep which tests there are, in their order, in the course with this digest."""
        rows = [
            (test.unit, test.exercise, test.name, test.title, test.max_points, position)
            for position, test in enumerate(report.tests)
        ]
        with self._change():
            self.db.execute("DELETE FROM tests")
            self.db.executemany("INSERT INTO tests VALUES (?, ?, ?, ?, ?, ?)", rows)
            self.set_meta("tests", course)

    def set_stubs(self, work: str, sources: Mapping[str, Sequence[str]]) -> None:
        """What everybody was given: its digest, and its texts by unit."""
        with self._change():
            self._keep(work, sources)
            self.set_meta("stubs", work)

    def stubs(self) -> dict[str, list[str]]:
        return self.sources(work) if (work := self.meta("stubs")) else {}

    def _keep(self, work: str, sources: Mapping[str, Sequence[str]]) -> None:
        """The texts of a work; what is known already stays."""
        told = work, pack(dict(sorted(sources.items())))
        self.db.execute("INSERT OR IGNORE INTO works VALUES (?, ?)", told)

    def sources(self, work: str) -> dict[str, list[str]]:
        """By unit, the texts of a work. Raises: UsageError if they are not there, or damaged."""
        found = self.db.execute("SELECT sources FROM works WHERE work = ?", (work,)).fetchone()
        try:
            return unpack(found[0] if found else b"", "sources", _texts)
        except ValueError as error:
            raise UsageError(f"{self.path} is damaged at the work {work}: {error}") from None

    def works(self) -> Iterator[tuple[str, str]]:
        """Each student whose work is kept, in the order of their ids, with that work."""
        with closing(self.db.cursor()) as cursor:
            yield from cursor.execute(
                "SELECT s.student, work FROM students AS s JOIN results AS r ON r.id = s.result "
                "JOIN works USING (work) ORDER BY s.student"
            )

    def same(self, key: Key, student: str | None = None) -> Past | None:
        """A result for the same work with the same inputs, judged by the same: the last one of
        this student, or of whomever."""
        found = self.db.execute(
            f"SELECT {_PAST} FROM results WHERE work = ? AND course = ? AND seed IS ? "
            "AND student = COALESCE(?, student) ORDER BY id DESC LIMIT 1",
            (key.work, key.course, key.seed, student),
        ).fetchone()
        return Past(*found) if found else None

    def add(
        self,
        row: Row,
        key: Key,
        report: Report,
        graded_at: str,
        sources: Mapping[str, Sequence[str]],
    ) -> None:
        """A result, the texts that it is of, and that it is the one that counts."""
        values = (row.student, key.work, key.seed, key.course, graded_at, report.status)
        with self._change():
            result = self.db.execute(
                "INSERT INTO results VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, report.score, report.max_score, pack(report)),
            ).lastrowid
            assert result is not None
            for unit in report.units:
                for e in unit.exercises:
                    told = (result, unit.name, e.name, e.status, e.earned, e.max_score)
                    self.db.execute("INSERT INTO exercises VALUES (?, ?, ?, ?, ?, ?)", told)
            for t in report.tests:
                if t.outcome is not Outcome.PASSED:
                    likely = None if t.likely is None else storable(t.likely)
                    lost = (result, t.unit, t.exercise, t.name, t.outcome, t.max_points, likely)
                    self.db.execute("INSERT INTO lost VALUES (?, ?, ?, ?, ?, ?, ?)", lost)
            self._keep(key.work, sources)
            self._put(row, result)

    def copy(self, row: Row, result: int, graded_at: str) -> None:
        """The same work has the same result: judged once, and each student's own."""
        with self._change():
            self._put(row, self._again(result, "main", row.student, graded_at))

    def _again(
        self, result: int, of: str, student: str | None = None, graded_at: str | None = None
    ) -> int:
        """A result of the database `of` once more, with all that belongs to it: as it is there,
        or as that of a student."""
        new = self.db.execute(
            "INSERT INTO results SELECT NULL, COALESCE(?, student), work, seed, course, "
            f"COALESCE(?, graded_at), status, score, max_score, report FROM {of}.results "
            "WHERE id = ?",
            (student, graded_at, result),
        ).lastrowid
        assert new is not None
        for table, rest in DETAILS:
            asked = f"INSERT INTO {table} SELECT ?, {rest} FROM {of}.{table} WHERE result = ?"
            self.db.execute(asked, (new, result))
        return new

    def put(self, row: Row, result: int | None) -> None:
        """What is known of a student; the result is one that is there, or none."""
        with self._change():
            self._put(row, result)

    def _put(self, row: Row, result: int | None) -> None:
        values = (row.student, row.name, row.place, row.submitted_at, row.commit)
        self.db.execute(
            "INSERT OR REPLACE INTO students VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, result, row.status, row.note),
        )

    def forget_missing(self, but: set[str]) -> None:
        """Who was missing, and is on the roster no more or under another id."""
        gone = {row.student for row in self.rows() if row.status == MISSING} - but
        with self._change():
            self.db.executemany(
                "DELETE FROM students WHERE student = ?", [(student,) for student in gone]
            )

    def rows(self) -> Iterator[Row]:
        """Every student, in the order of their ids."""
        with closing(self.db.cursor()) as cursor:
            for row in cursor.execute(
                "SELECT s.student, name, place, submitted_at, commit_id, s.status, note, "
                "score, max_score, result FROM students AS s LEFT JOIN results AS r "
                "ON r.id = s.result ORDER BY s.student"
            ):
                yield Row(*row)

    def report(self, result: int) -> Report:
        """Raises: UsageError if it is damaged."""
        (packed,) = self.db.execute("SELECT report FROM results WHERE id = ?", (result,)).fetchone()
        try:
            report: Report = unpack(packed, "report", partial(restored, Report))
        except ValueError as error:
            raise UsageError(f"{self.path} is damaged at result {result}: {error}") from None
        return report

    def exercises(self, result: int) -> Mapping[str, tuple[str, int | None, int]]:
        """By UNIT.EXERCISE: status, score, and how much there is to earn."""
        found = self.db.execute(
            "SELECT unit || '.' || exercise, status, score, max_score FROM exercises "
            "WHERE result = ?",
            (result,),
        )
        return {name: (status, score, most) for name, status, score, most in found}

    def history(self, student: str) -> list[Past]:
        """The results of a student, oldest first."""
        asked = f"SELECT {_PAST} FROM results WHERE student = ? ORDER BY graded_at, id"
        return [Past(*row) for row in self.db.execute(asked, (student,))]

    def take(self, other: Path) -> int:
        """All that another gradebook holds and this one does not; how many results that were. Of a
        student in both, the newer result counts. Raises: UsageError if it is no gradebook."""
        with Gradebook(other) as theirs:
            rows = {row.student: row for row in theirs.rows()}
        taken: dict[int, int] = {}
        self.db.execute("ATTACH DATABASE ? AS other", (f"{other}",))
        try:
            with self._change():
                for id_, student, graded_at, work in self.db.execute(
                    "SELECT id, student, graded_at, work FROM other.results ORDER BY id"
                ).fetchall():
                    asked = "SELECT id FROM results WHERE (student, graded_at, work) = (?, ?, ?)"
                    if here := self.db.execute(asked, (student, graded_at, work)).fetchone():
                        taken[id_] = -here[0]
                    else:
                        taken[id_] = self._again(id_, "other")
                self.db.execute("INSERT OR IGNORE INTO works SELECT * FROM other.works")
                known = {row.student: row for row in self.rows()}
                for student, row in rows.items():
                    result = None if row.result is None else abs(taken[row.result])
                    if student not in known or self._newer(result, known[student].result):
                        self._put(row, result)
                if not self.meta("tests"):
                    self.db.execute("INSERT INTO tests SELECT * FROM other.tests")
                    asked = (
                        "INSERT OR REPLACE INTO meta SELECT * FROM other.meta WHERE key IN (?, ?)"
                    )
                    self.db.execute(asked, ("tests", "stubs"))
        finally:
            self.db.execute("DETACH DATABASE other")
        return sum(new > 0 for new in taken.values())

    def _newer(self, one: int | None, other: int | None) -> bool:
        if one is None or other is None:
            return one is not None
        asked = "SELECT graded_at FROM results WHERE id = ?"
        times = [self.db.execute(asked, (id_,)).fetchone()[0] for id_ in (one, other)]
        return bool(times[0] > times[1])


def _is_of_the_disk(error: sqlite3.Error) -> bool:
    """Is the file whole, and there is no place, or no leave, to write it?"""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF  # the rest says more of it
    return code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Nobody else writes this gradebook meanwhile; the lock goes with the process that holds it.

    Raises: UsageError if somebody does.
    """
    import fcntl

    try:
        file = open(f"{path}.lock", "a", encoding="utf-8")  # noqa: SIM115
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(
                f"another run is writing {path}: wait for its end, or choose another --gradebook"
            ) from None
        yield
