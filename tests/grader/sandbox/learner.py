"""A worker with one module in it, as the tests of the sandbox use it."""

from textwrap import dedent
from typing import Any

import pytest

from grader.sandbox.client import WorkerClient
from grader.sandbox.exchange import Answer
from grader.sandbox.limits import Limits
from grader.sandbox.processes import Process, Processes

FILE = "exercises/unit.py"
SOON = 20.0  # seconds; what keeps its deadline from coming would go on for ever


class Learner:
    def __init__(self, processes: Processes, process: Process, limits: Limits) -> None:
        self.process = process
        self.client = WorkerClient(processes, process, limits)
        self.client.wait_until_ready()
        self.is_open = True

    def load(self, source: str) -> dict[str, int]:
        loaded = self.client.load("unit", {"unit": (FILE, dedent(source).lstrip("\n"))})
        assert {place.file for place in loaded.places.values()} <= {FILE}
        return {name: place.line for name, place in loaded.places.items()}

    def answer(self, name: str, *args: object, **kwargs: object) -> Answer:
        return self.client.call("unit", name, args, kwargs, in_place=name.endswith("_"))

    def call(self, name: str, *args: object, **kwargs: object) -> Any:
        return self.answer(name, *args, **kwargs).value

    def close(self) -> int | None:
        self.is_open = False
        return self.client.close()


def named(cases: dict[str, object]) -> list[Any]:
    return [pytest.param(value, id=name) for name, value in cases.items()]
