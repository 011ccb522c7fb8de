"""Names of files for students, whose ids may hold anything."""

import re
from collections import Counter
from collections.abc import Iterable

from grader.judge.fingerprint import digest

_UNSAFE = re.compile(r"[^A-Za-z0-9_.@-]|\A[.-]|\.\Z")
_OF_WINDOWS = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_MOST = 80


def file_names(students: Iterable[str]) -> dict[str, str]:
    """For each a name without an ending, that every system takes and that nobody else has, also
    where case tells nothing apart. It is the id itself wherever that can be."""
    wanted = {student: _UNSAFE.sub("_", student)[:_MOST] for student in students}
    times = Counter(map(str.casefold, wanted.values()))
    return {
        student: name
        if name
        and name == student
        and times[name.casefold()] == 1
        and not _OF_WINDOWS.fullmatch(name)
        else f"{name or '_'}-{digest(student)[:10]}"
        for student, name in wanted.items()
    }
