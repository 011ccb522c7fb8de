"""What has changed from one result of a student to the next, and why."""

from collections.abc import Iterator
from itertools import pairwise

from grader.gradebook.store import Gradebook, Past


def changes(book: Gradebook, student: str | None = None) -> Iterator[str]:
    """In lines: of one student every change, otherwise the last one of each that there is."""
    for row in book.rows():
        if student not in (None, row.student):
            continue
        steps = list(pairwise(book.history(row.student)))
        for before, after in steps if student else steps[-1:]:
            yield from _change(book, row.student, before, after)


def _change(book: Gradebook, student: str, before: Past, after: Past) -> Iterator[str]:
    why = [
        "the work changed" * (before.work != after.work),
        "the course, the grader or torch changed" * (before.course != after.course),
        "other inputs" * (before.seed != after.seed),
    ]
    because = " and ".join(filter(None, why)) or "it was judged again"
    yield f"{student}: {_score(before)} -> {_score(after)} on {after.graded_at}: {because}"
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
