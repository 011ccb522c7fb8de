"""What an audit has to grade of one unit."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.audit.constants import Constant, constants_of
from grader.audit.equivalents import Equivalent
from grader.audit.jobs import Job, seed_of, solution_of
from grader.audit.mutants import Mutant, mutants_of
from grader.course.bank import WrongAnswer, read_bank, text_of
from grader.course.model import Course, Unit
from grader.course.stubs import Stub, stub_for
from grader.judge.options import Device

ACCEPTED_SEEDS = 3


@dataclass(frozen=True)
class Plan:
    """The jobs of a unit, each beside what it is about."""

    unit: Unit
    stub: Stub
    unsolved: Job
    unmended: Job | None
    solved: tuple[Job, ...]
    again: Job
    examples: Job
    accepted: tuple[tuple[Path, Job], ...]
    wrong: tuple[tuple[WrongAnswer, Job], ...]
    devices: tuple[tuple[WrongAnswer, Job], ...]
    mutants: tuple[tuple[Mutant, Job], ...]
    constants: tuple[tuple[Constant, Job], ...]
    every_mutant: tuple[Mutant, ...]
    equivalents: tuple[Equivalent, ...]

    @property
    def sampled(self) -> bool:
        return len(self.mutants) < len(self.every_mutant)

    def jobs(self) -> Iterator[Job]:
        """What takes long comes first, so that no process is left alone with it at the end."""
        yield from (self.examples, *self.solved, self.again, self.unsolved)
        yield from filter(None, [self.unmended])
        yield from (job for _, job in self.accepted)
        yield from (job for _, job in sorted(self.mutants, key=lambda pair: _ends_at_once(pair[0])))
        yield from (job for _, job in (*self.wrong, *self.devices, *self.constants))


def _ends_at_once(mutant: Mutant) -> bool:
    """Whether nothing about it looks like a loop that may not end."""
    return not any(word in mutant.before for word in ("while", "break", "continue", "+=", "-="))


def plan_of(
    course: Course,
    unit: Unit,
    equivalents: Sequence[Equivalent],
    seeds: int,
    sample: int | None,
) -> Plan:
    """Raises: CourseError if the solution or the bank cannot be read."""
    stub = stub_for(course, unit.name)
    solution = solution_of(course, unit.name)
    every = frozenset(exercise.name for exercise in unit.exercises)

    def job(text: str, exercises: frozenset[str] = every) -> Job:
        return Job(unit.name, exercises, text, seed_of(text))

    def of_bank(answers: Iterable[WrongAnswer]) -> tuple[tuple[WrongAnswer, Job], ...]:
        return tuple((a, job(text_of(course, a), frozenset([a.exercise]))) for a in answers)

    mutants = mutants_of(solution, every)
    programs = stub.given.exercises  # to mend, judged although nothing of them is changed
    begun = "".join(f"{name} = {name}\n" for name in sorted(programs))
    return Plan(
        unit=unit,
        stub=stub,
        unsolved=job(stub.text),
        unmended=job(f"{stub.text}\n\n{begun}", programs) if programs else None,
        solved=tuple(
            Job(unit.name, every, solution, seed, device=Device.ALL) for seed in range(seeds)
        ),
        again=Job(unit.name, every, solution, 0, device=Device.ALL, attempt=2),
        examples=Job(unit.name, every, solution, 0, examples=True),
        accepted=tuple(
            (module, Job(unit.name, every, module.read_text("utf-8"), seed))
            for module in course.accepted(unit.name)
            for seed in range(ACCEPTED_SEEDS)
        ),
        wrong=of_bank(read_bank(course, unit.name)),
        devices=of_bank(read_bank(course, unit.name, of_devices=True)),
        mutants=tuple(
            (mutant, job(mutant.text, frozenset([mutant.exercise]) if mutant.exercise else every))
            for mutant in _drawn(unit.name, mutants, sample)
        ),
        constants=tuple(
            (constant, job(constant.text, frozenset([constant.exercise])))
            for constant in constants_of(solution, [exercise.name for exercise in unit.exercises])
        ),
        every_mutant=tuple(mutants),
        equivalents=tuple(equivalents),
    )


def _drawn(unit: str, mutants: list[Mutant], sample: int | None) -> list[Mutant]:
    """Some of them, the same ones every time; all of them without `sample`."""
    if sample is None or sample >= len(mutants):
        return mutants
    chosen = random.Random(unit).sample(range(len(mutants)), sample)
    return [mutants[number] for number in sorted(chosen)]
