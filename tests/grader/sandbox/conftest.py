"""Real workers for the tests: one warm zygote for all of them, confined where that is possible."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from grader.sandbox import jail
from grader.sandbox.limits import Limits
from grader.sandbox.processes import ForkServer

from .learner import Learner

Start = Callable[..., Learner]


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    os.environ["TORCHKATA_TEST_SECRET"] = "42"
    server = ForkServer(Limits(), confined=jail.unavailable() is None, gpu=False)
    del os.environ["TORCHKATA_TEST_SECRET"]
    yield server
    server.close()


@pytest.fixture
def start(fork_server: ForkServer) -> Iterator[Start]:
    """Start a worker with some limits changed, and load a module into it."""
    learners = []
    confined = fork_server.confined

    def start(source: str = "", *, unconfined: bool = False, **changed) -> Learner:
        limits = replace(Limits(), **changed)
        fork_server.limits, fork_server.confined = limits, confined and not unconfined
        learner = Learner(fork_server, fork_server.start().ready(), limits)
        learners.append(learner)
        if source:
            learner.load(source)
        return learner

    yield start
    for learner in learners:
        if learner.is_open:
            learner.close()
    fork_server.limits, fork_server.confined = Limits(), confined
