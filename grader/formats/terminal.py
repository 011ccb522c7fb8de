"""The report as a learner reads it in a terminal: the score, then what to look at next."""

from rich.cells import cell_len
from rich.text import Text

from grader.formats.parts import failures, summary
from grader.formats.parts.lines import hanging, indented, offered, page_width, printed, wrapped
from grader.formats.parts.scoreboard import scoreboard
from grader.formats.parts.text import MAX_WIDTH, counted, one_line
from grader.report import ExerciseResult, Outcome, Replay, Report, UnitResult


def render(
    report: Report,
    *,
    width: int = MAX_WIDTH,
    color: bool = False,
    command: str = "grade",
    most: int | None = None,
    own: bool = True,
    after: str = "",
) -> str:
    """Fits `width` cells, within reason.

    `command` is what starts us in the reader's shell; of more than `most` exercises that failed,
    the others are only named. What to do next is said of the reader's `own` work alone; where all
    of that is right, it is `after`.
    """
    columns = page_width(width)
    blocks = [_notes(report, columns), scoreboard(report, columns)]
    if own and summary.untouched(report):
        welcome = wrapped(summary.welcome(report), columns, style="bold")
        blocks.append([*welcome, *wrapped(summary.first_step(report, command), columns)])
    else:
        blocks += [
            _faults(report, columns),
            failures.section(report, columns, command=command, most=most),
            _rehearsals(report, columns),
            _printed(report, columns),
            _not_started(report, columns),
            _pending(report, columns),
        ]
    blocks.append(_closing(report, columns))
    if own:
        blocks[-1] += _next_step(report, columns, command, after)
    lines: list[Text] = []
    for block in filter(None, blocks):
        lines += [Text(), *block] if lines else block
    return printed(lines, width=columns, color=color)


def render_exercise(report: Report, *, width: int, color: bool) -> str:
    """The failures alone, without scores: what `grade watch` shows of the exercise in hand."""
    columns = page_width(width)
    sections = (_notes, _faults, failures.section, _rehearsals, _printed, _pending)
    lines = [line for section in sections for line in section(report, columns)]
    return printed(lines, width=columns, color=color)


def _notes(report: Report, width: int) -> list[Text]:
    return [
        line
        for note in report.notes
        for line in hanging("note: ", one_line(note), width, lead_style="cyan")
    ]


def _faults(report: Report, width: int) -> list[Text]:
    shown, more = summary.first_faults(report)
    if not shown:
        return []
    lines = [
        *wrapped(summary.WITHHELD, width, style="bold red"),
        *wrapped(summary.NOT_YOUR_FAULT, width),
    ]
    for title, rows in shown:
        lines += indented(wrapped(title, width - 2), 2)
        for row in rows:
            lines += indented(wrapped(row, width - 4), 4)
    return lines + [Text(f"  {said}") for said in more]


def _rehearsals(report: Report, width: int) -> list[Text]:
    found = failures.rehearsals(report)
    lines = [line for said in summary.rehearsed(report) for line in wrapped(said, width)]
    if not found:
        return lines
    lines += [
        *([Text()] if lines else []),
        *wrapped(summary.WOULD_FAIL, width, style="bold"),
        *wrapped(summary.ONLY_REHEARSED, width),
    ]
    for test in found[: failures.MOST]:
        lines += [Text(), *failures.rehearsal(test, width)]
    more = [f"{one_line(t.unit)}.{one_line(t.exercise)}" for t in found[failures.MOST :]]
    return lines + (hanging("and also: ", ", ".join(more), width) if more else [])


def _printed(report: Report, width: int) -> list[Text]:
    """What was printed in exercises that pass: there is no failure to show it with."""
    found = [
        (failures.name_of(unit, exercise), text)
        for unit, exercise in summary.exercises_of(report)
        if exercise.status is Outcome.PASSED
        and (text := "".join(test.printed or "" for test in exercise.tests)).strip()
    ]
    lines: list[Text] = []
    for name, text in found[: failures.MOST]:
        lines += [*wrapped(f"{name} printed", width, style="bold cyan")]
        for row in failures.excerpt_of_printed(text):
            lines += indented(wrapped(row, width - 4), 4)
    more = [name for name, _ in found[failures.MOST :]]
    return lines + (hanging("also printed: ", ", ".join(more), width) if more else [])


def _not_started(report: Report, width: int) -> list[Text]:
    """Of each unit as many names as one line holds, and the points that wait."""
    lead, lines = "not started  ", list[Text]()
    for unit, waiting in summary.unbegun(report):
        points = f"({summary.worth(waiting)})"
        room = width - len(lead) - len(points) - 2
        lines += hanging(lead, f"{one_line(unit.name)}: {_names(unit, waiting, room)}", width)
        if lines[-1].cell_len + len(points) + 2 <= width:
            lines[-1] = Text.assemble(lines[-1], "  ", points)
        else:
            lines.append(Text(" " * len(lead) + points))
    return lines


def _names(unit: UnitResult, waiting: list[ExerciseResult], width: int) -> str:
    if len(waiting) == len(unit.exercises) > 1:
        return f"all {len(waiting)} exercises"
    names = [one_line(exercise.name) for exercise in waiting]
    line = ", ".join(names)
    while cell_len(f"{one_line(unit.name)}: {line}") > width and len(names) > 1:
        names.pop()
        line = f"{', '.join(names)}, …"
    return line


def _pending(report: Report, width: int) -> list[Text]:
    return [
        line
        for reason, number in summary.pending(report).items()
        for line in hanging(
            "pending  ", f"{one_line(reason)}: {counted(number, 'point')} pending", width
        )
    ]


def _closing(report: Report, width: int) -> list[Text]:
    passed = report.status is Outcome.PASSED and bool(report.tests)
    withheld = report.score is None
    score = "Score withheld" if withheld else f"Score {report.score}/{report.max_score}"
    run = f"seed {report.seed} · device {one_line(report.device)}"
    style = "bold green" if passed else "bold red" if withheld else "bold"
    if cell_len(f"{score}  {run}") <= width:
        lines = [Text.assemble((score, style), "  ", (run, "dim"))]
    else:
        lines = [*wrapped(score, width, style=style), *wrapped(run, width, style="dim")]
    if passed:
        lines += wrapped("All done.", width, style="green")
    return lines


def _next_step(report: Report, width: int, command: str, after: str) -> list[Text]:
    for unit in report.units:
        if unit.message is not None:
            said = f"make {one_line(unit.name)} load, then run {command} again"
            return hanging("Next: ", said, width)
        for exercise in unit.exercises:
            if failures.begun_and_failing(exercise):
                return _hint(command, unit, exercise, width, failures.missed(exercise)[0].replay)
    for unit, (exercise, *_) in summary.unbegun(report):
        return _hint(command, unit, exercise, width)
    if not report.tests:
        return wrapped("There was nothing to grade.", width)
    if report.status is Outcome.PENDING:
        return wrapped("All done here. What is pending needs another machine.", width)
    return hanging("Next: ", one_line(after), width) if after else []


def _hint(
    command: str,
    unit: UnitResult,
    exercise: ExerciseResult,
    width: int,
    replay: Replay | None = None,
) -> list[Text]:
    name = failures.name_of(unit, exercise)
    lines = offered("Next: ", command, f"hint {name}", width)
    if replay is not None and replay.code:
        lines += offered("or:   ", command, f"debug {name}", width)
    return lines
