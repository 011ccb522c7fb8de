"""Many sessions at once: work is spread over processes that stay warm."""

import signal
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from multiprocessing import get_context
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any, Protocol, TypeVar

from grader.course.model import Course, read_course
from grader.errors import GraderFault
from grader.judge.options import Device, Options
from grader.judge.session import Session


class Job(Protocol):
    """Something to be judged on one device, or on all."""

    @property
    def device(self) -> str: ...


J = TypeVar("J", bound=Job)
R = TypeVar("R")
Judge = Callable[[Session, J], R]


class Sessions:
    """The sessions of one process: one for each device that is asked for."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.by_device: dict[str, Session] = {}
        self.opened = ExitStack()

    def on(self, device: str) -> Session:
        if device not in self.by_device:
            session = Session(self.course, Options(Device(device)), own_work=True)
            self.by_device[device] = self.opened.enter_context(session)
            if len(session.devices) == 1:
                self.by_device[session.devices[0]] = session
        return self.by_device[device]

    def close(self) -> None:
        self.opened.close()


def judge_all(
    course: Course, jobs: Sequence[J], judge: Judge[J, R], processes: int
) -> Generator[tuple[J, R], None, None]:
    """Each job with what `judge` says of it, in the order in which they end; close it after use.

    Raises: GraderFault if a process of the grader is lost.
    """
    if min(processes, len(jobs)) <= 1:
        yield from _judge_here(course, jobs, judge)
    else:
        yield from _judge_in_pool(course, jobs, judge, min(processes, len(jobs)))


def _judge_here(
    course: Course, jobs: Sequence[J], judge: Judge[J, R]
) -> Generator[tuple[J, R], None, None]:
    sessions = Sessions(course)
    try:
        for job in jobs:
            yield job, judge(sessions.on(job.device), job)
    finally:
        sessions.close()


def _judge_in_pool(
    course: Course, jobs: Sequence[J], judge: Judge[J, R], processes: int
) -> Generator[tuple[J, R], None, None]:
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _start, (course.root,))
    try:
        futures = {pool.submit(_judge, judge, job): job for job in jobs}
        for future in as_completed(futures):
            yield futures.pop(future), future.result()
    except BrokenProcessPool:
        raise GraderFault(
            "a grader process was killed, perhaps for lack of memory: "
            "run it again with fewer --jobs; it continues where it stopped"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


_sessions: Sessions | None = None  # of this process, if it is one of a pool


def _start(root: Path) -> None:
    global _sessions
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of the first process
    _sessions = Sessions(read_course(root))
    Finalize(None, _sessions.close, exitpriority=10)


def _judge(judge: Judge[Any, R], job: Any) -> R:
    assert _sessions is not None
    return judge(_sessions.on(job.device), job)
