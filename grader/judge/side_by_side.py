"""Parts of one run, judged at the same time: each but the first in a fork of this process."""

import os
import signal
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import NoReturn

from grader.errors import GraderError, GraderFault
from grader.judge.learner import LeftOutOf
from grader.judge.options import OnProgress
from grader.report import TestResult, UnitResult
from grader.sandbox import jail


@dataclass(frozen=True)
class Part:
    """What came of some units: their results, and what is to be told besides."""

    units: tuple[UnitResult, ...]
    left_out: dict[str, LeftOutOf]
    notes: tuple[str, ...]
    rehearsals: tuple[TestResult, ...]


NUMBER = struct.Struct("!H")
ToJudge = Callable[[OnProgress], Part]


class Turns:
    """Units in the order given, each for the first judge that asks for its next one.

    They lie in a pipe, which forks of this process share, as the numbers that they have.
    """

    def __init__(self, units: Sequence[str]) -> None:
        self.units = units
        self.numbers, writing = os.pipe()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(b"".join(NUMBER.pack(number) for number in range(len(units))))

    def __iter__(self) -> Iterator[str]:
        while number := os.read(self.numbers, NUMBER.size):
            yield self.units[NUMBER.unpack(number)[0]]

    def close(self) -> None:
        os.close(self.numbers)


def side_by_side(parts: Sequence[ToJudge], on_progress: OnProgress, total: int) -> list[Part]:
    """Every part, in the order given; `total` is the number of their exercises.

    Raises: GraderError as a part does; GraderFault if a fork of this process was killed.
    """
    first, *others = parts
    forks: list[_Fork] = []
    own = 0

    def tell() -> None:
        on_progress(own + sum(fork.done for fork in forks), total)

    def told(done: int, _: int) -> None:
        nonlocal own
        own = done
        for fork in forks:
            fork.listen()
        tell()

    try:
        with _undisturbed():
            for part in others:
                forks.append(_Fork(part))
        judged = [first(told)]
        while waiting := [fork.told for fork in forks if fork.part is None]:
            wait(waiting)
            for fork in forks:
                fork.listen()
            tell()
        return judged + [fork.part for fork in forks if fork.part is not None]
    finally:
        for fork in forks:
            fork.end()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """What would end this process waits until its forks are known, and in these for ever: Ctrl-C
    is sent to all of them, but the first process ends the others."""
    ending = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ending)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Fork:
    """A judge that has this one's suites and its key, and processes of its own for the work."""

    def __init__(self, part: ToJudge) -> None:
        self.part: Part | None = None
        self.done = 0
        self.told, telling = Pipe(duplex=False)
        self.pid = os.fork()
        if self.pid == 0:
            _judge(part, telling)
        telling.close()

    def listen(self) -> None:
        """Take what it has told. Raises: GraderError."""
        while self.part is None and self.told.poll():
            try:
                told = self.told.recv()
            except (EOFError, OSError):  # before it told anything, or in the middle of it
                raise GraderFault(
                    "a process of the grader was killed, perhaps for lack of memory"
                ) from None
            if isinstance(told, GraderError):
                raise told
            if isinstance(told, Part):
                self.part = told
            else:
                self.done = told

    def end(self) -> None:
        self.told.close()
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def _judge(part: ToJudge, telling: Connection) -> NoReturn:
    try:
        jail.die_with_parent()
        try:
            telling.send(part(lambda done, total: telling.send(done)))
        except GraderError as error:
            telling.send(error)
        except BaseException as error:
            telling.send(GraderFault(f"{type(error).__name__}: {error}"))
    finally:
        os._exit(0)
