"""What a report says of the work as a whole, in every format alike."""

from collections import Counter
from collections.abc import Iterator

from grader.formats.parts.text import counted, excerpt, left_out, one_line
from grader.report import NOT_THERE, TO_MEND, ExerciseResult, Outcome, Report, UnitResult

_FAULTS_SHOWN = 3
WITHHELD = "The grader itself failed, so the score is withheld."
NOT_YOUR_FAULT = (
    "This is not your fault, and it costs you nothing. "
    "Please show the lines below to whoever runs this course."
)
WOULD_FAIL = "Would fail on a GPU"
ONLY_REHEARSED = (
    "Rehearsed on the CPU, with the work's tensors on another device. It costs no points."
)


def rehearsed(report: Report) -> list[str]:
    """What became of the rehearsals, where nothing of it is a failure; for whoever asked."""
    if report.device not in ("rehearsal", "all"):
        return []
    passed = sum(test.outcome is Outcome.REHEARSED for test in report.rehearsals)
    reasons = Counter(
        one_line(test.message or "it could not be done")
        for test in report.rehearsals
        if test.outcome is Outcome.PENDING
    )
    return [
        f"{counted(passed, 'test')} passed on the rehearsal device.",
        *(f"Not rehearsed: {counted(n, 'test')} ({reason})." for reason, n in reasons.items()),
    ]


def untouched(report: Report) -> bool:
    loaded = all(unit.message is None for unit in report.units)
    return report.status is Outcome.NOT_STARTED and loaded


def welcome(report: Report) -> str:
    """What is so of work in which nothing has been begun, be it all or one of many units."""
    greeting = "Welcome! " if len(report.units) > 1 else ""
    if all(_mends(exercise) for _, exercises in unbegun(report) for exercise in exercises):
        return f"{greeting}Each of these programs is wrong: mend one, and grade it."
    return f"{greeting}Nothing is written yet, so nothing is wrong yet."


def _mends(exercise: ExerciseResult) -> bool:
    return any((test.message or "").endswith(TO_MEND) for test in exercise.tests)


def first_step(report: Report, command: str = "grade") -> str:
    """How to begin, where nothing has been begun; `command` is what starts us."""
    unit, (exercise, *_) = unbegun(report)[0]
    task = (
        "mend it" if _mends(exercise) else "put your code in the place of raise NotImplementedError"
    )
    located = [test.location for test in exercise.tests if test.location]
    name = f"{unit.name}.{exercise.name}"
    if any((test.message or "").startswith(NOT_THERE) for test in exercise.tests):
        return (
            f"Start with {one_line(exercise.name)}. Your file does not have it: "
            f"{one_line(command)} reset {one_line(name)} puts its stub there."
        )
    file = located[0].file if located else f"exercises/{unit.name}.py"
    return (
        f"Start with {one_line(exercise.name)} in {one_line(file)}: {task}, save, and run "
        f"{one_line(command)} again."
    )


def faults(report: Report) -> list[tuple[str, str]]:
    """Where the grader failed, and how."""
    return [
        (f"{unit.name}.{exercise.name}: {test.title}", test.message or "no further message")
        for unit, exercise in exercises_of(report)
        for test in exercise.tests
        if test.outcome is Outcome.GRADER_FAULT
    ]


def in_short(faults: list[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Each with the first lines of its message, safe to show."""
    return [(one_line(where), excerpt(how, lines=8, characters=800)) for where, how in faults]


def first_faults(report: Report) -> tuple[list[tuple[str, list[str]]], list[str]]:
    """A few, in short, and a line that says how many more there are, if any."""
    found = faults(report)
    more = len(found) - _FAULTS_SHOWN
    return in_short(found[:_FAULTS_SHOWN]), [left_out(more, "fault")] if more > 0 else []


def exercises_of(report: Report) -> Iterator[tuple[UnitResult, ExerciseResult]]:
    return ((unit, exercise) for unit in report.units for exercise in unit.exercises)


def unbegun(report: Report) -> list[tuple[UnitResult, list[ExerciseResult]]]:
    """The units with exercises that nobody has begun, and these, in the order of the course."""
    found = (
        (unit, [e for e in unit.exercises if e.status is Outcome.NOT_STARTED])
        for unit in report.units
    )
    return [(unit, exercises) for unit, exercises in found if exercises]


def worth(exercises: list[ExerciseResult]) -> str:
    return counted(sum(exercise.max_score for exercise in exercises), "point")


def conclusion(report: Report) -> list[str]:
    """What is said where nothing is left to do."""
    if not report.tests:
        return ["There was nothing to grade."]
    return ["All done."] if report.status is Outcome.PASSED else []


def pending(report: Report) -> dict[str, int]:
    """What pending tests need, and the points of those that do."""
    points: dict[str, int] = {}
    for test in report.tests:
        if test.outcome is Outcome.PENDING:
            reason = test.message or "this machine lacks the device"
            points[reason] = points.get(reason, 0) + test.max_points
    return points
