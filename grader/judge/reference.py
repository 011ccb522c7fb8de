"""The reference that suites compare with: the solutions, or what was recorded of them in a kit."""

from pathlib import Path
from typing import Any

from grader.errors import CourseError
from grader.judge.local import LocalRunner, load_module
from grader.judge.subject import Handle, Seen, Subject
from grader.suite.tape import is_taped, taped


def reference_to(solutions: Path | None, unit: str, suites: Path) -> Subject:
    """The reference of a unit; without solutions, all its answers come from the tape."""
    return Subject(Reference(solutions, unit, suites), "")


def solution_of(solutions: Path, unit: str, suites: Path) -> LocalRunner:
    return LocalRunner(load_module(solutions / f"{unit}.py", f"solutions.{unit}"), suites)


class Reference:
    """Calls the solutions in this process; where there is a tape, it goes through the tape."""

    def __init__(self, solutions: Path | None, unit: str, suites: Path) -> None:
        self.solutions, self.unit, self.suites = solutions, unit, suites

    def call(
        self, owner: str | Handle, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if is_taped() and (owner or name.endswith("_")):
            raise CourseError(
                f"reference.{name} cannot be recorded, since it changes something or works on an "
                "object: let a @recorded function of the suite give what is expected"
            )
        return taped(
            f"reference.{name}", lambda: self._runner("call").call(owner, name, args, kwargs)
        )

    def observe(
        self, owner: str | Handle, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Seen:
        return self._runner("observe").observe(owner, name, args, kwargs)

    def attribute(self, owner: Handle, name: str) -> Any:
        return self._runner("attribute").attribute(owner, name)

    def iterate(self, owner: Handle) -> list[Any]:
        return self._runner("iterate").iterate(owner)

    def bring(self, file: str) -> str:
        return self._runner("bring").bring(file)

    def rebound(self, tensor: Any) -> bool:
        return self._runner("rebound").rebound(tensor)

    def _runner(self, what: str) -> LocalRunner:
        if self.solutions is None or (is_taped() and what != "call"):
            raise CourseError(f"a visible test can only call the reference, not use its {what}")
        return self._solution

    @property
    def _solution(self) -> LocalRunner:
        assert self.solutions is not None
        if not hasattr(self, "_made"):
            self._made = solution_of(self.solutions, self.unit, self.suites)
        return self._made
