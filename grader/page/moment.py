"""What there is to see after a save: the exercise in focus, what has changed, and the path."""

from collections.abc import Iterable
from dataclasses import dataclass

from grader.course.map import Map
from grader.formats.parts.text import counted
from grader.report import Outcome, Report, TestResult


@dataclass(frozen=True)
class Changes:
    """The tests that pass since a save and did not before, and those that no longer do."""

    passing: tuple[TestResult, ...] = ()
    failing: tuple[TestResult, ...] = ()

    def __str__(self) -> str:
        told = (("now passing", self.passing), ("no longer passing", self.failing))
        said = [f"{counted(len(tests), 'test')} {what}" for what, tests in told if tests]
        return ", ".join(said) or "The same tests pass as before"


def changes(before: Iterable[Report], after: Iterable[Report]) -> Changes:
    """What became of the tests that both know."""
    passed = {test.id: test.outcome is Outcome.PASSED for report in before for test in report.tests}
    known = [test for report in after for test in report.tests if test.id in passed]
    changed = [test for test in known if passed[test.id] is not (test.outcome is Outcome.PASSED)]
    return Changes(
        tuple(test for test in changed if test.outcome is Outcome.PASSED),
        tuple(test for test in changed if test.outcome is not Outcome.PASSED),
    )


@dataclass(frozen=True)
class Focus:
    """The exercise in hand: `report` is on it alone, and `file` holds the work. Once it is finished
    it rests, until the learner goes on."""

    name: str
    title: str
    report: Report
    file: str
    is_resting: bool

    @property
    def has_not_loaded(self) -> bool:
        return self.report.units[0].message is not None


@dataclass(frozen=True)
class Moment:
    """All that the page shows. Without a focus everything is finished; before the first save there
    are no changes. `said` is the news in one line; `command` is what starts `grade`."""

    map: Map
    focus: Focus | None
    changes: Changes | None
    said: str
    command: str
