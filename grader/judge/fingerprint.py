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
def of_grader() -> str:
    """The grader's own sources, the versions it works with, and the devices at hand."""
    root = Path(grader.__file__).parent
    sources = sorted([*root.rglob("*.py"), *root.rglob("*.toml")])
    devices = sorted(str(path) for path in Path("/dev").glob("nvidia[0-9]*"))
    texts = (path.read_bytes() for path in sources)
    return digest(*texts, version("torch"), version("numpy"), *devices)


def of_unit(course: Course, unit: str) -> str:
    """All that judges one unit: solution, suite, rigs, data, wrong answers."""
    folder = course.suites_folder
    rigs = [path for path in sorted(folder.glob("*.py")) if not path.name.startswith("test_")]
    banks = course.bank(unit), course.device_bank(unit)
    files = [course.solution(unit), course.suite(unit), *banks, *rigs]
    data = [path for path in sorted(course.data(unit).rglob("*")) if path.is_file()]
    texts = [path.read_bytes() if path.is_file() else b"" for path in files]
    return digest(*texts, *data, *(path.read_bytes() for path in data))


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
