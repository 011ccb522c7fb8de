"""The pages of a kit that are the same for every course, but for a few words."""

import re
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

PLACEHOLDERS = ("title", "version")
_HIDDEN = "dot-"  # packaging passes over names that begin with a dot


def pages(words: Mapping[str, str]) -> dict[str, bytes]:
    """Every page by its path in the kit, with `$title` and the other PLACEHOLDERS replaced.

    A stored name that begins with `dot-` begins with a dot in the kit.
    """
    found = _read(files("grader.kit") / "files", "")
    return {name: _filled(text, words).encode() for name, text in sorted(found.items())}


def _read(folder: Traversable, prefix: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in folder.iterdir():
        name = prefix + re.sub(f"^{_HIDDEN}", ".", entry.name)
        if entry.is_dir():
            found |= _read(entry, f"{name}/")
        elif not entry.name.startswith("."):
            found[name] = entry.read_text(encoding="utf-8")
    return found


def _filled(text: str, words: Mapping[str, str]) -> str:
    """Only our own words are replaced: workflows and shells have variables of theirs."""
    pattern = rf"\$({'|'.join(PLACEHOLDERS)})\b"
    return re.sub(pattern, lambda match: words[match[1]], text)
