"""Work under another name, or in another folder, than it should be: few names, few levels.

No links are followed, and what the course itself keeps its answers and tests in is no place.
"""

import os
import re
from collections.abc import Collection, Iterator
from itertools import islice, pairwise
from pathlib import Path

MAX_NAMES = 1000
MAX_FOLDERS = 20  # of a level
LEVELS = 2
SHORTEST_SLIP = 6  # letters

_ENDING = re.compile(r"\.(?:py|ipynb)(?:\.(?:txt|json))?\Z", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+")
# Beside the name of a unit, these tell of something other than its exercises, or of earlier work.
_OTHERS = frozenset(
    "test tests rig rigs picture pictures plot plots helper helpers util utils wrong "
    "stub stubs old backup bak orig original before reset checkpoint".split()
)
_NO_PLACE = re.compile(
    r"[._].*|old|backups?|bak|archive|solutions?|(?:hidden_|visible_)?tests?|node_modules|site-packages|venv|env",
    re.IGNORECASE,
)


def unit_of(name: str, units: Collection[str]) -> str | None:
    """The unit whose work a file seems to be, such as `sgd (1).py`, `Copy of sgd.ipynb` or,
    but for one letter, `activation.py`.

    Hidden files are what editors and systems keep for themselves.
    """
    ending = _ENDING.search(name)
    if ending is None or name.startswith("."):
        return None
    stem = name[: ending.start()].casefold()
    word = r"(?<![^\W_]){}(?![^\W\d_])"
    found = [u for u in units if re.search(word.format(re.escape(u.casefold())), stem)]
    unit, there = max(found, key=len, default=None), ""
    if unit is not None:
        there = unit.casefold()
    else:
        slips = [(u, w) for u in units for w in _written(stem) if _slipped(w, u.casefold())]
        unit, there = slips[0] if len(slips) == 1 else (None, "")
    if unit is None or _OTHERS & set(_WORDS.findall(stem.replace(there, " ", 1))):
        return None
    return unit


def _written(stem: str) -> list[str]:
    """The words of a name, and each two of them as one: `bug_hunt` for `bughunt`."""
    words = _WORDS.findall(stem)
    return [*words, *map("".join, pairwise(words))]


def _slipped(word: str, unit: str) -> bool:
    """Is it the name, or the name but for one letter more, less or other, or two that changed
    places? In short names such a letter may well be meant."""
    if len(unit) < SHORTEST_SLIP or abs(len(word) - len(unit)) > 1:
        return word == unit
    pairs = enumerate(zip(word, unit, strict=False))
    same = next((k for k, (a, b) in pairs if a != b), min(len(word), len(unit)))
    word, unit = word[same:], unit[same:]
    swapped = unit[1::-1] + unit[2:]
    return word in (unit[1:], swapped) or word[1:] in (unit, unit[1:])


def is_place(folder: str) -> bool:
    """May the whole work lie in a folder of this name?"""
    return _NO_PLACE.fullmatch(folder) is None


def files_of_units(folder: Path, units: Collection[str]) -> dict[str, list[str]]:
    """For each unit the files of the folder that seem to be its work, in order."""
    found: dict[str, list[str]] = {}
    for name in _listed(folder, folders=False):
        if unit := unit_of(name, units):
            found.setdefault(unit, []).append(name)
    return found


def inner_folders(folder: Path) -> Iterator[str]:
    """The paths of the folders in which somebody may have put the whole work, outer ones first."""
    level = [""]
    for _ in range(LEVELS):
        inner = (
            f"{outer}{name}/" for outer in level for name in _listed(folder / outer, folders=True)
        )
        level = list(islice(inner, MAX_FOLDERS))
        yield from level


def _listed(folder: Path, *, folders: bool) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            first = list(islice(entries, MAX_NAMES))
    except OSError:
        return []
    if folders:
        names = [e.name for e in first if e.is_dir(follow_symlinks=False) and is_place(e.name)]
    else:
        names = [e.name for e in first if e.is_file(follow_symlinks=False)]
    return sorted(filter(str.isprintable, names))
