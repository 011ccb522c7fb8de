"""A suite in pytest, with the finished result of every test."""

import os
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_jsonreport.plugin
from pytest_jsonreport.plugin import JSONReport

from grader.errors import GraderError, GraderFault
from grader.judge import plugin
from grader.judge.item import FOUND, JUDGING, Found, Judging, exercise_of, is_rehearsal
from grader.report import Outcome, TestResult

# The suites bring their own asserts, so nothing is rewritten; nothing else is needed either.
UNUSED = (
    "cacheprovider capture debugging doctest faulthandler junitxml logging monkeypatch pastebin "
    "recwarn setuponly setupplan stepwise subtests threadexception tmpdir unittest "
    "unraisableexception warnings"
).split()


class Suite:
    """A suite, collected once by pytest and run as often as there is work to be judged."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.report = JSONReport()
        self.plugin = _Plugin()
        self.is_broken = False  # by a run that did not come to its end

    def run(
        self,
        judging: Judging,
        found: Found,
        exercises: Collection[str],
        on_exercise: Callable[[], None] = lambda: None,
        *,
        rehearsals: bool = False,
    ) -> dict[str, TestResult]:
        """The result of every test of these exercises, or of their rehearsals, by its node ID;
        `on_exercise` hears of the end of each. The devices of all runs are those of the first.

        Raises: GraderFault if the suite is broken or the run did not come to its end.
        """
        session = self.collected(judging, found)
        with _quietly():
            items = self.plugin.begin(judging, found, exercises, on_exercise, rehearsals)
            if not items and rehearsals:
                return {}
            if not items:
                raise GraderFault(self._untested(exercises))
            self.is_broken = True
            session.testsfailed = 0
            session.items = items
            self.report._json_tests.clear()
            session.config.hook.pytest_runtestloop(session=session)
        # Of a session without its end: pytest-json-report makes its report only there.
        results = {test["nodeid"]: _result_of(test) for test in self.report._json_tests.values()}
        judged = {node: result for node, result in results.items() if result is not None}
        if not judged or len(judged) != len(results):
            raise GraderFault("the suites did not finish")
        self.is_broken = False
        return judged

    def rehearse(
        self, judging: Judging, found: Found, exercises: Collection[str]
    ) -> tuple[TestResult, ...]:
        """What came of the rehearsals, after a run that `found` tells of. Raises: as `run`."""
        results = self.run(judging, found, exercises, rehearsals=True)
        return tuple(r for r in results.values() if r.outcome is not Outcome.BLOCKED)

    def _untested(self, exercises: Collection[str]) -> str:
        """That none of these exercises has a test here, and which have some."""
        others = sorted({exercise_of(item) for item in self.plugin.collected})
        has = f"those that it has are of {', '.join(others)}" if others else "it has none at all"
        return f"{self.path.name} has no test for {', '.join(sorted(exercises))}: {has}"

    def collected(self, judging: Judging, found: Found) -> pytest.Session:
        """Collect the tests, if that has not been done. Raises: GraderFault if it is broken."""
        own = self.plugin
        if own.session is None:
            own.judging, own.found = judging, found
            with _quietly():
                code = self._collect()
            if code == pytest.ExitCode.INTERRUPTED and not own.errors:
                raise KeyboardInterrupt
            if own.errors or own.session is None or code == pytest.ExitCode.INTERNAL_ERROR:
                self.is_broken = True
                why = "; ".join(own.errors) or f"pytest ended with {pytest.ExitCode(code).name}"
                raise GraderFault(f"the suites could not be run: {why}")
        return own.session

    def _collect(self) -> int:
        folder = self.path.parent
        # of another course that this process has graded, by that name
        known = sys.modules.get(self.path.stem)
        if known is not None and known.__file__ != str(self.path):
            del sys.modules[self.path.stem]
        arguments = [
            str(self.path),
            f"--rootdir={folder}",
            f"--confcutdir={folder}",
            "--noconftest",
            f"-c{os.devnull}",
            "--disable-plugin-autoload",
            "--assert=plain",
            "--tb=native",
            "--import-mode=importlib",
            "--json-report-omit",
            *("log", "streams", "traceback", "keywords", "collectors"),
            "--collect-only",
            "--json-report-file=none",
            *(f"-pno:{name}" for name in UNUSED),
        ]
        own = [plugin, self.report, self.plugin]
        return pytest.main(arguments, plugins=[pytest_jsonreport.plugin, *own])


class _Plugin:
    """Hands a run to a suite, leaves out what is not selected, and tells of progress."""

    def __init__(self) -> None:
        self.session: pytest.Session | None = None
        self.collected: list[pytest.Item] = []
        self.errors: list[str] = []
        self.waiting: Counter[str] = Counter()

    def begin(
        self,
        judging: Judging,
        found: Found,
        exercises: Collection[str],
        on_exercise: Callable[[], None],
        rehearsals: bool,
    ) -> list[pytest.Item]:
        """The tests of these exercises, in the order in which they are to be run."""
        assert self.session is not None
        self.judging, self.found, self.on_exercise = judging, found, on_exercise
        self._hand_over(self.session.config)
        items = [
            item
            for item in self.collected
            if exercise_of(item) in exercises
            and is_rehearsal(item) == rehearsals
            and (not judging.only_visible or item.get_closest_marker("visible"))
        ]
        self.waiting = Counter(map(exercise_of, items))
        return items

    def _hand_over(self, config: pytest.Config) -> None:
        config.stash[JUDGING], config.stash[FOUND] = self.judging, self.found

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        self._hand_over(config)
        # pytest-json-report needs the options of the terminal plugin, nobody its output.
        config.pluginmanager.unregister(name="terminalreporter")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: list[pytest.Item]
    ) -> None:
        self.session, self.collected = session, list(items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_unconfigure(self, config: pytest.Config) -> None:
        # pytest-json-report would take itself away, and the tests are still to be run.
        config._json_report = None  # type: ignore[attr-defined]
        config.option.collectonly = False

    def pytest_exception_interact(
        self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[Any]
    ) -> None:
        if isinstance(node, pytest.Collector) and call.excinfo is not None:
            error = call.excinfo.value
            self.errors.append(_at_fault(node.path, error.__cause__ or error))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """As pytest makes it, but for a traceback, which takes longer than many a test."""
        assert call.when != "collect"
        outcome: Literal["passed", "failed"] = "passed" if call.excinfo is None else "failed"
        name, place, seconds = item.nodeid, item.location, call.duration
        return pytest.TestReport(name, place, {}, outcome, None, call.when, duration=seconds)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        done = yield
        exercise = exercise_of(item)
        self.waiting[exercise] -= 1
        if not self.waiting[exercise]:
            self.on_exercise()
        return done


def _at_fault(path: Path, error: BaseException) -> str:
    """Where a suite cannot be imported, and why, on one line."""
    folder, line = path.parent, ""
    if isinstance(error, SyntaxError) and error.filename:
        path, line, what = Path(error.filename), f":{error.lineno}", f"{error.msg}"
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            if Path(frame.filename).is_relative_to(folder):
                path, line = Path(frame.filename), f":{frame.lineno}"
        what = f"{error}" if isinstance(error, GraderError) else f"{type(error).__name__}: {error}"
    place = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
    return f"{place}{line}: {what.strip().splitlines()[0]}"


@contextmanager
def _quietly() -> Iterator[None]:
    """Warnings are of torch, about what a learner returned; and what the caller's environment asks
    of pytest is meant for other runs."""
    theirs = {name: text for name, text in os.environ.items() if name.startswith("PYTEST_")}
    for name in theirs:
        del os.environ[name]
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        os.environ.update(theirs)


def _result_of(test: Mapping[str, Any]) -> TestResult | None:
    """The result of a test is that of the last of its stages that has one."""
    stages = (test.get(when, {}) for when in ("teardown", "call", "setup"))
    return next((stage["result"] for stage in stages if stage.get("result")), None)
