"""Files of a learner's written so that none is ever half there, or gone."""

import os
import shutil
from itertools import count
from pathlib import Path


def kept(path: Path) -> Path:
    """A copy of the file under a name of its own: `sgd.py.bak`, `sgd.py.bak2` and so on."""
    for number in count(1):
        copy = path.with_name(f"{path.name}.bak{number if number > 1 else ''}")
        try:
            with copy.open("xb") as file:
                file.write(path.read_bytes())
        except FileExistsError:
            continue
        return copy
    raise AssertionError


def replace_file(path: Path, data: bytes) -> None:
    """Put these bytes in the place of a file, or of a link: whoever looks, or ends the process,
    finds it as it was or as it is to be."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)  # of an update that was ended, or a link to anywhere
    with fresh.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if path.is_file() and not path.is_symlink():
        shutil.copymode(path, fresh)
    fresh.replace(path)
