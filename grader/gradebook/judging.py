"""The work of a class on warm judges: each hand-in with its report, or why there is none."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

from grader.course.model import Course
from grader.errors import GraderError, UsageError
from grader.judge.options import Options
from grader.judge.pool import Lost, judge_all
from grader.judge.session import Session
from grader.report import Report
from grader.work.submission import Submission


@dataclass(frozen=True)
class Job:
    """One student's work, with the seed of their inputs; None if it follows from the work."""

    student: str
    work: Submission
    seed: int | None
    device: str


@dataclass(frozen=True)
class Unjudged:
    """A fault of ours: nobody's zero."""

    why: str


KILLED = "the grader's process was killed while it judged this work"
Judged = tuple[Job, Report | Unjudged]


def judge(session: Session, job: Job) -> Report | Unjudged:
    """What breaks the grader costs nobody else anything. Raises: UsageError."""
    try:
        return session.grade(job.work, session.course.select([]), seed=job.seed)
    except UsageError:  # nothing can be judged here at all
        raise
    except GraderError as error:
        return Unjudged(str(error))
    except Exception as error:
        return Unjudged(f"the grader itself failed: {type(error).__name__}: {error}")


def judged_here(
    course: Course, jobs: Iterable[Job], options: Options, processes: int
) -> Iterator[Judged]:
    """On this machine, in so many processes, as they end.

    A process that is lost takes nobody with it: what it was judging is judged again, each alone.
    Raises: UsageError.
    """
    waiting = iter(jobs)
    while True:
        try:
            with closing(
                judge_all(course, waiting, judge, processes, options, own_work=False)
            ) as found:
                yield from found
            return
        except Lost as lost:
            for job in lost.jobs:
                yield job, _alone(course, job, options)


def _alone(course: Course, job: Job, options: Options) -> Report | Unjudged:
    """In a process of its own, since it may be what ends them."""
    try:
        with closing(judge_all(course, [job], judge, 1, options, own_work=False)) as found:
            return next(found)[1]
    except Lost:
        return Unjudged(KILLED)
