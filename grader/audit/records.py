"""What was graded before, kept beside the course: an audit grades again only what has changed."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.audit.jobs import Graded, Job, solution_of
from grader.course.model import Course
from grader.judge import fingerprint
from grader.report import kept, restored

FILE = ".torchkata-audit.jsonl"


class Records:
    """The results of jobs by a digest of all that they depend on; a line of JSON for each."""

    def __init__(self, course: Course, *, fresh: bool) -> None:
        self.path = course.root / FILE
        self.fresh = fresh
        self.units = {u.name: fingerprint.of_unit(course, u.name) for u in course.units}
        self.solutions = {u.name: solution_of(course, u.name) for u in course.units}
        self.known: dict[str, tuple[str, Graded]] = dict(_read(self.path))
        self.used: set[str] = set()
        self.file = self.path.open("a", encoding="utf-8")

    def close(self) -> None:
        self.file.close()

    def get(self, job: Job) -> Graded | None:
        """What is known of a job; nothing is, for an audit that starts afresh."""
        key = self._key(job)
        self.used.add(key)
        return self.known[key][1] if key in self.known and not self.fresh else None

    def add(self, job: Job, graded: Graded) -> None:
        """Keep a result at once; what could not be judged is tried again by the next audit."""
        if graded.fault is None:
            key = self._key(job)
            self.known[key] = (job.unit, graded)
            self.file.write(_line(key, job.unit, graded))
            self.file.flush()

    def compact(self, units: set[str]) -> None:
        """Forget what none of the jobs of `units` asked for."""
        lines = [
            _line(key, unit, graded)
            for key, (unit, graded) in self.known.items()
            if key in self.used or unit not in units
        ]
        self.file.close()
        new = self.path.with_suffix(".new")
        new.write_text("".join(lines), encoding="utf-8")
        new.replace(self.path)

    def _key(self, job: Job) -> str:
        """The digest of a job."""
        others = [
            solution
            for unit, solution in self.solutions.items()
            if unit != job.unit and re.search(rf"\b{unit}\b", job.text)
        ]
        asked = [job.text, *sorted(job.exercises), job.seed, job.device, job.attempt, job.examples]
        return fingerprint.digest(
            job.unit, self.units[job.unit], fingerprint.of_grader(), *asked, *others
        )


def _line(key: str, unit: str, graded: Graded) -> str:
    return json.dumps({"key": key, "unit": unit, **kept(graded)}, default=kept) + "\n"


def _read(path: Path) -> Iterator[tuple[str, tuple[str, Graded]]]:
    """Every line that is whole: the last one of an audit that was stopped may not be."""
    if not path.is_file():
        return
    for line in path.read_text("utf-8").splitlines():
        try:
            entry: dict[str, Any] = json.loads(line)
            key, unit = entry.pop("key"), entry.pop("unit")
            yield key, (unit, restored(Graded, entry))
        except (AttributeError, KeyError, TypeError, ValueError):
            continue
