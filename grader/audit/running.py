"""Grades many jobs in processes that stay warm."""

import signal
from collections.abc import Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from multiprocessing import get_context
from multiprocessing.util import Finalize
from pathlib import Path

from grader.audit.jobs import CPU, Graded, Job, graded
from grader.course import Course, read_course
from grader.errors import GraderFault
from grader.grading import Options, Session

Results = Generator[tuple[Job, Graded], None, None]


class Grading:
    """Grades the jobs of a course, with one session for each device that they ask for."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.sessions: dict[str, Session] = {}
        self.opened = ExitStack()

    def grade(self, job: Job) -> Graded:
        if job.device not in self.sessions:
            session = Session(self.course, Options(job.device), own_work=True)
            self.sessions[job.device] = self.opened.enter_context(session)
            if session.devices == (CPU,):
                self.sessions[CPU] = session
        return graded(self.sessions[job.device], job)

    def close(self) -> None:
        self.opened.close()


def grade_all(course: Course, jobs: Sequence[Job], processes: int) -> Results:
    """Each job with what became of it, in the order in which they end; to be closed after use.

    Raises: GraderFault if a process of the grader is lost.
    """
    if min(processes, len(jobs)) <= 1:
        yield from _grade_here(course, jobs)
    else:
        yield from _grade_in_pool(course, jobs, min(processes, len(jobs)))


def _grade_here(course: Course, jobs: Sequence[Job]) -> Results:
    grading = Grading(course)
    try:
        for job in jobs:
            yield job, grading.grade(job)
    finally:
        grading.close()


def _grade_in_pool(course: Course, jobs: Sequence[Job], processes: int) -> Results:
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _start, (course.root,))
    try:
        futures = {pool.submit(_grade, job): job for job in jobs}
        for future in as_completed(futures):
            yield futures.pop(future), future.result()
    except BrokenProcessPool:
        raise GraderFault(
            "a process of the audit was ended from outside, perhaps for lack of memory: "
            "run it again with a smaller --jobs; it goes on where it stopped"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


_grading: Grading | None = None  # of this process, if it is one of a pool


def _start(root: Path) -> None:
    global _grading
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of the first process
    _grading = Grading(read_course(root))
    Finalize(None, _grading.close, exitpriority=10)


def _grade(job: Job) -> Graded:
    assert _grading is not None
    return _grading.grade(job)
