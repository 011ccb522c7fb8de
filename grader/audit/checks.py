"""What each grading must have come to, and the hole where it did not."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from grader.audit import source_lines
from grader.audit.equivalents import Equivalent
from grader.audit.findings import Hole, Row, UnitAudit
from grader.audit.jobs import Graded, Job, Tested
from grader.audit.mutants import Mutant
from grader.audit.plan import Plan
from grader.course.bank import WrongAnswer
from grader.course.model import Course
from grader.report import Outcome

FEWEST_WRONG_ANSWERS = 3


@dataclass(frozen=True)
class Facts:
    """A plan with what became of its jobs."""

    course: Course
    plan: Plan
    results: Mapping[Job, Graded]

    @property
    def unit(self) -> str:
        return self.plan.unit.name

    @property
    def solution(self) -> str:
        """Its place."""
        return source_lines.place(self.course, self.course.solution(self.unit))

    def tests(self) -> tuple[Tested, ...]:
        return self.results[self.plan.solved[0]].tests

    def place_of(self, test: Tested) -> str:
        return source_lines.test(self.course, self.unit, test.exercise, test.name)

    def place_of_answer(self, answer: WrongAnswer) -> str:
        return source_lines.definition(self.course, self.course.bank(self.unit), answer.name)

    def place_of_exercise(self, name: str) -> str:
        return source_lines.definition(self.course, self.course.solution(self.unit), name)


def judged(course: Course, plan: Plan, results: Mapping[Job, Graded]) -> UnitAudit:
    """The figures and the holes of one unit."""
    facts = Facts(course, plan, results)
    holes = [hole for check in _CHECKS for hole in check(facts)]
    names = [exercise.name for exercise in plan.unit.exercises]
    shared = [""] if any(mutant.exercise is None for mutant, _ in plan.mutants) else []
    return UnitAudit(plan.unit.name, tuple(_row(facts, n) for n in [*names, *shared]), tuple(holes))


def _faults(facts: Facts) -> Iterator[Hole]:
    told = set()
    plan = facts.plan
    named: list[tuple[str, str, Job]] = [
        (facts.solution, "the solution", plan.solved[0]),
        *((facts.solution, f"the solution with seed {job.seed}", job) for job in plan.solved[1:]),
        (facts.solution, "the solution, once more", plan.again),
        (source_lines.place(facts.course, plan.stub.path), "the stub", plan.unsolved),
        *((source_lines.place(facts.course, path), "it", job) for path, job in plan.accepted),
        *((facts.place_of_answer(answer), answer.name, job) for answer, job in plan.wrong),
        *((f"{facts.solution}:{m.line}", f"the mutant {m.after}", job) for m, job in plan.mutants),
    ]
    for where, subject, job in named:
        fault = facts.results[job].fault
        if fault is not None and fault not in told:
            told.add(fault)
            yield Hole(where, f"the grader failed on {subject}: {fault}", "Mend what it names.")


def _stub(facts: Facts) -> Iterator[Hole]:
    where = source_lines.place(facts.course, facts.plan.stub.path)
    if not facts.plan.stub.is_written():
        yield Hole(where, "the stub is out of step with its solution", "Run `grade sync`.")
    unstarted = (Outcome.NOT_STARTED, Outcome.BLOCKED)
    for test in facts.results[facts.plan.unsolved].tests:
        if test.outcome not in unstarted:
            yield Hole(
                facts.place_of(test),
                f"the stub gets the outcome {test.outcome} at {test.name}, not {unstarted[0]}",
                "Let the test call the exercise before it judges anything.",
                test.exercise,
            )


def _solution(facts: Facts) -> Iterator[Hole]:
    lost: dict[Tested, list[int]] = defaultdict(list)
    first: dict[tuple[str, str], Tested] = {}
    for job in facts.plan.solved:
        for test in facts.results[job].lost:
            lost[first.setdefault((test.exercise, test.name), test)].append(job.seed)
    for test, seeds in lost.items():
        shown = ", ".join(map(str, seeds[:5])) + (", …" if len(seeds) > 5 else "")
        said = test.message or test.title
        yield Hole(
            facts.place_of(test),
            f"the solution does not pass {test.name} with seed {shown}: {said}",
            f"Repeat it with `grade {facts.unit} --submission solutions --seed {seeds[0]}`.",
            test.exercise,
        )


def _flaky(facts: Facts) -> Iterator[Hole]:
    before = {(t.exercise, t.name): t.outcome for t in facts.tests()}
    for test in facts.results[facts.plan.again].tests:
        was = before.get((test.exercise, test.name))
        if was is not None and was is not test.outcome:
            yield Hole(
                facts.place_of(test),
                f"{test.name} is flaky: {was}, then {test.outcome}, with the same seed",
                "Draw every number from `rng`, and depend on no clock and no earlier test.",
                test.exercise,
            )


def _points(facts: Facts) -> Iterator[Hole]:
    tests = facts.tests()
    total, due = sum(test.max_points for test in tests), facts.plan.unit.points
    if tests and total != due:
        yield Hole(
            source_lines.entry(facts.course, facts.unit),
            f"the tests of the unit are worth {total} points, its entry says {due}",
            "Let `points` and the `@points` of its tests agree.",
        )
    for test in tests:
        if test.max_points < 1:
            yield Hole(
                facts.place_of(test),
                f"{test.name} is worth nothing",
                "Give it @points.",
                test.exercise,
            )
        if test.title == test.name:
            yield Hole(
                facts.place_of(test),
                f"{test.name} has no title",
                "Write its docstring: the law that it checks, in a sentence.",
                test.exercise,
            )


def _exercises(facts: Facts) -> Iterator[Hole]:
    known = [answer.exercise for answer, _ in facts.plan.wrong]
    for exercise in facts.plan.unit.exercises:
        if not exercise.hints:
            yield Hole(
                source_lines.entry(facts.course, facts.unit, exercise.name),
                f"{exercise.name} has no hints",
                "Add `hints`, from a nudge to nearly there.",
                exercise.name,
            )
        if (count := known.count(exercise.name)) < FEWEST_WRONG_ANSWERS:
            yield Hole(
                source_lines.place(facts.course, facts.course.bank(facts.unit)),
                f"{exercise.name} has {count} wrong answers, not {FEWEST_WRONG_ANSWERS}",
                f"Add mistakes that learners make, as {exercise.name}__slug.",
                exercise.name,
            )
    for example in facts.results[facts.plan.examples].lost:
        yield Hole(
            facts.place_of_exercise(example.exercise),
            f"{example.exercise}: {example.message}",
            "Give its docstring an example that runs.",
            example.exercise,
        )


def _accepted(facts: Facts) -> Iterator[Hole]:
    told = set()
    for path, job in facts.plan.accepted:
        for test in facts.results[job].lost:
            if (path, test.exercise, test.name) not in told:
                told.add((path, test.exercise, test.name))
                said = f"; it is told: {test.likely}" if test.likely else ""
                yield Hole(
                    source_lines.place(facts.course, path),
                    f"a right answer does not pass {test.name} with seed {job.seed}{said}",
                    "The test asks for more than the exercise does: weaken it.",
                    test.exercise,
                )


def _wrong(facts: Facts) -> Iterator[Hole]:
    for answer, job in facts.plan.wrong:
        for what, mend in _of_answer(facts, answer, facts.results[job]):
            where = facts.place_of_answer(answer)
            yield Hole(where, f"{answer.name} {what}", mend, answer.exercise)


def _of_answer(facts: Facts, answer: WrongAnswer, graded: Graded) -> Iterator[tuple[str, str]]:
    if graded.fault is not None:
        return
    if graded.message is not None:
        yield f"does not load: {graded.message}", "Mend the bank."
        return
    if not graded.lost:
        yield "gets full marks", "Add a test that fails for it."
        return
    for test in graded.lost:
        if test.outcome is not Outcome.FAILED:
            yield (
                f"does not fail at {test.name}, its outcome is {test.outcome}",
                "Let the mistake give a wrong result, and let no test stand in the way.",
            )
        elif not test.explained:
            yield (
                f"is not explained at {test.name}",
                "The report needs the call, the place, and what was expected or came.",
            )
    yield from _diagnosis(facts, answer, graded)


def _diagnosis(facts: Facts, answer: WrongAnswer, graded: Graded) -> Iterator[tuple[str, str]]:
    if not _is_diagnosed(answer, graded):
        yield (
            "is not recognised: no test that it fails says its correction",
            "Add a test in which it behaves unlike any other answer.",
        )
    others = {
        other.correction: other.name
        for other, _ in facts.plan.wrong
        if other.exercise == answer.exercise and other.correction != answer.correction
    }
    for test in graded.lost:
        if test.likely in others:
            yield (
                f"is taken for {others[test.likely]} at {test.name}",
                "Let the test tell them apart, or give both the same sentence.",
            )


def _is_diagnosed(answer: WrongAnswer, graded: Graded) -> bool:
    return any(test.likely == answer.correction for test in graded.lost)


def _mutants(facts: Facts) -> Iterator[Hole]:
    for mutant, job in facts.plan.mutants:
        if _survived(facts.results[job]) and _equivalent(facts, mutant) is None:
            yield Hole(
                f"{facts.solution}:{mutant.line}",
                "no test notices this edit",
                "Add a test that fails for it, or say in solutions/equivalent.toml why none can.",
                mutant.exercise or "",
                (mutant.before, mutant.after),
            )


def _survived(graded: Graded) -> bool:
    return graded.fault is None and not graded.lost


def _equivalent(facts: Facts, mutant: Mutant) -> Equivalent | None:
    return next((entry for entry in facts.plan.equivalents if entry.matches(mutant)), None)


def _equivalents(facts: Facts) -> Iterator[Hole]:
    file = facts.course.equivalents_file
    results = {mutant: facts.results[job] for mutant, job in facts.plan.mutants}
    for entry in facts.plan.equivalents:
        where = source_lines.place(facts.course, file, entry.line)
        if not entry.reason:
            yield Hole(
                where, "no reason is given", "Say why no test can notice it.", entry.exercise
            )
        for after in entry.after or ("",):
            found = [
                mutant
                for mutant in facts.plan.every_mutant
                if entry.matches(mutant) and mutant.after == after
            ]
            graded = [results[mutant] for mutant in found if mutant in results]
            if not found:
                yield Hole(
                    where,
                    "no mutant is like this entry",
                    "Copy exercise and lines from the report, or take the entry out.",
                    entry.exercise,
                    (entry.before, after),
                )
            elif len(graded) == len(found) and all(result.lost for result in graded):
                yield Hole(
                    where,
                    "a test does notice this edit",
                    "Take the entry out.",
                    entry.exercise,
                    (entry.before, after),
                )


def _redundant(facts: Facts) -> Iterator[Hole]:
    """Tests that nothing fails; a blocked test has not been run."""
    if facts.plan.sampled:
        return
    useful = {
        (test.exercise, test.name)
        for _, job in (*facts.plan.mutants, *facts.plan.wrong)
        for test in facts.results[job].lost
        if test.outcome is not Outcome.BLOCKED
    }
    for test in facts.tests():
        if (test.exercise, test.name) not in useful:
            yield Hole(
                facts.place_of(test),
                f"{test.name} is redundant: no mutant and no wrong answer fails it",
                "Let it ask for something that no other test asks for, or take it out.",
                test.exercise,
            )


_CHECKS: tuple[Callable[[Facts], Iterator[Hole]], ...] = (
    _faults,
    _stub,
    _solution,
    _flaky,
    _points,
    _exercises,
    _accepted,
    _wrong,
    _mutants,
    _equivalents,
    _redundant,
)


def _row(facts: Facts, exercise: str) -> Row:
    tests = [test for test in facts.tests() if test.exercise == exercise]
    wrong = [
        (answer, facts.results[job])
        for answer, job in facts.plan.wrong
        if answer.exercise == exercise
    ]
    mutants = [
        (mutant, facts.results[job])
        for mutant, job in facts.plan.mutants
        if (mutant.exercise or "") == exercise
    ]
    survivors = [mutant for mutant, graded in mutants if _survived(graded)]
    explained = sum(_equivalent(facts, mutant) is not None for mutant in survivors)
    return Row(
        exercise,
        tests=len(tests),
        points=sum(test.max_points for test in tests),
        wrong=len(wrong),
        wrong_caught=sum(bool(graded.lost) for _, graded in wrong),
        wrong_diagnosed=sum(_is_diagnosed(answer, graded) for answer, graded in wrong),
        mutants=len(mutants),
        mutants_caught=sum(bool(graded.lost) for _, graded in mutants),
        mutants_equivalent=explained,
        mutants_survived=len(survivors) - explained,
    )
