"""The reference that suites compare with: the solutions, or what was recorded of them in a kit."""

from pathlib import Path
from typing import Any, NoReturn

from torch import Tensor

from grader.errors import CourseError
from grader.judge.local import LocalRunner, load_module
from grader.judge.subject import Call, Handle
from grader.sandbox.client import Answer
from grader.suite.tape import Tape


def solution_of(solutions: Path, unit: str, suites: Path) -> LocalRunner:
    return LocalRunner(load_module(solutions / f"{unit}.py"), suites)


class TapedReference:
    """What the reference of a visible test offers: calls, whose values go through a tape.

    Without a `solution` all of them have to be on it.
    """

    def __init__(self, tape: Tape, solution: LocalRunner | None = None) -> None:
        self.tape, self.solution = tape, solution
        self.moved: tuple[Any, ...] = ()

    def run(self, call: Call) -> Answer:
        if call.observed:
            self._refuse("observe")
        if call.owner or call.in_place:
            raise CourseError(
                f"reference.{call.name} cannot be recorded, since it changes something or works "
                "on an object: use a @recorded function of the suite for the expected value"
            )
        return Answer(self.tape.value(f"reference.{call.name}", lambda: self._solved(call)))

    def _solved(self, call: Call) -> Any:
        assert self.solution is not None
        return self.solution.run(call).value

    def attribute(self, owner: str | Handle, name: str) -> Any:
        self._refuse("attribute")

    def parameter(self, value: Tensor) -> int:
        self._refuse("parameter")

    def assign(self, owner: Handle, name: str, value: Tensor | None) -> None:
        self._refuse("parameter")

    def iterate(self, owner: Handle) -> list[Any]:
        self._refuse("iterate")

    def bring(self, file: str) -> str:
        self._refuse("bring")

    def data(self, name: str) -> str:
        self._refuse("data")

    def _refuse(self, what: str) -> NoReturn:
        raise CourseError(f"a visible test can only call the reference, not use its {what}")
