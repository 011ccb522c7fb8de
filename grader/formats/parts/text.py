"""Untrusted text made safe to show: nothing in it acts on a terminal, hides, or reorders."""

import re

MAX_WIDTH = 100  # of a page of text, in columns: longer lines are hard to read

# Printable by the Unicode tables, yet shown as nothing (Default_Ignorable_Code_Point).
_BLANK = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    r"\U000e0100-\U000e01ef]"
)
_TAB = 4
# GitHub's runner obeys lines of a log that begin with ::name:: or hold ##[name].
_WORKFLOW_COMMAND = re.compile(r":(?=:[\w-].*::)|#(?=#\[)")


def visible(text: str) -> str:
    """`text` with every character that would act instead of show written as its Python escape.

    Newlines stay, and tabs become spaces up to the next stop.
    """
    if _WORKFLOW_COMMAND.search(text):
        text = _WORKFLOW_COMMAND.sub(lambda sign: f"\\x{ord(sign[0]):x}", text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text)).expandtabs(_TAB)


def _shown(character: str) -> str:
    if character in "\n\t" or (character.isprintable() and not _BLANK.match(character)):
        return character
    return character.encode("unicode_escape").decode("ascii")


def one_line(text: str, *, characters: int = 300) -> str:
    """`text` on a single line, for names and titles."""
    kept = visible(" ".join(text[: characters + 1].split()))
    return kept if len(text) <= characters else f"{kept[:characters]}…"


def excerpt(text: str, *, lines: int, characters: int) -> list[str]:
    """The first lines of `text`, made visible, and a last one that says how much was left out."""
    text = text.replace("\r\n", "\n").rstrip("\n")
    kept = text[:characters].split("\n")
    shown = [visible(line).rstrip() for line in kept[:lines]]
    missing_lines = text.count("\n") + 1 - len(shown)
    missing_characters = len(text) - characters
    cut_short = missing_characters > 0 and len(kept) <= lines
    if cut_short:
        shown[-1] += " …"
    if missing_lines:
        shown.append(left_out(missing_lines, "line"))
    elif cut_short:
        shown.append(left_out(missing_characters, "character"))
    return shown


def left_out(number: int, noun: str) -> str:
    return f"… ({counted(number, f'more {noun}')})"


def counted(number: int, noun: str) -> str:
    """`1 more line`, `1,200 more lines`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
