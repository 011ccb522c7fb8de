"""Near-identical work: a hint to look, never a verdict.

Compared are fingerprints of what students have added to the stub. What many have is what the
exercise asks for, and is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from grader.gradebook.prints import Prints, all_prints, prints_of
from grader.gradebook.store import Gradebook

SHARE = 0.7  # of the larger one's fingerprints; ways to write a unit that are taught share 0.2
LEAST = 20  # fingerprints, below which everybody's work is alike
FEW, TENTH = 10, 10  # what more than so many have, and a tenth of all, is left out
BATCH = 200  # works that are in memory at once


@dataclass(frozen=True)
class Group:
    """Students whose work on a unit is nearly the same; `share` is of the weakest link."""

    unit: str
    students: tuple[str, ...]
    share: float


def near_identical(book: Gradebook, processes: int) -> list[Group]:
    """The groups that there are, those with the most in common first."""
    by_unit = _by_unit(book, processes)
    found = (group for unit, works in by_unit.items() for group in _groups(unit, works))
    return sorted(found, key=lambda group: (-group.share, group.unit, group.students))


def _by_unit(book: Gradebook, processes: int) -> dict[str, dict[bytes, list[str]]]:
    """By unit, who has which fingerprints."""
    given = {unit: all_prints(parts) for unit, parts in book.stubs().items()}
    students: dict[str, list[str]] = {}
    for student, work in book.works():
        students.setdefault(work, []).append(student)
    found: dict[str, dict[bytes, list[str]]] = {}
    every = list(students)
    for start in range(0, len(every), BATCH):
        works = every[start : start + BATCH]
        texts = [(w, unit, parts) for w in works for unit, parts in book.sources(w).items()]
        for (work, unit, _), prints in zip(
            texts, prints_of([parts for *_, parts in texts], processes), strict=True
        ):
            own = np.setdiff1d(prints, given[unit]) if unit in given else prints
            if len(own) >= LEAST:
                found.setdefault(unit, {}).setdefault(own.tobytes(), []).extend(students[work])
    return found


def _groups(unit: str, works: dict[bytes, list[str]]) -> Iterator[Group]:
    """Students with the same fingerprints, and those whose fingerprints are nearly the same."""
    owners = list(works.values())
    every = [np.frombuffer(kept, dtype=np.uint64) for kept in works]
    numbers, times = np.unique(np.concatenate(every), return_counts=True)
    common = numbers[times > max(FEW, len(every) // TENTH)]
    prints = [np.setdiff1d(each, common, assume_unique=True) for each in every]
    root = list(range(len(owners)))
    weakest = [1.0] * len(owners)

    def root_of(one: int) -> int:
        while root[one] != one:
            root[one] = root[root[one]]
            one = root[one]
        return one

    for one, other, share in _pairs(prints):
        a, b = root_of(one), root_of(other)
        root[b] = a
        weakest[a] = min(weakest[a], weakest[b], share)
    together: dict[int, list[str]] = {}
    for n, names in enumerate(owners):
        if len(prints[n]) >= LEAST:
            together.setdefault(root_of(n), []).extend(names)
    for n, names in together.items():
        if len(names) > 1:
            yield Group(unit, tuple(sorted(names)), weakest[n])


def _pairs(prints: Sequence[Prints]) -> Iterator[tuple[int, int, float]]:
    """Each pair that shares enough, by way of who has which fingerprint."""
    sizes = np.array([len(each) for each in prints])
    numbers = np.concatenate(prints)
    owner = np.repeat(np.arange(len(prints)), sizes)
    order = np.argsort(numbers, kind="stable")
    numbers, owner = numbers[order], owner[order]
    for one, own in enumerate(prints):
        if len(own) < LEAST:
            continue
        first = np.searchsorted(numbers, own, side="left")
        last = np.searchsorted(numbers, own, side="right")
        having = [owner[start:end] for start, end in zip(first, last, strict=True)]
        shared = np.bincount(np.concatenate(having), minlength=len(prints))
        share = shared / np.maximum(np.maximum(sizes, sizes[one]), 1)
        for other in np.flatnonzero((shared >= LEAST) & (share >= SHARE)):
            if other > one:
                yield one, int(other), float(share[other])
