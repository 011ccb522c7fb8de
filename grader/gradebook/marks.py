"""The last word of a teacher: marks.csv, applied to scores when they leave the gradebook.

student,score,due,late,excused,note
*,,2026-11-01T23:59+01:00,10%,,      every day that was begun costs a tenth of the score
ann,,2026-11-03T23:59+01:00,,,       more time
bob,85,,,,read by hand               the points of the course, whatever was measured, and when
cid,,,,yes,ill                       no score
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path

from grader.errors import UsageError
from grader.gradebook.roster import plain
from grader.gradebook.store import Row
from grader.gradebook.tables import read_table

COLUMNS = ("student", "score", "due", "late", "excused", "note")
EVERYONE = "*"
CENT = Decimal("0.01")
_YES, _NO = {"yes", "y", "true", "1", "x"}, {"", "no", "n", "false", "0"}


@dataclass(frozen=True)
class Rule:
    """One line of marks.csv; what does not apply is None."""

    score: Decimal | None = None
    due: datetime | None = None
    late: Decimal | None = None  # share of the score for each day that was begun
    excused: bool = False
    note: str = ""


@dataclass(frozen=True)
class Mark:
    """What leaves the gradebook; no score is not a zero."""

    row: Row
    score: Decimal | None
    note: str = ""
    by_hand: bool = False
    excused: bool = False

    @property
    def is_less(self) -> bool:
        """Has being late cost something?"""
        measured = None if self.by_hand else self.row.score
        return self.score is not None and measured is not None and self.score < measured

    @property
    def text(self) -> str:
        """Plain, as `7.5`: no platform reads it otherwise."""
        return "" if self.score is None else number(self.score)


def number(value: Decimal) -> str:
    return f"{value.quantize(CENT, ROUND_HALF_UP):f}".rstrip("0").rstrip(".")


def read_marks(path: Path) -> dict[str, Rule]:
    """By student. Raises: UsageError, with the line that cannot be read."""
    table = read_table(path)
    unknown = [name for name in table.columns if name.casefold() not in COLUMNS]
    if unknown or "student" not in map(str.casefold, table.columns):
        named = f"not {', '.join(unknown)}" if unknown else "and student is missing"
        raise UsageError(f"{path} has the columns {', '.join(COLUMNS)}, {named}")
    rules: dict[str, Rule] = {}
    for number_, line in enumerate(table.lines, start=2):
        cells = {name.casefold(): text for name, text in line.items()}
        if not any(cells.values()):
            continue
        student = plain(cells["student"])
        try:
            if number_ - 2 in table.long:
                raise ValueError("there are more cells than columns: is a comma not in quotes?")
            if not student or student in rules:
                raise ValueError(
                    "student is empty" if not student else "the student is there twice"
                )
            rules[student] = _rule(cells)
        except ValueError as error:
            raise UsageError(f"{path}, line {number_}: {error}") from None
    return rules


def _rule(cells: Mapping[str, str]) -> Rule:
    excused = cells.get("excused", "").casefold()
    if excused not in _YES | _NO:
        raise ValueError(f"excused is yes or empty, not {excused!r}")
    late = cells.get("late", "")
    return Rule(
        score=_decimal(cells.get("score", ""), "score"),
        due=_due(cells.get("due", "")),
        late=None if not late else _share(late),
        excused=excused in _YES,
        note=cells.get("note", ""),
    )


def _decimal(text: str, what: str) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{what} is a number such as 7.5, not {text!r}") from None
    if not value.is_finite() or value < 0:
        raise ValueError(f"{what} is 0 or more, not {text!r}")
    return value


def _share(text: str) -> Decimal:
    value = _decimal(text.removesuffix("%").strip(), "late")
    if not text.endswith("%") or value is None or value > 100:
        raise ValueError(f"late is a share of the score for each day, such as 10%, not {text!r}")
    return value / 100


def _due(text: str) -> datetime | None:
    due = moment(text)
    if text and due is None:
        raise ValueError(f"due is a moment such as 2026-11-01T23:59+01:00, not {text!r}")
    return due


def moment(text: str) -> datetime | None:
    """What a platform, or a teacher, calls a time, as UTC, which it is without a zone as well.
    None if it is none: a student may have set it."""
    try:
        read = datetime.fromisoformat(text.replace(" UTC", "+00:00"))
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # of the year 0, or 10000
        return None


def marks_of(rows: Iterable[Row], rules: Mapping[str, Rule]) -> Iterator[Mark]:
    """Every student's mark: first of all an excuse, then a score by hand, then what was measured
    less what is late."""
    everyone = rules.get(EVERYONE, Rule())
    for row in rows:
        own = rules.get(plain(row.student), Rule())
        if own.excused:
            yield Mark(row, None, _joined("excused", own.note), excused=True)
        elif own.score is not None:
            yield Mark(row, own.score, _joined("marked by hand", own.note), by_hand=True)
        elif row.score is None:
            yield Mark(row, None, own.note)
        else:
            due, late = own.due or everyone.due, own.late if own.late is not None else everyone.late
            score, said = _less_late(Decimal(row.score), row.submitted_at, due, late)
            yield Mark(row, score, _joined(said, own.note))


def _less_late(
    score: Decimal, submitted_at: str, due: datetime | None, late: Decimal | None
) -> tuple[Decimal, str]:
    if due is None:
        return score, ""
    handed_in = moment(submitted_at)
    if handed_in is None:
        return score, "when it was handed in is not known, so nothing is taken off" * bool(late)
    days = math.ceil((handed_in - due).total_seconds() / 86_400)
    if days <= 0:
        return score, ""
    said = f"{days} day{'s' * (days > 1)} late"
    if not late:
        return score, said
    return score * max(Decimal(0), 1 - late * days), f"{said}: {number(late * 100)}% off for each"


def _joined(*said: str) -> str:
    return "; ".join(filter(None, said))
