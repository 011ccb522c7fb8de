"""Programs that learners are given to mend, and whether what they sent still is one of them.

Compared are tokens, since work is never parsed here.
"""

import re
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from io import StringIO

from grader.work.begun import Part, parts_of
from grader.work.magics import without_magics

MAX_CHARACTERS = 8_000  # of a definition that is compared
_LEFT_OPEN = "raise NotImplementedError"
_TARGETS = re.compile(r"^(?:[\w.]++[ \t]*+(?:,|(?::[^\n=]*+)?=(?!=))[ \t]*+)++", re.MULTILINE)
_FUNCTION = re.compile(r"\s*(?:async[ \t]+)?def[ \t]+(\w+)")
_STRUCTURE = {tokenize.NEWLINE: "\n", tokenize.INDENT: "\n>", tokenize.DEDENT: "\n<"}

Program = tuple[str, ...]


@dataclass(frozen=True)
class Given:
    """The programs to mend of a unit: each function and class by its name, `Net.forward` too."""

    programs: Mapping[str, Program] = field(default_factory=dict, hash=False)

    @cached_property
    def exercises(self) -> frozenset[str]:
        return frozenset(name for name in self.programs if "." not in name)

    def has(self, function: str) -> bool:
        """Does the text of a function say what was given, comments and layout aside?"""
        if not self.programs or not (named := _FUNCTION.match(function)):
            return False
        alike = [p for name, p in self.programs.items() if name.split(".")[-1] == named[1]]
        return bool(alike) and _program_in_bounds(function) in alike

    def is_untouched(self, exercise: str, texts: Sequence[str]) -> bool:
        """Is the exercise what was given, where it is defined for the last time?"""
        if exercise not in self.exercises:
            return False
        for text in map(without_magics, reversed(texts)):
            if _is_assigned(exercise, text):
                return False
            if found := [part for part in parts_of(text) if part.name == exercise]:
                definition = _definition(text, found[-1])
                return _program_in_bounds(definition) == self.programs[exercise]
        return False


NOTHING = Given()


def given_in(stub: str, exercises: Iterable[str]) -> Given:
    """The programs to mend of a stub: the exercises that have nothing left open."""
    wanted, parts = frozenset(exercises), parts_of(stub)
    found: set[tuple[str, str]] = set()
    for whole in (part for part in parts if part.name in wanted):
        if _LEFT_OPEN not in _definition(stub, whole):
            inside = (part for part in parts if whole.first <= part.first <= whole.last)
            found |= {(part.name, _definition(stub, part)) for part in inside}
    programs = {name: program_of(text) for name, text in sorted(found)}
    return Given({name: program for name, program in programs.items() if program})


@lru_cache(maxsize=64)
def program_of(text: str) -> Program | None:
    """What a definition says, without comments, docstrings and layout; None if it breaks off."""
    tokens = []
    try:
        for token in tokenize.generate_tokens(StringIO(text).readline):
            if token.type == tokenize.ERRORTOKEN:  # to go on from there could take long
                return None
            if token.type not in (tokenize.COMMENT, tokenize.NL):
                tokens.append(token)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    said: list[str] = []
    begins = True  # a statement
    alone = False
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        ends = following is None or following.type == tokenize.NEWLINE
        if alone:  # the end of a docstring
            alone = False
        elif begins and token.type == tokenize.STRING and ends:
            alone = True
        else:
            said.append(_STRUCTURE.get(token.type, token.string))
            begins = token.type in _STRUCTURE
    return tuple(said)


def _is_assigned(name: str, text: str) -> bool:
    """Is it, or a part of it, given a value, alone or among others: `a, NAME = ...`?"""
    targets = "\n".join(found[0].rpartition("=")[0] for found in _TARGETS.finditer(text))
    return bool(re.search(rf"(?<![\w.]){name}\b", targets))


def _program_in_bounds(text: str) -> Program | None:
    return program_of(text) if len(text) <= MAX_CHARACTERS else None


def _definition(text: str, part: Part) -> str:
    """Its lines, with the decorators above them."""
    lines = text.split("\n")
    first = part.first - 1
    while first and lines[first - 1].startswith("@"):
        first -= 1
    return "\n".join(lines[first : part.last])
