"""The pages of a kit that are the same for every course, but for a few words."""

import re
from collections.abc import Mapping
from pathlib import Path

from grader.kit.archives import kept

_FOLDER = Path(__file__).parent / "files"


def pages(words: Mapping[str, str]) -> dict[str, bytes]:
    """Every page by its path in the kit, with `$title` and the other `words` filled in.

    A stored name that begins with `dot-` begins with a dot in the kit: packaging passes over such
    names. Whatever else begins with a `$` is a variable of a workflow or a shell.
    """
    word = re.compile(rf"\$({'|'.join(words)})\b")
    return {
        re.sub(r"(^|/)dot-", r"\1.", name): word.sub(lambda found: words[found[1]], page).encode()
        for name, page in ((name, content.decode()) for name, content in kept(_FOLDER))
    }
