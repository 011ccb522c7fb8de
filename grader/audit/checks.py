"""What each grading must have come to, and the hole where it did not."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from grader.audit.equivalents import Equivalent
from grader.audit.facts import Facts, numbered
from grader.audit.findings import Hole, Row, UnitAudit
from grader.audit.jobs import Graded, Job
from grader.audit.mutants import Mutant
from grader.audit.plan import Plan
from grader.course.bank import WrongAnswer
from grader.course.model import Course
from grader.course.templates import MARKS
from grader.judge import hindrances
from grader.report import Outcome, TestResult

FEWEST_WRONG_ANSWERS = 3


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
        (facts.place(plan.stub.path), "the stub", plan.unsolved),
        *((facts.place(path), "it", job) for path, job in plan.accepted),
        *((facts.place_of_answer(a), a.name, job) for a, job in (*plan.wrong, *plan.devices)),
        *((f"{facts.solution}:{m.line}", f"the mutant {m.after}", job) for m, job in plan.mutants),
    ]
    for where, subject, job in named:
        fault = facts.results[job].fault
        if fault is not None and fault not in told:
            told.add(fault)
            yield Hole(where, f"the grader failed on {subject}: {fault}", "Fix what it names.")


def _stub(facts: Facts) -> Iterator[Hole]:
    where = facts.place(facts.plan.stub.path)
    if not facts.plan.stub.is_written():
        yield Hole(where, "the stub is out of date", "Run `grade sync`.")
    for test in facts.results[facts.plan.unsolved].tests:
        if test.outcome not in (Outcome.NOT_STARTED, Outcome.BLOCKED):
            yield facts.hole(
                test,
                f"the outcome of the stub at {test.name} is {test.outcome}, "
                f"not {Outcome.NOT_STARTED}",
                "Make the test call the exercise before it checks anything.",
            )


def _programs(facts: Facts) -> Iterator[Hole]:
    """Tests that give points to a program as it is before anything in it is mended."""
    job = facts.plan.unmended
    for test in facts.results[job].tests if job else ():
        if test.points:
            yield facts.hole(
                test,
                f"{test.name} gives points to the program that learners are to mend",
                "Ask, in the same test, for something that its mistakes spoil.",
            )


def _solution(facts: Facts) -> Iterator[Hole]:
    lost: dict[str, tuple[TestResult, list[int]]] = {}
    for job in facts.plan.solved:
        for test in facts.results[job].lost:
            lost.setdefault(test.id, (test, []))[1].append(job.seed)
    for test, seeds in lost.values():
        shown = ", ".join(map(str, seeds[:5])) + (", …" if len(seeds) > 5 else "")
        yield facts.hole(
            test,
            f"the solution does not pass {test.name} with seed {shown}: "
            f"{test.message or test.title}",
            f"Repeat it with `grade {facts.unit} --submission solutions --seed {seeds[0]}`.",
        )


def _flaky(facts: Facts) -> Iterator[Hole]:
    before = {test.id: test.outcome for test in facts.tests()}
    for test in facts.results[facts.plan.again].tests:
        was = before.get(test.id, test.outcome)
        if was is not test.outcome:
            yield facts.hole(
                test,
                f"{test.name} is flaky: {was}, then {test.outcome}, with the same seed",
                "Draw every number from `rng`, and depend on no clock and no earlier test.",
            )


def _points(facts: Facts) -> Iterator[Hole]:
    tests = facts.tests()
    total, due = sum(test.max_points for test in tests), facts.plan.unit.points
    if tests and total != due:
        yield Hole(
            facts.entry(),
            f"the tests of the unit are worth {total} points, but its entry says {due}",
            "Make `points` and the `@points` of its tests agree.",
        )
    for test in tests:
        if test.max_points < 1:
            yield facts.hole(test, f"{test.name} is worth nothing", "Give it @points.")
        if test.title == test.name:
            mend = "Write its docstring: the law that it checks, in one sentence."
            yield facts.hole(test, f"{test.name} has no title", mend)


def _skeleton(facts: Facts) -> Iterator[Hole]:
    """What `grade new` has left to write, and nobody has written."""
    course, unit = facts.course, facts.unit
    paths = course.solution(unit), course.suite(unit), course.bank(unit)
    for path, number, line in chain(*map(numbered, paths), facts.entry_lines()):
        if mark := next((mark for mark in MARKS if mark in line), None):
            mend = "Write what it asks for, and remove it."
            yield Hole(facts.place(path, number), f"a line of grade new is left: {mark}", mend)


def _exercises(facts: Facts) -> Iterator[Hole]:
    course, unit = facts.course, facts.unit
    known = [answer.exercise for answer, _ in facts.plan.wrong]
    for name, hints in ((exercise.name, exercise.hints) for exercise in facts.plan.unit.exercises):
        if not hints:
            where = facts.entry(name)
            mend = "Add `hints`, from a nudge to nearly there."
            yield Hole(where, f"{name} has no hints", mend, name)
        if (count := known.count(name)) < FEWEST_WRONG_ANSWERS:
            yield Hole(
                facts.place(course.bank(unit)),
                f"{name} needs {FEWEST_WRONG_ANSWERS} wrong answers and has {count}",
                f"Add mistakes that learners make, as {name}__slug.",
                name,
            )
    for example in facts.results[facts.plan.examples].lost:
        name = example.exercise
        where = facts.definition(course.solution(unit), name)
        mend = "Give its docstring an example that runs."
        yield Hole(where, f"{name}: {example.message}", mend, name)


def _accepted(facts: Facts) -> Iterator[Hole]:
    told = set()
    for path, job in facts.plan.accepted:
        for test in facts.results[job].lost:
            if (path, test.id) not in told:
                told.add((path, test.id))
                said = f"; it is told: {test.likely}" if test.likely else ""
                yield Hole(
                    facts.place(path),
                    f"a correct answer does not pass {test.name} with seed {job.seed}{said}",
                    "The test demands more than the exercise does: relax it.",
                    test.exercise,
                )


def _wrong(facts: Facts) -> Iterator[Hole]:
    for answer, graded in facts.of(facts.plan.wrong):
        for what, mend in _of_answer(facts, answer, graded):
            where = facts.place_of_answer(answer)
            yield Hole(where, f"{answer.name} {what}", mend, answer.exercise)


def _of_answer(facts: Facts, answer: WrongAnswer, graded: Graded) -> Iterator[tuple[str, str]]:
    if graded.fault is not None:
        return
    if graded.message is not None:
        yield f"does not load: {graded.message}", "Fix the bank."
        return
    if not graded.lost:
        yield "gets full marks", "Add a test that it fails."
        return
    for test in graded.lost:
        if test.outcome is not Outcome.FAILED:
            yield (
                f"does not fail at {test.name}: its outcome is {test.outcome}",
                "Make the mistake give a wrong result, and let no test stand in the way.",
            )
        elif not (test.message and test.called and test.location and (test.expected or test.got)):
            yield (
                f"is not explained at {test.name}",
                "The report needs the call, the line, and what was expected or returned.",
            )
    yield from _diagnosis(facts, answer, graded)


def _diagnosis(facts: Facts, answer: WrongAnswer, graded: Graded) -> Iterator[tuple[str, str]]:
    if not _is_diagnosed(answer, graded):
        yield (
            "is not recognised: no test that it fails gives its correction",
            "Add a test on which it behaves unlike every other answer.",
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
                "Make the test tell them apart, or give both the same sentence.",
            )


def _is_diagnosed(answer: WrongAnswer, graded: Graded) -> bool:
    return any(test.likely == answer.correction for test in graded.lost)


def _would_fail(facts: Facts) -> Iterator[Hole]:
    """What is right and would fail on a GPU, and where no rehearsal could tell."""
    told, plan = set(), facts.plan
    right = [(facts.solution, "the solution", job) for job in (*plan.solved, plan.again)]
    right += [(facts.place(path), "a correct answer", job) for path, job in plan.accepted]
    for where, subject, job in right:
        for test in facts.results[job].rehearsals:
            if test.outcome is not Outcome.REHEARSED and (where, test.id) not in told:
                told.add((where, test.id))
                what = "would fail on a GPU" if test.outcome is Outcome.FAILED else "is pending"
                yield Hole(
                    where,
                    f"{subject} {what} at {test.name} with seed {job.seed}: "
                    f"{test.likely or test.got or test.message}",
                    "Mend the answer, or take @rehearsed from the test.",
                    test.exercise,
                )


def _device_mistakes(facts: Facts) -> Iterator[Hole]:
    """Each is right on the CPU, is caught by a rehearsal, and is told its sentence there."""
    for answer, graded in facts.of(() if hindrances.of_rehearsals() else facts.plan.devices):
        where = facts.place_of_answer(answer)
        for what, mend in _of_mistake(answer, graded):
            yield Hole(where, f"{answer.name} {what}", mend, answer.exercise)


def _of_mistake(answer: WrongAnswer, graded: Graded) -> Iterator[tuple[str, str]]:
    if graded.fault is None and graded.message is not None:
        yield f"does not load: {graded.message}", "Fix the bank of device mistakes."
    elif graded.lost:
        what = f"does not pass {graded.lost[0].name} on the CPU: {graded.lost[0].message}"
        yield what, "A device mistake is right on the CPU; any other belongs into the bank."
    elif graded.fault is None:
        said = [test.likely for test in graded.rehearsals if test.outcome is Outcome.FAILED]
        if not said:
            yield "would not fail on a GPU", "Mark a test that it fails there with @rehearsed."
        elif answer.correction not in (test.likely for test in graded.rehearsals):
            yield f"is not told its sentence, but: {said[0]}", "Correct the one or the other."


def _constants(facts: Facts) -> Iterator[Hole]:
    """Tests that give points to answers that take no thought, each once."""
    found: dict[str, tuple[TestResult, list[str]]] = {}
    for constant, graded in facts.of(facts.plan.constants):
        for test in graded.tests:
            if test.points:
                found.setdefault(test.id, (test, []))[1].append(constant.said)
    for test, said in found.values():
        yield facts.hole(
            test,
            f"{test.name} gives points to whoever returns {' or '.join(said[:3])}",
            "Ask, in the same test, for something that cannot be had without the work.",
        )


def _mutants(facts: Facts) -> Iterator[Hole]:
    for mutant, graded in facts.of(facts.plan.mutants):
        if _survived(graded) and _equivalent(facts, mutant) is None:
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
    results = dict(facts.of(facts.plan.mutants))
    for entry in facts.plan.equivalents:
        where = facts.place(facts.course.equivalents_file, entry.line)
        if not entry.reason:
            mend = "Say why no test can notice it."
            yield Hole(where, "no reason is given", mend, entry.exercise)
        for after in entry.after or ("",):
            change = entry.before, after
            like = [m for m in facts.plan.every_mutant if entry.matches(m) and m.after == after]
            if not like:
                mend = "Copy the exercise and the lines from the report, or remove the entry."
                yield Hole(where, "no mutant matches this entry", mend, entry.exercise, change)
            elif all(mutant in results and results[mutant].lost for mutant in like):
                mend = "Remove the entry."
                yield Hole(where, "a test does notice this edit", mend, entry.exercise, change)


def _redundant(facts: Facts) -> Iterator[Hole]:
    """Tests that nothing fails; a blocked test has not been run."""
    if facts.plan.sampled:
        return
    useful = {
        test.id
        for _, graded in (*facts.of(facts.plan.mutants), *facts.of(facts.plan.wrong))
        for test in graded.lost
        if test.outcome is not Outcome.BLOCKED
    }
    for test in facts.tests():
        if test.id not in useful:
            yield facts.hole(
                test,
                f"{test.name} is redundant: no mutant and no wrong answer fails it",
                "Make it ask for something that no other test asks for, or remove it.",
            )


_CHECKS: tuple[Callable[[Facts], Iterator[Hole]], ...] = (
    _faults,
    _stub,
    _programs,
    _solution,
    _flaky,
    _points,
    _skeleton,
    _exercises,
    _accepted,
    _wrong,
    _would_fail,
    _device_mistakes,
    _constants,
    _mutants,
    _equivalents,
    _redundant,
)


def _row(facts: Facts, exercise: str) -> Row:
    tests = [test for test in facts.tests() if test.exercise == exercise]
    wrong = [pair for pair in facts.of(facts.plan.wrong) if pair[0].exercise == exercise]
    mutants = [
        pair for pair in facts.of(facts.plan.mutants) if (pair[0].exercise or "") == exercise
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
