"""A worker with one module in it, as the tests of the sandbox use it."""

from textwrap import dedent
from typing import Any

from grader.sandbox import wire
from grader.sandbox.client import Answer, Worker
from grader.sandbox.limits import Limits
from grader.sandbox.processes import Process, Processes

FILE = "exercises/unit.py"


class Learner:
    def __init__(self, processes: Processes, process: Process, limits: Limits) -> None:
        self.process = process
        self.client = Worker(processes, process, limits, lambda _, *handle: wire.Handle(*handle))
        self.is_open = True

    def load(self, source: str) -> dict[str, int]:
        return self.client.load("unit", {"unit": (FILE, dedent(source).lstrip("\n"))})

    def answer(self, name: str, *args: object, **kwargs: object) -> Answer:
        return self.client.call("unit", name, args, kwargs)

    def call(self, name: str, *args: object, **kwargs: object) -> Any:
        return self.answer(name, *args, **kwargs).value

    def close(self) -> int | None:
        self.is_open = False
        return self.client.close()
