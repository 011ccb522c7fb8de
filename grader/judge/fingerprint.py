"""Digests of what a result follows from, beside the work: the course, the grader, torch."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import grader
from grader.course.model import COURSE_FILE, Course
from grader.work.submission import Submission


def digest(*parts: object) -> str:
    """32 hexadecimal digits; bytes as they are, everything else as text."""
    hashed = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
        hashed.update(len(data).to_bytes(8, "big") + data)
    return hashed.hexdigest()


@cache
def of_software() -> str:
    """The grader's own sources, and the versions it works with."""
    root = Path(grader.__file__).parent
    sources = sorted([*root.rglob("*.py"), *root.rglob("*.toml")])
    return digest(*(path.read_bytes() for path in sources), version("torch"), version("numpy"))


@cache
def of_grader() -> str:
    """The software, and the devices at hand."""
    devices = sorted(str(path) for path in Path("/dev").glob("nvidia[0-9]*"))
    return digest(of_software(), *devices)


def files_of_unit(course: Course, unit: str) -> list[Path]:
    """All that judges one unit: solution, suite, wrong answers, rigs, pictures, data."""
    folder = course.suites_folder
    beside = [path for path in sorted(folder.glob("*.py")) if not path.name.startswith("test_")]
    data = sorted(course.data(unit).rglob("*"))
    banks = course.bank(unit), course.device_bank(unit)
    files = [course.solution(unit), course.suite(unit), *banks, *beside, *data]
    return [path for path in files if path.is_file()]


def of_unit(course: Course, unit: str) -> str:
    """The bytes of its files, and where they lie in the course."""
    files = files_of_unit(course, unit)
    places = [path.relative_to(course.root) for path in files]
    return digest(*places, *(path.read_bytes() for path in files))


def of_course(course: Course) -> str:
    """All that judges any unit of it, and the grader itself."""
    told = (course.root / COURSE_FILE).read_bytes()
    return digest(told, *(of_unit(course, unit.name) for unit in course.units), of_grader())


def of_work(submission: Submission) -> str:
    """Every byte of it that is judged, and what is said of its files."""
    parts: list[object] = []
    for unit, source in sorted(submission.sources.items()):
        parts += [unit, source.file, source.problem, len(source.parts), *source.parts]
    return digest(*parts, *submission.remarks(submission.sources))
