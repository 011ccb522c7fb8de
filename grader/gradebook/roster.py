"""Who is in a class, as the lists of platforms say it. People are found by id, never by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from unicodedata import normalize

from grader.errors import UsageError
from grader.gradebook.handins import Handin
from grader.gradebook.tables import read_table

# In the words of GitHub Classroom, Classroom 50, Canvas, Moodle, Gradescope, nbgrader and us.
_ID_COLUMNS = (
    "student",
    "github_username",
    "username",
    "login",
    "identifier",
    "roster_identifier",
    "id",
    "sid",
    "student_id",
    "id number",
    "sis user id",
    "sis login id",
    "email",
    "email address",
    "github_id",
    "user id",
    "userid",
)
_USER_COLUMNS = ("github_username", "username", "student")
_NAMES = (("name",), ("full name",), ("first name", "last name"), ("first_name", "last_name"))
_PARTICIPANT = "participant "  # what Moodle puts before its ids


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
        """None where several members have the same id."""
        found: dict[str, Member | None] = {}
        for member in self.members:
            for id_ in {plain(id_) for id_ in member.ids}:
                found[id_] = None if id_ in found else member
        return found

    def member(self, student: str) -> Member | None:
        return self.by_id.get(plain(student))


def plain(id_: str) -> str:
    """Without what tells nobody apart: case, outer spaces, Moodle's word before a number."""
    text = normalize("NFC", id_).strip().casefold()
    return text.removeprefix(_PARTICIPANT).strip()


def read_roster(path: Path) -> Roster:
    """Raises: UsageError if the file has no column of ids, or names nobody."""
    table = read_table(path)
    columns = {name.casefold(): name for name in table.columns}
    ids = [columns[name] for name in _ID_COLUMNS if name in columns]
    if not ids:
        raise UsageError(
            f"{path} has no column of ids: expected one of {', '.join(_ID_COLUMNS[:8])} …"
        )
    user = next((columns[name] for name in _USER_COLUMNS if name in columns), "")
    names = next((n for n in _NAMES if all(part in columns for part in n)), ())
    members = []
    for line in table.lines:
        held = tuple(dict.fromkeys(line[column] for column in ids if line[column]))
        name = " ".join(line[columns[part]] for part in names).strip()
        name = name or ("" if held else next(filter(None, line.values()), ""))
        if held or name:
            members.append(Member(held, name, line[user] if user else ""))
    if not members:
        raise UsageError(f"{path} names nobody in {', '.join(ids)}")
    return Roster(tuple(members), table.said, bool(user))


def on_roster(found: Iterable[Handin], roster: Roster) -> list[Handin]:
    """The hand-ins with the names of the roster, and one without work for each member who has
    handed in nothing. Who is not on the roster stays, and is told of by the note."""
    handed: set[Member] = set()
    known = []
    for handin in found:
        student = _known_as(handin.student, roster)
        member = roster.member(student)
        if member is None:
            note = "; ".join(filter(None, ["not on the roster", handin.note]))
            known.append(replace(handin, note=note))
            continue
        handed.add(member)
        known.append(replace(handin, student=student, name=member.name or handin.name))
    missing = [m for m in roster.members if m not in handed]
    return known + [
        Handin(m.student, "", name=m.name, problem="nothing was handed in") for m in missing
    ]


def _known_as(student: str, roster: Roster) -> str:
    """A cloned repository is called ASSIGNMENT-USER: then the end of it that one member has."""
    if roster.member(student):
        return student
    ends = [student[n + 1 :] for n, sign in enumerate(student) if sign == "-"]
    found = [end for end in ends if roster.member(end)]
    return found[0] if len(found) == 1 else student
