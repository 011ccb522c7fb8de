"""What visible tests need of the solutions: recorded when a kit is made, replayed where it is used.

A kit holds neither solutions nor the text of functions that give an answer away. A test asks for
what they return, and for random numbers, always in the same order, so a tape of those values in
that order stands in for all of them. In the full course there is no tape: they are simply called.
"""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import torch
from torch import Tensor

from grader.errors import CourseError

F = TypeVar("F", bound=Callable[..., Any])
Mistakes = list[tuple[Any, str]]


class NoTape:
    """Everything is there, and is computed when it is asked for."""

    def value(self, name: str, compute: Callable[[], Any]) -> Any:
        """The next value; `name` says whose it is."""
        return compute()

    def mistakes(self, given: Iterable[tuple[Any, str]]) -> Iterable[tuple[Any, str]]:
        """What known mistakes give, for the next comparison that names some."""
        return given


class Recorder:
    """Computes every value, and keeps a copy of it; what that takes on the way is not kept."""

    def __init__(self) -> None:
        self.values: list[tuple[str, Any]] = []
        self.asides: list[Mistakes] = []
        self.computing = False

    def value(self, name: str, compute: Callable[[], Any]) -> Any:
        if self.computing:
            return compute()
        value = self._computed(compute)
        self.values.append((name, copied(value)))
        return value

    def mistakes(self, given: Iterable[tuple[Any, str]]) -> Iterable[tuple[Any, str]]:
        if self.computing:
            return given
        pairs: Mistakes = self._computed(lambda: list(given))
        self.asides.append(copied(pairs))
        return pairs

    def _computed(self, compute: Callable[[], Any]) -> Any:
        self.computing = True
        try:
            return compute()
        finally:
            self.computing = False


class Player:
    """Gives back what was recorded; `device` is where its tensors are wanted."""

    def __init__(
        self, values: list[tuple[str, Any]], asides: list[Mistakes], device: str = "cpu"
    ) -> None:
        self.values, self.asides, self.device = iter(values), iter(asides), device

    def value(self, name: str, compute: Callable[[], Any]) -> Any:
        recorded, value = next(self.values, (None, None))
        if recorded != name:
            raise CourseError(
                f"this test asks for {name}, which was not recorded: make the kit again"
            )
        return copied(value, self.device)

    def mistakes(self, given: Iterable[tuple[Any, str]]) -> Iterable[tuple[Any, str]]:
        found: Mistakes = copied(next(self.asides, []), self.device)
        return found


Tape = NoTape | Recorder | Player  # of one test, in the order in which it asks


def copied(value: Any, device: str | None = None) -> Any:
    """`value` with tensors of its own, on `device` if one is named."""
    if isinstance(value, Tensor):
        return value.detach().to(device or value.device, copy=True)
    if isinstance(value, torch.device):
        return torch.device(device or value)
    return rebuilt(value, lambda item: copied(item, device))


def rebuilt(value: Any, change: Callable[[Any], Any]) -> Any:
    """A list, tuple or dict with each of its items changed; whatever else it is, as it is."""
    if type(value) in (list, tuple):
        return type(value)(map(change, value))
    if type(value) is dict:
        return {key: change(item) for key, item in value.items()}
    return value


# The tape of the test that runs, for functions of a suite, which have no fixtures.
_PLAYING: ContextVar[Tape] = ContextVar("tape", default=NoTape())  # noqa: B039, it holds nothing


@contextmanager
def playing(tape: Tape) -> Iterator[None]:
    """While this lasts, what functions of a suite give comes from `tape`."""
    token = _PLAYING.set(tape)
    try:
        yield
    finally:
        _PLAYING.reset(token)


def known_mistakes(given: Iterable[tuple[Any, str]]) -> Iterable[tuple[Any, str]]:
    """The mistakes that a comparison names, or what was recorded of them."""
    return _PLAYING.get().mistakes(given)


def recorded(function: F) -> F:
    """The kit gets what this function of a suite returned, and not its text.

    It must depend on its arguments alone, and a test must call it in the same order whatever the
    learner's code returns. A generator function makes `mistakes` for `assert_same`, which are
    recorded with that comparison.
    """
    if inspect.isgeneratorfunction(function):
        return function

    @functools.wraps(function)
    def asked(*args: Any, **kwargs: Any) -> Any:
        return _PLAYING.get().value(function.__name__, lambda: function(*args, **kwargs))

    return asked  # type: ignore[return-value]
