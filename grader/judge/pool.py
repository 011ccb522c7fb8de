"""Many sessions at once: work is spread over processes that stay warm."""

import os
import re
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext, suppress
from dataclasses import replace
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.queues import SimpleQueue
from multiprocessing.util import Finalize
from pathlib import Path
from threading import Thread
from typing import Any, Protocol, TypeVar

from grader.course.model import Course, read_course
from grader.errors import GraderError, GraderFault
from grader.judge.options import Device, Options, cores, cores_of
from grader.judge.session import Session
from grader.sandbox.cores import run_on

_KEPT_AWAY = re.compile("TOKEN|SECRET|ACTIONS_|GITHUB_")
WAITING = 3  # jobs for each process: the next one is there when it needs it


class Job(Protocol):
    """Something to be judged on one device, or on all."""

    @property
    def device(self) -> str: ...


class Lost(GraderFault):
    """A process of the grader was killed; `jobs` were under way, and have no result."""

    def __init__(self, jobs: list[Any]) -> None:
        super().__init__(
            "a grader process was killed, perhaps for lack of memory: "
            "run it again with fewer --jobs; it continues where it stopped"
        )
        self.jobs = jobs


J = TypeVar("J", bound=Job)
R = TypeVar("R")
Judge = Callable[[Session, J], R]


class Sessions:
    """The sessions of one process: one for each device that is asked for."""

    def __init__(self, course: Course, options: Options, *, own_work: bool) -> None:
        self.course, self.options, self.own_work = course, options, own_work
        self.by_device: dict[str, Session] = {}
        self.opened = ExitStack()

    def on(self, device: str) -> Session:
        if device not in self.by_device:
            options = replace(self.options, device=Device(device))
            session = Session(self.course, options, own_work=self.own_work)
            self.by_device[device] = self.opened.enter_context(session)
            if len(session.devices) == 1:
                self.by_device[session.devices[0]] = session
        return self.by_device[device]

    def close(self) -> None:
        self.opened.close()


def judge_all(
    course: Course,
    jobs: Iterable[J],
    judge: Judge[J, R],
    processes: int,
    options: Options = Options(),  # noqa: B008  # frozen
    *,
    own_work: bool = True,
) -> Generator[tuple[J, R], None, None]:
    """Each job with what `judge` says of it, in the order in which they end; close it after use.

    Jobs are taken as they can be judged, so that a generator of many takes little memory.
    Raises: Lost if a process of the grader is, with the jobs that were under way.
    """
    if own_work and processes <= 1:
        with closing(Sessions(course, options, own_work=own_work)) as sessions:
            for job in jobs:
                yield job, judge(sessions.on(job.device), job)
    else:  # the work of others may end a process
        arguments = course.root, list(course.everything), options, own_work
        yield from _judge_in_pool(arguments, iter(jobs), judge, max(1, processes))


def _judge_in_pool(
    arguments: tuple[Any, ...], jobs: Iterator[J], judge: Judge[J, R], processes: int
) -> Generator[tuple[J, R], None, None]:
    context = get_context("spawn")
    # A judge and its zygote import torch at the same time: two cores, and whoever gets none waits
    # while the first results come.
    turns = context.Semaphore(max(1, cores() // 2))
    places: SimpleQueue[set[int]] = context.SimpleQueue()
    for number in range(processes):
        places.put(cores_of(number, processes))
    pool = ProcessPoolExecutor(processes, context, _start, (*arguments, turns, places))
    waiting: dict[Future[R], J] = {}
    try:
        while True:
            for job in islice(jobs, WAITING * processes - len(waiting)):
                waiting[pool.submit(_judge, judge, job)] = job
            if not waiting:
                return
            ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in ended:
                result = future.result()
                yield waiting.pop(future), result
    except BrokenProcessPool:
        raise Lost(list(waiting.values())) from None
    finally:
        pool.shutdown(cancel_futures=True)


class OneJudge:
    """A process that stays warm and judges one job at a time: what ends it is that job."""

    def __init__(self, course: Course, options: Options) -> None:
        arguments = course.root, list(course.everything), options, False, nullcontext()
        self.pool = ProcessPoolExecutor(1, get_context("spawn"), _start, arguments)

    def judge(self, judge: Judge[J, R], job: J) -> R:
        """Raises: Lost if the process is."""
        try:
            return self.pool.submit(_judge, judge, job).result()
        except BrokenProcessPool:
            raise Lost([job]) from None

    def close(self) -> None:
        self.pool.shutdown()


_sessions: Sessions | None = None  # of this process, if it is one of a pool


def _start(
    root: Path,
    units: list[str],
    options: Options,
    own_work: bool,
    turns: AbstractContextManager[Any],
    places: "SimpleQueue[set[int]] | None" = None,
) -> None:
    global _sessions
    Thread(target=_end_with_parent, daemon=True).start()
    for name in [name for name in os.environ if _KEPT_AWAY.search(name)]:
        del os.environ[name]  # no business of a judge
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of the first process
    # Judges side by side need each other's cores: none waits busily for its worker.
    options = replace(options, limits=replace(options.limits, spin_seconds=0.0))
    _sessions = Sessions(read_course(root).only(units), options, own_work=own_work)
    Finalize(None, _sessions.close, exitpriority=10)
    with turns, suppress(GraderError):  # what is wrong is told with the first job
        session = _sessions.on(options.device.value)
        session.warm_up()
        if places is not None and session.devices == ("cpu",) and (here := places.get()):
            run_on(here)


def _end_with_parent() -> None:
    """A pool whose first process was killed would wait for jobs for ever."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _judge(judge: Judge[Any, R], job: Any) -> R:
    assert _sessions is not None
    return judge(_sessions.on(job.device), job)
