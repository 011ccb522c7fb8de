"""Errors of Python and torch whose cause is known: the grader's own, and those of a course.

Both are lists of `[[error]]` in TOML, with the keys of `KnownError`; the first that fits is told.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

GROUP_CHARACTERS = 80  # of what an error fills into a sentence
_ERROR = re.compile(r"(?P<kinds>\w+(?:\|\w+)*): (?P<message>.+)", re.DOTALL)


@dataclass(frozen=True)
class KnownError:
    """`error` is KIND: PATTERN, or KIND|KIND: PATTERN, and the pattern stands at the beginning of
    the message. `line` is a pattern somewhere in the line that raised; where no line of the
    learner's did, the line is empty. `likely` is the sentence, with the named groups of both.
    """

    error: str
    likely: str
    line: str = ""

    def explains(self, kind: str, message: str, line: str) -> str | None:
        """The sentence for this error, if it fits."""
        kinds, pattern = self._parts()
        if kind not in kinds or (said := re.match(pattern, message)) is None:
            return None
        if (wrote := re.search(self.line, line)) is None:
            return None
        groups = {**said.groupdict(""), **wrote.groupdict("")}
        return self.likely.format(**{name: _shown(text) for name, text in groups.items()})

    def check(self) -> None:
        """Raises: ValueError if it could never be told."""
        try:
            _, pattern = self._parts()
            groups = {*re.compile(pattern).groupindex, *re.compile(self.line).groupindex}
            fields = {name for _, name, _, _ in Formatter().parse(self.likely) if name is not None}
        except (re.error, ValueError) as error:
            raise ValueError(f"the error {self.error!r}: {error}") from None
        if unknown := fields - groups:
            raise ValueError(f"the error {self.error!r} has no group {', '.join(unknown)}")

    def _parts(self) -> tuple[list[str], str]:
        found = _ERROR.fullmatch(self.error)
        if found is None:
            raise ValueError("write it as KIND: PATTERN")
        return found["kinds"].split("|"), found["message"]


def known_error(entry: Mapping[str, Any]) -> KnownError:
    """What an author wrote. Raises: KeyError, TypeError, ValueError."""
    made = KnownError(entry["error"], entry["likely"], entry.get("line", ""))
    made.check()
    return made


def _shown(text: str) -> str:
    if text == "NoneType":
        return "None"
    return text if len(text) <= GROUP_CHARACTERS else f"{text[:GROUP_CHARACTERS]}…"
