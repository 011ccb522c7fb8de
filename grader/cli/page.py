"""What the page of a watch shows. It follows the terminal, which has been told already."""

import time
from collections.abc import Sequence
from importlib.util import find_spec

from grader.cli.output import grade_command, is_passing, quoted
from grader.cli.watch import Onlooker, Watcher
from grader.course.map import map_at, map_of
from grader.course.model import Course
from grader.course.names import Name
from grader.course.progress import read_progress
from grader.errors import UsageError
from grader.formats.parts.scoreboard import total_of
from grader.page.live import Page
from grader.page.view import STATE, Changes, Focus, Moment, Parts, changes, parts_of, state
from grader.report import Report


def check_extra() -> None:
    """Raises: UsageError if what serves the page is not installed."""
    if all(map(find_spec, ("starlette", "uvicorn", "sse_starlette"))):
        return
    from grader.cli.doctor import NAME, installs, is_a_tool

    wanted = quoted(f"{NAME}[page]")
    start = "uv tool install --torch-backend cpu" if is_passing() or is_a_tool() else installs()
    raise UsageError(f"--page needs an extra: {start} {wanted}")


class Follower(Onlooker):
    """Keeps the page at what the watcher knows."""

    def __init__(self, course: Course, page: Page) -> None:
        self.course, self.page = course, page
        self.before: dict[str, Report] = {}
        self.changes: Changes | None = None
        self.parts: Parts = {}

    def grading(self, units: Sequence[str]) -> None:
        self.page.show(self.parts | {STATE: state(f"Grading {', '.join(units)} …")})

    def see(self, watcher: Watcher, units: Sequence[str] = ()) -> None:
        if units:
            self.changes = changes(self.before.values(), watcher.reports.values())
        self.before = dict(watcher.reports)
        progress = read_progress(self.course.home)
        course_map = map_of(self.course, progress, self.course.everything)
        said = " ".join([time.strftime("%H:%M:%S"), *self._news(watcher, units)])
        focus = _focus(watcher, watcher.focus) if watcher.focus else None
        here = map_at(course_map, watcher.focus)
        self.parts = parts_of(Moment(here, focus, self.changes, said, grade_command()))
        self.page.show(self.parts)

    def _news(self, watcher: Watcher, units: Sequence[str]) -> list[str]:
        """In a few sentences, since they are read out."""
        said = []
        for unit in units:
            report = watcher.reports[unit]
            loaded = report.units[0].message is None
            said.append(f"{unit} {total_of(report)}." if loaded else f"{unit} did not load.")
        if units:
            said.append(f"{self.changes}.")
        if watcher.focus is None:
            said.append("All of this is finished.")
        elif watcher.rests:
            said.append(f"{watcher.focus} is finished.")
        elif not units:
            said.append(f"Now: {watcher.focus}.")
        return said


def _focus(watcher: Watcher, name: Name) -> Focus:
    report = watcher.report_of(name)
    if not watcher.rests:
        report = watcher.session.drawn(report, watcher.work[name.unit])
    title = watcher.course.unit(name.unit).exercise(name.exercise).title
    return Focus(str(name), title, report, watcher.files[name.unit], watcher.rests)
