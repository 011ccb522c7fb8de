"""Files written into a folder; a learner's so that none is ever half there, or gone."""

import os
import shutil
from collections.abc import Mapping
from itertools import count
from pathlib import Path


def kept(path: Path) -> Path:
    """A copy of the file under a name of its own: `sgd.py.bak`, `sgd.py.bak2` and so on."""
    data = path.read_bytes()
    for number in count(1):
        copy = path.with_name(f"{path.name}.bak{number if number > 1 else ''}")
        try:
            _write(copy, data)
        except FileExistsError:
            continue
        return copy
    raise AssertionError


def replace_file(path: Path, data: bytes) -> None:
    """Put these bytes in the place of a file, or of a link: whoever looks, or ends the process,
    finds it as it was or as it is to be."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)  # of an update that was ended, or a link to anywhere
    _write(fresh, data)
    if path.is_file() and not path.is_symlink():
        shutil.copymode(path, fresh)
    fresh.replace(path)


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write them, by their paths, into a folder. Raises: OSError."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _write(path: Path, data: bytes) -> None:
    """Write a new file, all of it or nothing. Raises: OSError."""
    file = path.open("xb")
    try:
        with file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink()
        raise
