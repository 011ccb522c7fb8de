"""Who is in a class, as the lists of platforms say it. People are found by id, never by name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from unicodedata import normalize

from grader.errors import UsageError
from grader.gradebook.handins import Handin, joined
from grader.gradebook.tables import Table, read_table

# In the words of GitHub Classroom, Classroom 50, Canvas, Moodle, Gradescope, nbgrader and us.
_ID_COLUMNS = (
    "student, github_username, username, login, identifier, roster_identifier, id, sid, "
    "student_id, id number, sis user id, sis login id, email, email address, github_id, "
    "user id, userid".split(", ")
)
_USER_COLUMNS = ("github_username", "username", "student")
_NAMES = (
    ("name",),
    ("full name",),
    ("first name", "last name"),
    ("first_name", "last_name"),
    ("firstname", "lastname"),
)
_TEST_STUDENT = "Student, Test"  # whom Canvas adds
_PARTICIPANT = "participant "  # what Moodle puts before its ids
T = TypeVar("T")


@dataclass(frozen=True)
class Member:
    """One line of a roster: every id that it has, the first one first, a name to show, and what
    stands where a user name on GitHub is expected."""

    ids: tuple[str, ...]
    name: str
    user: str = ""

    @property
    def student(self) -> str:
        """Who has no id is still in the class: the name is shown, and finds nobody."""
        return self.ids[0] if self.ids else f"? {self.name}"


@dataclass(frozen=True)
class Roster:
    members: tuple[Member, ...]
    said: str = ""
    has_users: bool = False

    @cached_property
    def by_id(self) -> Mapping[str, Member | None]:
        return by_id((member, member.ids) for member in self.members)

    def member(self, student: str) -> Member | None:
        return self.by_id.get(plain(student))


def by_id(held: Iterable[tuple[T, Iterable[str]]]) -> dict[str, T | None]:
    """Who has which id; None where several have it, since nobody is guessed."""
    found: dict[str, T | None] = {}
    for one, ids in held:
        for id_ in {plain(id_) for id_ in ids} - {""}:
            found[id_] = None if id_ in found else one
    return found


def plain(id_: str) -> str:
    """Without what tells nobody apart: case, outer spaces, Moodle's word before a number."""
    text = normalize("NFC", id_).strip().casefold()
    return text.removeprefix(_PARTICIPANT).strip()


def read_roster(path: Path) -> Roster:
    """Raises: UsageError if the file has no column of ids, or names nobody."""
    table = read_table(path)
    columns = {name.casefold(): name for name in table.columns}
    is_canvas = {"student", "id", "section"} <= columns.keys()  # there, Student is a name
    ids = [columns[name] for name in _ID_COLUMNS if name in columns]
    names: Sequence[str] = next((n for n in _NAMES if columns.keys() >= set(n)), ())
    if is_canvas:
        ids.remove(columns["student"])
        names = ("student",)
    participants = _participants(table)
    ids = [participants] * bool(participants) + [name for name in ids if name != participants]
    if not ids:
        raise UsageError(
            f"{path} has no column of ids: expected one of {', '.join(_ID_COLUMNS[:8])} …"
        )
    user = next((columns[name] for name in _USER_COLUMNS if name in columns and not is_canvas), "")
    members: dict[tuple[str, ...], Member] = {}  # a line that is there twice is one person
    for number, line in enumerate(table.lines):
        told = line | {participants: line.get(participants, "").rpartition(" ")[2]}
        held = tuple(dict.fromkeys(told[column] for column in ids if told[column]))
        name = " ".join(line[columns[part]] for part in names).strip()
        if is_canvas and (not held or name == _TEST_STUDENT):
            continue
        name = name or ("" if held else next(filter(None, line.values()), ""))
        if held or name:
            key = tuple(map(plain, held)) or (name, f"{number}")
            members.setdefault(key, Member(held, name, line[user] if user else ""))
    if not members:
        raise UsageError(f"{path} names nobody in {', '.join(ids)}")
    return Roster(tuple(members.values()), table.said, bool(user))


def _participants(table: Table) -> str:
    """The column of a Moodle worksheet that says `Participant 123`, in whatever language: the
    first, with one word and a number in each line. Nothing if there is none."""
    first = table.columns[0]
    if first.casefold() in {part for names in _NAMES for part in names}:
        return ""
    found = [re.fullmatch(r"(\D+) \d+", line.get(first, "")) for line in table.lines]
    words = {each[1] if each else None for each in found}
    apart = len({line.get(first) for line in table.lines}) == len(table.lines)
    return first if apart and len(words) == 1 and None not in words else ""


def on_roster(found: Iterable[Handin], roster: Roster) -> list[Handin]:
    """The hand-ins with the names of the roster, and one without work for each member who has
    handed in nothing. Who is not on the roster stays, and is told of by the note."""
    handed: set[Member] = set()
    known: list[Handin] = []
    for handin in found:
        student = _known_as(handin.student, roster)
        member = roster.member(student)
        if member is None:
            shared = plain(student) in roster.by_id
            why = "an id of several people on the roster" if shared else "not on the roster"
            note = "; ".join(filter(None, [why, handin.note]))
            known.append(replace(handin, note=note))
            continue
        handed.add(member)
        known.append(replace(handin, student=student, name=member.name or handin.name))
    missing = [m for m in roster.members if m not in handed]
    return joined(known) + [
        Handin(m.student, "", name=m.name, problem="nothing was handed in") for m in missing
    ]


def _known_as(student: str, roster: Roster) -> str:
    """A cloned repository is called ASSIGNMENT-USER: then the end of it that one member has."""
    if roster.member(student):
        return student
    ends = [student[n + 1 :] for n, sign in enumerate(student) if sign == "-"]
    found = [end for end in ends if roster.member(end)]
    return found[0] if len(found) == 1 else student
