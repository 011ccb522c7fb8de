"""Why a call of the learner's raised: the sentence for an error of Python's or torch's own."""

import functools
import tomllib
from collections.abc import Sequence
from pathlib import Path

from grader.course.known_errors import KnownError
from grader.errors import Raised
from grader.judge.spelling import misspelled

MESSAGE_CHARACTERS = 600  # of a message that are looked at
# What is wrong whatever the work was asked for.
NAMES = frozenset(
    ["NameError", "UnboundLocalError", "AttributeError", "ImportError", "ModuleNotFoundError"]
)


def cause_of(error: Raised, own: Sequence[KnownError] = ()) -> str | None:
    """The likely cause of an error that the learner's line does not raise itself.

    `own` are the errors that a course knows of beside those of the grader; they come first.
    """
    if error.by_hand:
        return None
    kind, message, line = error.kind, str(error)[:MESSAGE_CHARACTERS], ""
    if error.frames:
        line = error.frames[-1].text
    for known in (*own, *_table()):
        if sentence := known.explains(kind, message, line):
            return sentence
    return misspelled(kind, message, line, error.source)


@functools.cache
def _table() -> tuple[KnownError, ...]:
    text = Path(__file__).with_name("known_errors.toml").read_text(encoding="utf-8")
    return tuple(KnownError(**entry) for entry in tomllib.loads(text)["error"])
