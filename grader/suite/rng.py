"""Random inputs for one test, drawn from the run's seed and the test's name alone."""

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor

from grader.suite.forms import as_like
from grader.suite.tape import NoTape, Tape

T = TypeVar("T")


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

    def missed(
        self, ask: Callable[..., Any], questions: Sequence[tuple[Any, ...]]
    ) -> list[tuple[Any, ...]]:
        """Ask all questions, in an order that nobody knows: those that were answered wrongly, in
        their own order, and then the first of all, to assert them.

        A question holds the arguments of `ask` and then the right answer. Whoever has heard all
        the answers knows better what is wrong than after the first wrong one.
        """
        wrong = [
            question
            for question in self.shuffled(questions)
            if as_like(ask(*question[:-1]), question[-1]) != question[-1]
        ]
        return [*(q for q in questions if any(q is w for w in wrong)), questions[0]]

    def permutation(self, count: int) -> Tensor:
        """The numbers 0 to count - 1 in random order, as int64."""
        return self._drawn("permutation", torch.randperm, count)

    def _drawn(self, name: str, draw: Callable[..., Tensor], *args: Any, **options: Any) -> Tensor:
        drawn: Tensor = self.tape.value(
            name, lambda: draw(*args, generator=self.generator, **options)
        )
        return drawn
