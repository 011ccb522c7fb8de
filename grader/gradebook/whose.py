"""Whose work an entry is, where a platform says so in the names of files and folders."""

import re
from dataclasses import dataclass
from datetime import datetime

# lastnamefirstname_12345_67890_sgd-1.py, with LATE after the name if it was; text has no upload
# What a student called the file comes last, and may be like a name of any platform.
_CANVAS = re.compile(
    r"(?P<name>[^_]+)(?:_LATE)?_(?P<id>\d+)_(?:\d+_(?P<file>.+)|(?P<text>text\.html))"
)
_CANVAS_AGAIN = re.compile(r"-\d+(?=\.[^.]+\Z)")  # a file that was handed in again
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+(?:_(?P<file>.*))?")
_BLACKBOARD = re.compile(
    r"(?P<assignment>.+?)_(?P<id>[^_]+)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)"
)
_BRIGHTSPACE = re.compile(
    r"(?P<place>(?P<id>\d+)-\d+ - (?P<name>.+))"
    r" - (?P<day>\w{3} \d{1,2}, \d{4}) (?P<time>\d{3,4} [AP]M)"
)
_SAKAI = re.compile(r"(?P<name>.+)\((?P<id>[^()]+)\)")
SAKAI_FOLDER = "Submission attachment(s)"


@dataclass(frozen=True)
class Whose:
    """`file` is the name that a file had before the platform changed it; of a student's attempts,
    the last one counts, and `attempt` tells them apart."""

    id: str
    name: str
    place: str
    file: str = ""
    attempt: str = ""
    submitted_at: str = ""


def whose_file(name: str) -> Whose | None:
    """By the first id that stands where a platform puts one."""
    forms = (_MOODLE, _CANVAS, _BLACKBOARD)
    matches = [match for form in forms if (match := form.fullmatch(name))]
    found = min(matches, key=lambda match: match.end("id"), default=None)
    if found is None:
        return None
    if found.re is _MOODLE:
        return Whose(found["id"], found["name"], _up_to_id(found), found["file"] or name)
    if found.re is _CANVAS:
        file = _CANVAS_AGAIN.sub("", found["file"] or found["text"])
        return Whose(found["id"], found["name"], f"{found['name']}_{found['id']}", file)
    when = _moment(found["when"], "%Y-%m-%d-%H-%M-%S")
    file = found["file"] or "submission.txt"
    return Whose(found["id"], "", _up_to_id(found), file, found["when"], when)


def whose_folder(name: str, inner: list[str]) -> Whose | None:
    """By its name, and by the names in it."""
    if found := _MOODLE.fullmatch(name):
        return Whose(found["id"], found["name"], _up_to_id(found))
    if found := _BRIGHTSPACE.fullmatch(name):
        when = _moment(f"{found['day']} {found['time']:0>7}", "%b %d, %Y %I%M %p")
        return Whose(found["id"], found["name"], found["place"], "", when, when)
    if SAKAI_FOLDER in inner and (found := _SAKAI.fullmatch(name)):
        return Whose(found["id"], found["name"].strip(), name)
    return None


def is_moodles(name: str) -> bool:
    return _MOODLE.fullmatch(name) is not None


def _up_to_id(found: "re.Match[str]") -> str:
    """All files of a student have this in common."""
    return found.string[: found.start("id")] + found["id"]


def _moment(text: str, form: str) -> str:
    try:
        return datetime.strptime(text, form).isoformat()
    except ValueError:
        return ""
