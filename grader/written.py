"""What somebody has written of an exercise file: read as text, since it is never parsed here."""

import re

_DOCSTRING = re.compile(r'\A(?:\s|#[^\n]*\n)*[rR]?("""|\'\'\').*?(?:\1|\Z)', re.DOTALL)
_DEFINITION = re.compile(r"^([ \t]{0,8})(?:async[ \t]+def|def)[ \t]", re.MULTILINE)
_NEXT = r"^[ \t]{0,%d}[^ \t\n#)\]}]"
_OPEN = "raise NotImplementedError"


def written(text: str) -> frozenset[str]:
    """The functions, as texts, that no longer say that they are not implemented."""
    text = _DOCSTRING.sub("", text)
    found = []
    for start in _DEFINITION.finditer(text):
        following = re.compile(_NEXT % len(start[1]), re.MULTILINE).search(text, start.end())
        found.append(text[start.start() : following.start() if following else len(text)])
    return frozenset(_trimmed(block) for block in found if _OPEN not in block)


def _trimmed(block: str) -> str:
    return "\n".join(line.rstrip() for line in block.rstrip().split("\n"))
