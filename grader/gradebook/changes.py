"""What has changed from one result of a student to the next, and why."""

from collections.abc import Iterator
from itertools import pairwise

from grader.errors import UsageError
from grader.formats.parts.text import counted
from grader.gradebook.store import Gradebook, Past, Row


def changes(book: Gradebook, student: str | None = None) -> Iterator[str]:
    """In lines: of one student every change, otherwise the last one of each whose result is
    another, and how many had the same again. Raises: UsageError if there is no such student."""
    rows = [row for row in book.rows() if student in (None, row.student)]
    if not rows and student is not None:
        raise UsageError(f"{book.path} holds no student {student}: this takes an id, not a name")
    same = 0
    for row in rows:
        steps = list(pairwise(book.history(row.student)))
        for before, after in steps if student else steps[-1:]:
            moved = list(_moved(book, before, after))
            if student is None and not moved and _score(before) == _score(after):
                same += 1
                continue
            yield f"{known_as(row)}: {_change(before, after)}"
            yield from moved
    if same:
        yield f"{counted(same, 'student')} judged again, with the same result"


def known_as(row: Row) -> str:
    """A student in a line for people: the id, and the name if there is one."""
    return f"{row.student} ({row.name})" if row.name else row.student


def _change(before: Past, after: Past) -> str:
    why = [
        "the work changed" * (before.work != after.work),
        "the course, the grader or torch changed" * (before.course != after.course),
        "other inputs" * (before.seed != after.seed),
    ]
    because = " and ".join(filter(None, why)) or "it was judged again"
    return f"{_score(before)} -> {_score(after)} on {after.graded_at}: {because}"


def _moved(book: Gradebook, before: Past, after: Past) -> Iterator[str]:
    """The exercises with another result."""
    old, new = book.exercises(before.id), book.exercises(after.id)
    for name in [*new, *(name for name in old if name not in new)]:
        if old.get(name) != new.get(name):
            yield f"  {name}: {_told(old.get(name))} -> {_told(new.get(name))}"


def _score(past: Past) -> str:
    score = "no score" if past.score is None else f"{past.score}/{past.max_score}"
    return f"{score} {past.status}"


def _told(result: tuple[str, int | None, int] | None) -> str:
    if result is None:
        return "none"
    status, score, most = result
    return f"{'-' if score is None else score}/{most} {status}"
