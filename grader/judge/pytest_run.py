"""The suites in pytest, with the finished result of every test."""

import os
import sys
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_jsonreport.plugin
from pytest_jsonreport.plugin import JSONReport

from grader.course.model import Selection
from grader.errors import GraderError, GraderFault
from grader.judge import plugin
from grader.judge.diagnosis import Case
from grader.judge.options import OnProgress, ignore
from grader.judge.plugin import FOUND, JUDGING, Found, Judging
from grader.report import Outcome, TestResult

# The suites bring their own asserts, so nothing is rewritten; nothing else is needed either.
UNUSED = (
    "cacheprovider capture debugging doctest faulthandler junitxml logging monkeypatch pastebin "
    "recwarn setuponly setupplan stepwise subtests threadexception tmpdir unittest "
    "unraisableexception warnings"
).split()


@dataclass(frozen=True)
class Run:
    """The result of every test by its node ID, the rehearsals, and the cases for a diagnosis."""

    results: dict[str, TestResult]
    rehearsals: tuple[TestResult, ...]
    cases: list[Case]


class Suites:
    """Some suites, collected once by pytest and run as often as there is work to be judged."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths
        self.report = JSONReport()
        self.plugin = _Plugin()
        self.is_broken = False  # by a run that did not come to its end

    def count(self, judging: Judging, selection: Selection) -> int:
        """How many tests are to be run. Raises: GraderFault if a suite is broken."""
        with _quietly():
            self._begin(judging, selection, ignore)
            return len(self.plugin.chosen())

    def run(self, judging: Judging, selection: Selection, on_progress: OnProgress = ignore) -> Run:
        """Run the tests of the selection. The devices of all runs are those of the first.

        Raises: GraderFault if a suite is broken or the run did not come to its end.
        """
        own = self.plugin
        with _quietly():
            session = self._begin(judging, selection, on_progress)
            self.is_broken = True
            session.testsfailed = 0
            session.items = own.chosen()
            self.report._json_tests.clear()
            session.config.hook.pytest_runtestloop(session=session)
        # Of a session without its end: pytest-json-report makes its report only there.
        results = {test["nodeid"]: _result_of(test) for test in self.report._json_tests.values()}
        judged = {node: result for node, result in results.items() if result is not None}
        if not judged or len(judged) != len(results):
            raise GraderFault("the suites did not finish")
        self.is_broken = False
        rehearsals = [r for node, r in judged.items() if node in own.rehearsals]
        return Run(
            {node: result for node, result in judged.items() if node not in own.rehearsals},
            tuple(result for result in rehearsals if result.outcome is not Outcome.BLOCKED),
            own.found.cases,
        )

    def _begin(
        self, judging: Judging, selection: Selection, on_progress: OnProgress
    ) -> pytest.Session:
        own = self.plugin
        own.begin(judging, selection, on_progress)
        if own.session is None:
            code = self._collect()
            if code == pytest.ExitCode.INTERRUPTED and not own.errors:
                raise KeyboardInterrupt
            if own.errors or own.session is None or code == pytest.ExitCode.INTERNAL_ERROR:
                self.is_broken = True
                why = "; ".join(own.errors) or f"pytest ended with {pytest.ExitCode(code).name}"
                raise GraderFault(f"the suites could not be run: {why}")
        return own.session

    def _collect(self) -> int:
        folder = self.paths[0].parent
        for suite in self.paths:  # of another course that this process has graded, by that name
            known = sys.modules.get(suite.stem)
            if known is not None and known.__file__ != str(suite):
                del sys.modules[suite.stem]
        arguments = [
            *map(str, self.paths),
            f"--rootdir={folder}",
            f"--confcutdir={folder}",
            "--noconftest",
            f"-c{os.devnull}",
            "--disable-plugin-autoload",
            "--assert=plain",
            "--tb=native",
            "--import-mode=importlib",
            "--collect-only",
            "--json-report-file=none",
            "--json-report-omit=log,streams,traceback,keywords,collectors",
            *(f"-pno:{name}" for name in UNUSED),
        ]
        own = [plugin, self.report, self.plugin]
        return pytest.main(arguments, plugins=[pytest_jsonreport.plugin, *own])


class _Plugin:
    """Hands a run to the suites, leaves out what is not selected, and tells of progress."""

    def __init__(self) -> None:
        self.session: pytest.Session | None = None
        self.collected: list[pytest.Item] = []

    def begin(self, judging: Judging, selection: Selection, on_progress: OnProgress) -> None:
        self.judging, self.selection, self.on_progress = judging, selection, on_progress
        self.found, self.done, self.total = Found(), 0, 0
        self.errors: list[str] = []
        self.rehearsals: set[str] = set()
        if self.session is not None:
            self._hand_over(self.session.config)

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

    def chosen(self) -> list[pytest.Item]:
        """The tests of the selection, in the order in which they are run."""
        # pytest has put the tests of one device together, of all units: but a worker is ended
        # where the next unit begins.
        units = list(self.selection)
        items = [
            item
            for item in self.collected
            if plugin.exercise_of(item) in self.selection.get(plugin.unit_of(item), ())
            and (not self.judging.only_visible or item.get_closest_marker("visible"))
        ]
        # What is rehearsed comes last: it waits for the rest of its exercise, and needs a worker
        # of its own.
        items.sort(key=lambda i: (plugin.is_rehearsal(i), units.index(plugin.unit_of(i))))
        self.rehearsals = {item.nodeid for item in items if plugin.is_rehearsal(item)}
        self.total = len(items)
        return items

    def pytest_exception_interact(
        self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[Any]
    ) -> None:
        if isinstance(node, pytest.Collector) and call.excinfo is not None:
            error = call.excinfo.value
            self.errors.append(_at_fault(node.path, error.__cause__ or error))

    def pytest_runtest_logfinish(self, nodeid: str, location: object) -> None:
        self.done += 1
        self.on_progress(self.done, self.total)


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
