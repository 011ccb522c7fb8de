"""What an audit checks on the rehearsal device: right answers pass, device mistakes fail."""

from collections.abc import Iterator

from grader.audit import source_lines
from grader.audit.facts import Facts
from grader.audit.findings import Hole
from grader.audit.jobs import Graded
from grader.course.bank import WrongAnswer
from grader.report import Outcome
from grader.sandbox.rehearsal import is_possible


def would_fail(facts: Facts) -> Iterator[Hole]:
    """What is right and would fail on a GPU, and where no rehearsal could tell."""
    told, plan = set(), facts.plan
    right = [(facts.solution, "the solution", job) for job in (*plan.solved, plan.again)]
    right += [
        (source_lines.place(facts.course, path), "a correct answer", job)
        for path, job in plan.accepted
    ]
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


def device_mistakes(facts: Facts) -> Iterator[Hole]:
    """Each is right on the CPU, is caught by a rehearsal, and is told its sentence there."""
    for answer, graded in facts.of(facts.plan.devices if is_possible() else ()):
        where = facts.place_of_answer(answer)
        for what, mend in _of_mistake(answer, graded):
            yield Hole(where, f"{answer.name} {what}", mend, answer.exercise)


def _of_mistake(answer: WrongAnswer, graded: Graded) -> Iterator[tuple[str, str]]:
    if graded.fault is None and graded.message is not None:
        yield f"does not load: {graded.message}", "Fix the bank of device mistakes."
    elif graded.lost:
        what = f"does not pass {graded.lost[0].name} on the CPU: {graded.lost[0].message}"
        yield what, "A device mistake is right on the CPU; any other belongs into the bank."
    elif graded.fault is None and not _is_caught(graded):
        yield "would not fail on a GPU", "Mark a test that it fails there with @rehearsed."
    elif graded.fault is None and not _is_told(answer, graded):
        said = next(test.likely for test in graded.rehearsals if test.outcome is Outcome.FAILED)
        yield f"is not told its sentence, but: {said}", "Correct the one or the other."


def _is_caught(graded: Graded) -> bool:
    """On the rehearsal device alone."""
    return not graded.lost and any(test.outcome is Outcome.FAILED for test in graded.rehearsals)


def _is_told(answer: WrongAnswer, graded: Graded) -> bool:
    return any(test.likely == answer.correction for test in graded.rehearsals)
