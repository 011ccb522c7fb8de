"""What to look at next: for each exercise that has begun, its first failure in full."""

from rich.text import Text

from grader.formats.parts.lines import hanging, indented, offered, verbatim, with_points, wrapped
from grader.formats.parts.text import excerpt, one_line
from grader.report import ExerciseResult, Outcome, Report, TestResult, UnitResult

BROKEN = (Outcome.FAILED, Outcome.CRASHED, Outcome.TIMED_OUT)
_REMARKS = {
    Outcome.CRASHED: " (crashed)",
    Outcome.TIMED_OUT: " (timed out)",
    Outcome.NOT_STARTED: " (not written yet)",
}
_PROBLEMS = {
    Outcome.FAILED: "what the title says does not hold yet",
    Outcome.CRASHED: "the process that ran your code ended before it answered",
    Outcome.TIMED_OUT: "no answer in time",
    Outcome.NOT_STARTED: "not written yet",
}
# Words that join what the rows `expected` and `got` say anyway.
_JOINING = frozenset("the result it is has was raised returned expected got instead of but".split())
KEY_CELLS = 10
MOST = 3  # exercises that a screen has room for: more would scroll away
_ROOMY = 60


def section(
    report: Report, width: int, *, command: str = "grade", most: int | None = None
) -> list[Text]:
    """The units that did not load, the first few exercises in full, and the names of the rest."""
    lines = [line for block in blocks(report, width, most) for line in (Text(), *block)]
    if rest := _shown_in(report)[most:] if most is not None else []:
        names = [f"{name_of(unit, e)} {e.score}/{e.max_score}" for unit, e in rest]
        lines += [Text(), *hanging("also failing: ", ", ".join(names), width)]
        lines += offered("To look at one: ", command, name_of(*rest[0]), width)
    return [Text("What to look at next", "bold"), *lines] if lines else []


def blocks(report: Report, width: int, most: int | None = None) -> list[list[Text]]:
    """One for each exercise that has something to say, or the first few of these, after why its
    unit did not load."""
    in_full = _shown_in(report)[:most]
    found = []
    for unit in report.units:
        if unit.message is not None:
            found.append(unloaded(unit, unit.message, width))
        found += [_exercise(unit, e, width) for owner, e in in_full if owner is unit]
    return found


def _shown_in(report: Report) -> list[tuple[UnitResult, ExerciseResult]]:
    return [(unit, e) for unit in report.units for e in unit.exercises if shown(unit, e)]


def rehearsals(report: Report) -> list[TestResult]:
    """Of each exercise that would fail on a GPU, its first rehearsal that did."""
    first: dict[tuple[str, str], TestResult] = {}
    for test in report.rehearsals:
        if test.outcome is Outcome.FAILED:
            first.setdefault((test.unit, test.exercise), test)
    return [*first.values()]


def rehearsal(test: TestResult, width: int) -> list[Text]:
    """A failed rehearsal in full."""
    name = f"{one_line(test.unit)}.{one_line(test.exercise)}"
    title = hanging(_margin(width), title_of(test), width, style="bold")
    return [*hanging("", name, width, style="bold cyan"), *title, *_rows(test, width)]


def begun_and_failing(exercise: ExerciseResult) -> bool:
    return exercise.status is not Outcome.NOT_STARTED and bool(missed(exercise))


def shown(unit: UnitResult, exercise: ExerciseResult) -> bool:
    """Whether there is something to say of it, apart from its unit not having loaded."""
    return begun_and_failing(exercise) or (unit.message is None and bool(_blocked(exercise)))


def missed(exercise: ExerciseResult) -> list[TestResult]:
    """What was tried and went wrong, then the parts that are not written yet."""
    broken = [test for test in exercise.tests if test.outcome in BROKEN]
    unwritten = [test for test in exercise.tests if test.outcome is Outcome.NOT_STARTED]
    return broken + unwritten


def _blocked(exercise: ExerciseResult) -> list[TestResult]:
    """What waits for something else than the exercise being written."""
    if exercise.status is Outcome.NOT_STARTED:
        return []
    return [test for test in exercise.tests if test.outcome is Outcome.BLOCKED]


def unloaded(unit: UnitResult, message: str, width: int) -> list[Text]:
    title, rows = not_loaded(unit, message)
    return [*wrapped(title, width, style="bold red"), *indented(verbatim(rows, width - 2), 2)]


def not_loaded(unit: UnitResult, message: str) -> tuple[str, list[str]]:
    title = f"{one_line(unit.name)} did not load, so none of it could be checked"
    return title, excerpt(message, lines=20, characters=2000)


def _exercise(unit: UnitResult, exercise: ExerciseResult, width: int) -> list[Text]:
    title = f"{name_of(unit, exercise)}  {exercise.score}/{exercise.max_score}"
    return hanging("", title, width, style="bold cyan") + feedback(exercise, width)


def name_of(unit: UnitResult, exercise: ExerciseResult) -> str:
    return f"{one_line(unit.name)}.{one_line(exercise.name)}"


def feedback(exercise: ExerciseResult, width: int) -> list[Text]:
    """The first failure in full, the others by their titles, and what waits."""
    lines: list[Text] = []
    for test in missed(exercise):
        if lines:
            lines += _title("also: ", test, width)
        else:
            lines += _title("", test, width, style="bold") + _rows(test, width)
    for reason, number in waiting(exercise).items():
        rows = hanging(_margin(width), reason, width - len(f"0/{number}") - 2)
        lines += with_points(rows, f"0/{number}", width)
    return lines


def _rows(test: TestResult, width: int) -> list[Text]:
    return [line for key, rows in details(test) for line in _keyed(key, rows, width)]


def _title(lead: str, test: TestResult, width: int, *, style: str = "") -> list[Text]:
    points = f"0/{test.max_points}"
    rows = hanging(_margin(width) + lead, title_of(test), width - len(points) - 2, style=style)
    return with_points(rows, points, width, style="red")


def title_of(test: TestResult) -> str:
    """The law that does not hold, and how it came to that where it was not a wrong result."""
    return one_line(test.title).removesuffix(".") + _REMARKS.get(test.outcome, "")


def _margin(width: int) -> str:
    """A narrow page has no cells to spare for a step to the right."""
    return "  " if width >= _ROOMY else ""


def details(test: TestResult) -> list[tuple[str, list[str]]]:
    """The rows of the block that apply, in the order they are read."""
    texts = [
        ("called", test.called),
        ("problem", _problem(test)),
        ("expected", test.expected),
        ("got", test.got),
        ("likely", test.likely),
        ("look at", str(test.location) if test.location else None),
    ]
    rows = [(key, excerpt(text, lines=12, characters=800)) for key, text in texts if text]
    if test.printed and test.printed.strip():
        rows.append(("printed", excerpt_of_printed(test.printed)))
    return rows


def excerpt_of_printed(text: str) -> list[str]:
    return excerpt(text, lines=10, characters=800)


def _problem(test: TestResult) -> str | None:
    """The message, unless the other rows say all of it already."""
    said = (test.title, test.expected, test.got, test.likely)
    if not test.message:
        return None if test.expected or test.got else _PROBLEMS[test.outcome]
    known = _JOINING | {word for text in said if text for word in _words(text)}
    return None if _words(test.message) <= known else test.message


def _words(text: str) -> set[str]:
    return {word.strip(".,:;") for word in text.lower().split()}


def _keyed(key: str, rows: list[str], width: int) -> list[Text]:
    lines: list[Text] = []
    for row in rows:
        lead = f"{_margin(width)}  {'' if lines else key:<{KEY_CELLS}}"
        lines += hanging(lead, row, width, lead_style="cyan")
    return lines


def waiting(exercise: ExerciseResult) -> dict[str, int]:
    """What blocked tests wait for, and the points of those that do."""
    points: dict[str, int] = {}
    for test in _blocked(exercise):
        reason = one_line(test.message or "not run yet")
        points[reason] = points.get(reason, 0) + test.max_points
    return points
