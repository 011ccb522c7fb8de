"""Where the course lies that came with the grader."""

import sysconfig
from collections.abc import Iterator
from pathlib import Path

import grader

SHARED = Path("share", "torchkata", "course")  # pyproject.toml puts it there


def installed_root(file: str) -> Path | None:
    """The folder of that course, which holds such a file: the checkout that the grader runs from,
    or where pip put it. None if it came without, as in the environment of a kit."""
    return next((place for place in _places() if (place / file).is_file()), None)


def _places() -> Iterator[Path]:
    around = Path(grader.__file__).resolve().parents[1]
    yield around
    for scheme in sysconfig.get_scheme_names():  # of a user, of Debian, of a virtual environment
        if Path(sysconfig.get_path("purelib", scheme)).resolve() == around:
            yield Path(sysconfig.get_path("data", scheme)) / SHARED
    yield around / SHARED  # pip install --target
    yield around.joinpath("..", "..", "..").resolve() / SHARED  # --prefix, as on clusters
