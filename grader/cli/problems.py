"""`grade watch --format gcc`: all that is wrong, anew after each save, for an editor to mark."""

from dataclasses import replace

from grader.cli.output import printable
from grader.cli.watch import Watcher, saves
from grader.course.model import Course, Selection
from grader.formats import gcc
from grader.judge.options import Options
from grader.judge.session import Session
from grader.report import Report


def watch_problems(course: Course, selection: Selection, options: Options) -> int:
    """Grade what is saved until Ctrl-C, and tell what is wrong in all units between a line that
    begins with `Grading` and one that begins with `Score`."""
    with Session(course, options, own_work=True) as session:
        watcher = Watcher(course, selection, session, gcc.render)
        seen = saves(course.exercises_folder)
        units = list(selection)
        while True:
            print(f"Grading {', '.join(units)} …", flush=True)
            for unit in units:
                watcher.grade(unit)
            print(printable(gcc.render(_as_one(watcher.reports))), end="", flush=True)
            units = next(
                stale
                for saved in seen
                if (stale := [u for u in selection if u in saved or watcher.is_stale(u)])
            )


def _as_one(reports: dict[str, Report]) -> Report:
    first, *_ = reports.values()
    return replace(
        first,
        units=tuple(unit for report in reports.values() for unit in report.units),
        rehearsals=tuple(test for report in reports.values() for test in report.rehearsals),
    )
