"""The exercises as a suite calls them: one face for the learner's work and for the reference.

student.softmax(x, dim=0)            the value
student.softmax.observe(x, dim=0)    the value and what ran meanwhile
student.LinearRegressor(3)           a Handle: an object that stays where it was made
student.bring("rig_regressor")       the functions of a file of the suite, run beside the work
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from grader.sandbox import wire


@dataclass(frozen=True)
class Seen:
    """What one observed call did besides returning `value`."""

    value: Any
    operations: dict[str, int]
    steps: int
    seconds: float


class Runner(Protocol):
    """Where calls are carried out: a worker process, or the judge itself."""

    def call(
        self, owner: "str | Handle", name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any: ...

    def observe(
        self, owner: "str | Handle", name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Seen: ...

    def attribute(self, owner: "Handle", name: str) -> Any: ...

    def iterate(self, owner: "Handle") -> list[Any]: ...

    def bring(self, file: str) -> str: ...

    def rebound(self, tensor: Any) -> bool: ...


class Handle(wire.KeptObject):
    """An object that stays where it was made; `kind` is the name of its class."""

    def __init__(self, runner: Runner, identity: int, kind: str) -> None:
        super().__init__(identity, kind)
        self.runner = runner

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.runner.call(self, "__call__", args, kwargs)

    def __getattr__(self, name: str) -> "Function":
        if name.startswith("__"):
            raise AttributeError(name)
        return Function(self.runner, self, name)

    def get(self, attribute: str) -> Any:
        """The value of an attribute."""
        return self.runner.attribute(self, attribute)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.runner.iterate(self))

    def __repr__(self) -> str:
        return f"<{self.kind}>"


def keeps_arguments(owner: str | Handle, name: str) -> bool:
    """Whether the work promises to leave its arguments as they are."""
    if isinstance(owner, Handle):
        return name == "__call__"
    return not owner and not name.endswith("_")


class Function:
    """One function of the work (or method of a handle), ready to be called."""

    def __init__(self, runner: Runner, owner: str | Handle, name: str) -> None:
        self._runner, self._owner, self.name = runner, owner, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._runner.call(self._owner, self.name, args, kwargs)

    def observe(self, *args: Any, **kwargs: Any) -> Seen:
        """Call it and also report the operators that ran, the steps taken and the time."""
        return self._runner.observe(self._owner, self.name, args, kwargs)


class Subject:
    """A namespace of functions: a unit of the work, or a file brought beside it."""

    def __init__(self, runner: Runner, owner: str) -> None:
        self._runner, self._owner = runner, owner

    def __getattr__(self, name: str) -> Function:
        if name.startswith("__"):
            raise AttributeError(name)
        return Function(self._runner, self._owner, name)

    def bring(self, file: str) -> "Subject":
        """Load `file`.py of the suite's folder beside the work."""
        return Subject(self._runner, self._runner.bring(file))

    def rebound(self, tensor: Any) -> bool:
        """Did the last call move this argument to other memory, or make it another leaf?"""
        return self._runner.rebound(tensor)
