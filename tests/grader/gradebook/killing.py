"""A judge that some work ends, as a lack of memory would; a command runs within it."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from grader.gradebook import judging
from grader.gradebook.judging import Job, Unjudged
from grader.judge.session import Session
from grader.report import Report

JUDGE = judging.judge


def killed_by(session: Session, job: Job) -> Report | Unjudged:
    if "# kills" in job.work.sources["tiny"].text:
        os.kill(os.getpid(), signal.SIGKILL)
    return JUDGE(session, job)


@contextmanager
def within() -> Iterator[None]:
    with mock.patch("grader.gradebook.judging.judge", killed_by):
        yield
