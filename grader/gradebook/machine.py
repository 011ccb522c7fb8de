"""One machine of a cluster: it gets the course once, and then one work after the other.

Nothing here knows how they travel; `cluster.py` does.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock

from grader.course.model import COURSE_FILE, Course, read_course
from grader.course.writing import write_files
from grader.errors import UsageError
from grader.gradebook.judging import KILLED, Job, Unjudged, judge
from grader.judge import fingerprint, hindrances
from grader.judge.options import Options, Sandbox
from grader.judge.pool import Lost, OneJudge
from grader.report import Report


@dataclass(frozen=True)
class Parcel:
    """What a machine needs in order to judge: the files of a course, and how to grade."""

    files: dict[str, bytes]
    units: tuple[str, ...]
    options: Options
    software: str

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint.digest(*self.files, *self.files.values(), self.units, self.options)


def parcel_of(course: Course, options: Options) -> Parcel:
    """Whatever judges these units, and no secret: the seeds travel with the works."""
    units = tuple(course.everything)
    paths = {course.root / COURSE_FILE}.union(
        *(fingerprint.files_of_unit(course, unit) for unit in units)
    )
    files = {path.relative_to(course.root).as_posix(): path.read_bytes() for path in sorted(paths)}
    return Parcel(files, units, options, fingerprint.of_software())


def confining(sandbox: Sandbox) -> None:
    """Raises: UsageError if this machine cannot confine the work of strangers, and has to."""
    reason = hindrances.of_confinement()
    if reason and sandbox is not Sandbox.OFF:
        raise UsageError(
            f"this machine cannot judge the work of strangers: {reason}. Use another one, or, if "
            "you trust all of the work, --sandbox off, here and for the run"
        )


@dataclass
class Machine:
    """As many judges as there are jobs at once, each in a process of its own that stays warm."""

    courses: dict[str, Course] = field(default_factory=dict)
    runs: Counter[str] = field(default_factory=Counter)
    idle: list[tuple[str, OneJudge]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def take(self, parcel: Parcel) -> None:
        """Keep a course for one more run. Raises: UsageError if it cannot be judged here."""
        confining(parcel.options.sandbox)
        if parcel.software != fingerprint.of_software():
            raise UsageError(
                "this machine has another version of the grader, of torch or of NumPy than the "
                "one that runs the class: install the same on both"
            )
        with self.lock:
            if parcel.fingerprint not in self.courses:
                self.courses[parcel.fingerprint] = _unpacked(parcel)
            self.runs[parcel.fingerprint] += 1

    def release(self, parcel: Parcel) -> None:
        """One run less; without any, nothing of its course is left here."""
        with self.lock:
            self.runs[parcel.fingerprint] -= 1
            if self.runs[parcel.fingerprint] > 0:
                return
            ended = self._out(parcel.fingerprint)
            course = self.courses.pop(parcel.fingerprint)
        for one in ended:
            one.close()
        shutil.rmtree(course.root, ignore_errors=True)

    def judge(self, parcel: Parcel, job: Job) -> Report | Unjudged:
        """Twice, if the process is lost: what ends it again is the work. Raises: UsageError."""
        for _ in range(2):
            try:
                with self._lent(parcel) as one:
                    return one.judge(judge, job)
            except Lost:
                continue
        return Unjudged(KILLED)

    @contextmanager
    def _lent(self, parcel: Parcel) -> Iterator[OneJudge]:
        """A judge of this course, for one job; a lost one does not come back."""
        with self.lock:
            mine = self._out(parcel.fingerprint, 1)
            others = [] if mine else [one for _, one in self.idle[:1]]
            del self.idle[: len(others)]
        for other in others:  # never more processes than jobs
            other.close()
        one = mine[0] if mine else OneJudge(self.courses[parcel.fingerprint], parcel.options)
        try:
            yield one
        except BaseException:
            one.close()
            raise
        with self.lock:
            kept = self.runs[parcel.fingerprint] > 0
            if kept:
                self.idle.append((parcel.fingerprint, one))
        if not kept:
            one.close()

    def _out(self, course: str, most: int | None = None) -> list[OneJudge]:
        taken = [each for each in self.idle if each[0] == course][:most]
        self.idle = [each for each in self.idle if each not in taken]
        return [one for _, one in taken]


def _unpacked(parcel: Parcel) -> Course:
    root = Path(tempfile.mkdtemp(prefix="torchkata-"))  # which nobody else may open
    write_files(parcel.files, root)
    return read_course(root).only(list(parcel.units))
