"""The exercises as a suite calls them: one face for the learner's work and for the reference.

student.softmax(x, dim=0)            the value
student.softmax.observe(x, dim=0)    the value and what ran meanwhile
student.LinearRegressor(3)           a Handle: an object that stays where it was made
student.Square.apply(x)              what lies in a class; student.Square.get("name") for a value
student.parameter(x)                 a Parameter: a leaf that lives beside the work
student.data("numbers.csv")          the path of a file that the work may read
student.bring("rig_regressor")       the functions of a file of the suite, run beside the work
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from torch import Tensor

from grader.errors import CourseError
from grader.sandbox import wire
from grader.sandbox.exchange import Answer
from grader.sandbox.observe import Observation


@dataclass(frozen=True)
class Call:
    """One call of a test. Its owner is "", which means the unit, a brought file, or an object."""

    owner: "str | Handle"
    name: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    observed: bool = False

    @property
    def in_place(self) -> bool:
        """Whether it is there to change its first argument, as a name that ends in _ says."""
        return self.name.endswith("_") and not self.name.endswith("__")

    @property
    def of_work(self) -> bool:
        """Of what the learner wrote, not of a file that the suite brought."""
        return isinstance(self.owner, Handle) or not self.owner

    def is_of(self, exercise: str) -> bool:
        """Of the exercise itself, or of an object of the class that it is."""
        if isinstance(self.owner, Handle):
            return self.owner.kind == exercise
        return (self.owner, self.name) == ("", exercise)

    @property
    def shown_name(self) -> str:
        if not isinstance(self.owner, Handle):
            return self.name
        return f"{self.owner.kind}(…)" + ("" if self.name == "__call__" else f".{self.name}")


class Runner(Protocol):
    """Where calls are carried out: a worker process, or the judge itself.

    `moved` are the arguments that the last call put elsewhere in memory, or made other leaves.
    """

    @property
    def moved(self) -> tuple[Any, ...]: ...

    def run(self, call: Call) -> Answer: ...

    def attribute(self, owner: "str | Handle", name: str) -> Any: ...

    def parameter(self, value: Tensor) -> int: ...

    def assign(self, owner: "Handle", name: str, value: Tensor | None) -> None: ...

    def iterate(self, owner: "Handle") -> list[Any]: ...

    def bring(self, file: str) -> str: ...

    def data(self, name: str) -> str: ...


class Handle(wire.KeptObject):
    """An object that stays where it was made; `kind` is the name of its class."""

    def __init__(self, runner: Runner, identity: int, kind: str) -> None:
        super().__init__(identity, kind)
        self.runner = runner

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.runner.run(Call(self, "__call__", args, kwargs)).value

    def __getattr__(self, name: str) -> "Function":
        if name.startswith("__"):
            raise AttributeError(name)
        return Function(self.runner, self, name)

    def get(self, attribute: str) -> Any:
        """The value of an attribute."""
        return self.runner.attribute(self, attribute)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.runner.iterate(self))

    def __len__(self) -> int:
        return self._operator("__len__")  # type: ignore[no-any-return]

    def __getitem__(self, key: Any) -> Any:
        return self._operator("__getitem__", key)

    def __next__(self) -> Any:
        return self._operator("__next__")

    def __contains__(self, item: Any) -> bool:
        return self._operator("__contains__", item)  # type: ignore[no-any-return]

    def __bool__(self) -> bool:
        return True  # as for any object; Python would ask for its length

    def _operator(self, name: str, *args: Any) -> Any:
        return self.runner.run(Call(self, name, args)).value

    def __repr__(self) -> str:
        return f"<{self.kind}>"


class Parameter(Handle):
    """A leaf that lives beside the work, the same one in every call. What it holds after a call
    is the work's word."""

    @property
    def value(self) -> Any:
        return self.get("data")

    @value.setter
    def value(self, value: Tensor) -> None:
        self.runner.assign(self, "data", value)

    @property
    def grad(self) -> Any:
        return self.get("grad")

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        self.runner.assign(self, "grad", value)


class Function:
    """One function of the work (or method of a handle), ready to be called; of a class also what
    lies in it."""

    def __init__(self, runner: Runner, owner: str | Handle, name: str) -> None:
        self._runner, self._owner, self._name = runner, owner, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._runner.run(Call(self._owner, self._name, args, kwargs)).value

    def __getattr__(self, name: str) -> "Function":
        if name.startswith("__"):
            raise AttributeError(name)
        return Function(self._runner, self._owner, f"{self._name}.{name}")

    def get(self, attribute: str) -> Any:
        """The value of an attribute."""
        return self._runner.attribute(self._owner, f"{self._name}.{attribute}")

    def observe(self, *args: Any, **kwargs: Any) -> Observation:
        """Call it and also report the operators that ran, the steps taken and the time."""
        answer = self._runner.run(Call(self._owner, self._name, args, kwargs, observed=True))
        assert answer.seen is not None
        return answer.seen


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

    def data(self, name: str) -> str:
        """The path of a file of data_UNIT, beside the suite: all that the work can read of it."""
        return self._runner.data(name)

    def parameter(self, value: Tensor) -> Parameter:
        """A leaf with the numbers of `value`, beside the work: an argument of later calls."""
        if not isinstance(value, Tensor) or not value.dtype.is_floating_point:
            raise CourseError("student.parameter takes a tensor of floating-point numbers")
        return Parameter(self._runner, self._runner.parameter(value), "Parameter")

    def rebound(self, tensor: Any) -> bool:
        """Did the last call move this argument to other memory, or make it another leaf?"""
        return any(tensor is moved for moved in self._runner.moved)
