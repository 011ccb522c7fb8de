"""Random inputs for one test, drawn from the run's seed and the test's name alone."""

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, repeat
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

from grader.suite.forms import as_like
from grader.suite.tape import NoTape, Tape


class Question(Protocol):
    """`expected` says whether yes is right."""

    @property
    def expected(self) -> bool: ...


T = TypeVar("T")
Q = TypeVar("Q", bound=Question)


class Rng:
    """Random tensors on `device`; equal seeds and test names give equal draws on every machine.

    Numbers are drawn on the CPU and then moved, so that a GPU sees the same inputs; in a kit they
    come from its `tape`.
    """

    def __init__(self, seed: int, test: str, device: str = "cpu", tape: Tape | None = None) -> None:
        self.tape = tape or NoTape()
        digest = hashlib.blake2b(f"{seed}/{test}".encode(), digest_size=8).digest()
        self.generator = torch.Generator().manual_seed(int.from_bytes(digest, "big") >> 1)
        self.device = device

    def normal(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """Standard normal values of the given shape."""
        return self._drawn("normal", torch.randn, shape, dtype=dtype).to(self.device)

    def uniform(
        self, low: float, high: float, *shape: int, dtype: torch.dtype = torch.float32
    ) -> Tensor:
        """Values in [low, high)."""
        unit = self._drawn("uniform", torch.rand, shape, dtype=dtype)
        return (low + (high - low) * unit).to(self.device)

    def integers(self, low: int, high: int, *shape: int) -> Tensor:
        """int64 values in [low, high)."""
        return self._drawn("integers", torch.randint, low, high, shape).to(self.device)

    def integer(self, low: int, high: int) -> int:
        """One int in [low, high)."""
        return int(self._drawn("integers", torch.randint, low, high, ()))

    def sizes(self, count: int, low: int = 2, high: int = 5) -> tuple[int, ...]:
        """`count` axis sizes in [low, high), all different where the range allows it."""
        pool = self.permutation(high - low).tolist() * math.ceil(count / (high - low))
        return tuple(low + size for size in pool[:count])

    def choice(self, options: Sequence[T]) -> T:
        return options[self.integer(0, len(options))]

    def shuffled(self, items: Iterable[T]) -> list[T]:
        """The items in random order: questions with few answers come in one that nobody knows."""
        given = list(items)
        return [given[k] for k in self.permutation(len(given)).tolist()]

    def missed(self, ask: Callable[[list[Q]], Iterable[Any]], questions: Sequence[Q]) -> list[Q]:
        """The yes-or-no questions that are answered wrongly, if all are asked at once and in an
        order that nobody knows.

        `ask` gives the answers in the order of the questions that it is given; too few are wrong.
        """
        asked = self.shuffled(questions)
        pairs = zip(asked, chain(ask(asked), repeat(None)), strict=False)
        wrong = [q for q, answer in pairs if as_like(answer, True) is not q.expected]
        return [q for q in questions if any(q is one for one in wrong)]

    def permutation(self, count: int) -> Tensor:
        """The numbers 0 to count - 1 in random order, as int64."""
        return self._drawn("permutation", torch.randperm, count)

    def _drawn(self, name: str, draw: Callable[..., Tensor], *args: Any, **options: Any) -> Tensor:
        drawn: Tensor = self.tape.value(
            name, lambda: draw(*args, generator=self.generator, **options)
        )
        return drawn
