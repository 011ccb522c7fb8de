"""The pytest plugin: fixtures for the suites, and one result for every test.

Plain `pytest tests/hidden` runs the suites over the solutions in this very process. `grade` puts
a `Judging` into the configuration; then `student` is a worker process.
"""

import dataclasses
import re
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest
import torch

from grader.errors import GraderError, Missing, Raised, TimedOut
from grader.judge.behaviour import failure_of
from grader.judge.bounds import no_longer_than
from grader.judge.diagnosis import Case
from grader.judge.item import (
    JUDGING,
    device_name,
    device_of,
    exercise_of,
    found_by,
    full_name_of,
    is_rehearsal,
    judging_of,
    name_of,
    points_of,
    unit_of,
)
from grader.judge.learner import Enough, UnitRunner
from grader.judge.local import LocalRunner
from grader.judge.subject import Subject
from grader.judge.surroundings import with_changed_default
from grader.judge.verdict import (
    Blocked,
    NotStarted,
    Pending,
    as_rehearsal,
    bounded,
    verdict_of,
    with_circumstances,
)
from grader.report import Location, Outcome, TestResult
from grader.sandbox.randomness import random_states_kept, start_anew
from grader.sandbox.rehearsal import NAME
from grader.sandbox.wire import RehearsalDevice
from grader.suite.asserts import Mismatch
from grader.suite.forms import told_before
from grader.suite.rng import Rng
from grader.suite.tape import NoTape, Tape, playing

MADE_IN = re.compile(r", line (\d{1,6}), is (?:made|a copy) on the CPU")


def pytest_configure(config: pytest.Config) -> None:
    for mark in "exercise(name) points(worth) needs(test) visible rehearsed(calls) gpu".split():
        config.addinivalue_line("markers", mark)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "device" in metafunc.fixturenames:
        judging = metafunc.config.stash.get(JUDGING, None)
        devices = judging.devices if judging else ("cpu",)
        marked = metafunc.definition.get_closest_marker("rehearsed") is not None
        if judging and judging.rehearses and marked:
            devices = (*devices, NAME)
        metafunc.parametrize("device", devices, indirect=True, scope="session")


@pytest.fixture(scope="session")
def device(request: pytest.FixtureRequest) -> str:
    """Where the suite makes its tensors."""
    return _named(request.param)


def _named(device: str) -> str:
    return RehearsalDevice("cpu") if device == NAME else device


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> Subject:
    """The solutions, run in the judge's own process."""
    return _reference(request.node, _tape(request.node))


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Subject:
    """The learner's exercises of this unit."""
    return _student(request.node)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> Rng:
    return _rng(request.node, _tape(request.node))


def _fill(item: pytest.Function) -> None:
    """Give a test its fixtures if it has no others: the way of pytest costs as much as many a
    test."""
    own: dict[str, Callable[[], object]] = {
        "device": lambda: _named(device_name(item)),
        "student": lambda: _student(item),
        "reference": lambda: _reference(item, _tape(item)),
        "rng": lambda: _rng(item, _tape(item)),
    }
    names = [name for name in item.fixturenames if name != "request"]
    if own.keys() >= set(names):
        item.funcargs.update((name, own[name]()) for name in names)


def _reference(item: pytest.Item, tape: Tape) -> Subject:
    return judging_of(item).key.reference(unit_of(item), tape)


def _student(item: pytest.Item) -> Subject:
    students = judging_of(item).students
    runner = _student_runner(item)
    if students is None or runner is None:
        solution = judging_of(item).key.solution(unit_of(item))
        assert solution is not None
        return solution
    students.check_begun(unit_of(item), exercise_of(item))
    if is_rehearsal(item):
        (mark,) = item.iter_markers("rehearsed")
        runner.most = exercise_of(item), mark.args[0]
    return Subject(runner, "")


def _tape(item: pytest.Item) -> Tape:
    tapes = found_by(item).tapes
    if item.nodeid not in tapes:
        name = f"{exercise_of(item)}.{name_of(item)}"
        tapes[item.nodeid] = judging_of(item).key.tape(unit_of(item), name, device_of(item))
    return tapes[item.nodeid]


def _rng(item: pytest.Item, tape: Tape) -> Rng:
    test = f"{full_name_of(item)}.{name_of(item)}"
    return Rng(judging_of(item).seed, test, device_of(item), tape)


def _student_runner(item: pytest.Item) -> UnitRunner | None:
    students = judging_of(item).students
    if students is None or "student" not in getattr(item, "fixturenames", ()):
        return None
    unit = unit_of(item)
    return students.rehearsing(unit) if is_rehearsal(item) else students.runner(unit)


def pytest_runtest_setup(item: pytest.Item) -> None:
    found, exercise = found_by(item), full_name_of(item)
    if is_rehearsal(item) and (exercise in found.unfinished or NAME in found.timed_out):
        raise Blocked("not rehearsed: its exercise has not passed, or a rehearsal took too long")
    if not _available(device_of(item)):
        raise Pending(f"this machine has no {device_of(item)}")
    if exercise in found.timed_out:
        raise Blocked("not run: an earlier test of this exercise ran out of time")
    needed = item.get_closest_marker("needs")
    if needed and f"{exercise}.{needed.args[0]}[{device_of(item)}]" not in found.passed:
        test = str(needed.args[0])
        words = title(getattr(getattr(item, "cls", None), test, None)) or test
        raise Blocked(f"not run: first make this one pass: {words}")
    if isinstance(item, pytest.Function):
        _fill(item)


def title(function: object) -> str:
    """The sentence a learner reads: the first paragraph of the docstring, on one line."""
    return " ".join((getattr(function, "__doc__", None) or "").split("\n\n")[0].split())


def _available(device: str) -> bool:
    kind = torch.device(device).type
    if kind == "cuda":
        return torch.cuda.is_available()
    if kind == "mps":
        return torch.backends.mps.is_available()
    return kind == "cpu"


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    found = found_by(pyfuncitem)
    told = found.told.get(_exercise_there(pyfuncitem), frozenset())
    found.told_to[pyfuncitem.nodeid] = told
    seconds = judging_of(pyfuncitem).test_seconds
    with playing(_tape(pyfuncitem)), told_before(told), no_longer_than(seconds):
        return (yield)


def _exercise_there(item: pytest.Item) -> str:
    return f"{full_name_of(item)}[{device_of(item)}]"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    result = _judge(item, call) if call.when == "call" or call.excinfo is not None else None
    report = yield
    report.result = result  # type: ignore[attr-defined]
    return report


def _judge(item: pytest.Item, call: pytest.CallInfo[None]) -> TestResult:
    error = call.excinfo.value if call.excinfo else None
    if isinstance(error, Enough):
        error = None
    if isinstance(error, Missing):  # another exercise is not this one under a misspelled name
        others = {exercise_of(one) for one in item.session.items if unit_of(one) == unit_of(item)}
        error.defined = tuple(name for name in error.defined if name not in others)
    test = _test(item, round(call.duration, 6))
    students, unit, known = judging_of(item).students, unit_of(item), judging_of(item).errors
    texts = students.texts(unit) if students and error is not None else {}
    result = verdict_of(test, error, lambda: _with_solution(item, error), known, texts)
    if students and result.outcome is Outcome.FAILED:
        result = with_changed_default(result, students.modules(unit))
    runner = _runner_of(item, result.outcome)
    _note(item, result.outcome, error, runner)
    if runner is not None:
        value = getattr(error, "value", None)
        called = None if error is None else runner.called(value, exercise_of(item))
        location = _location(item, result.outcome, error, runner)
        printed = runner.take_printed()
        result = with_circumstances(result, called=called, location=location, printed=printed)
        runner.finish_test()
    several = len(judging_of(item).devices) > 1 and not is_rehearsal(item)
    if several and result.outcome is not Outcome.PASSED:
        result = dataclasses.replace(result, title=f"{result.title} [{device_of(item)}]")
    return bounded(as_rehearsal(result, error) if is_rehearsal(item) else result)


def _test(item: pytest.Item, seconds: float) -> TestResult:
    """The result of a test if it passes."""
    name = name_of(item)
    words = title(getattr(item, "obj", None)) or name
    unit, exercise, points = unit_of(item), exercise_of(item), points_of(item)
    return TestResult(unit, exercise, name, words, Outcome.PASSED, points, seconds=seconds)


def _runner_of(item: pytest.Item, outcome: Outcome) -> UnitRunner | None:
    """Who ran the learner's code in this test, if it was run."""
    if outcome in (Outcome.BLOCKED, Outcome.PENDING):
        return None
    try:
        return _student_runner(item)
    except (NotStarted, GraderError):
        return None  # the verdict says so already


def _note(
    item: pytest.Item,
    outcome: Outcome,
    error: BaseException | None,
    runner: UnitRunner | None,
) -> None:
    """What the tests after this one and the diagnosis need to know of it."""
    found = found_by(item)
    if outcome is not Outcome.PASSED and not is_rehearsal(item):
        found.unfinished.add(full_name_of(item))
    if outcome is Outcome.PASSED:
        found.passed.add(f"{full_name_of(item)}.{name_of(item)}[{device_of(item)}]")
    elif outcome is Outcome.TIMED_OUT:
        found.timed_out.add(NAME if is_rehearsal(item) else full_name_of(item))
    if isinstance(error, Mismatch) and error.slips:
        there = _exercise_there(item)
        found.told[there] = found.told.get(there, frozenset()) | error.slips
    if outcome in (Outcome.PASSED, Outcome.FAILED) and not is_rehearsal(item):
        found.cases.append(_case(item, runner, error))


def _location(
    item: pytest.Item, outcome: Outcome, error: BaseException | None, runner: UnitRunner
) -> Location | None:
    """The learner's line that raised or was running, or else where the exercise is defined."""
    frame = None
    if isinstance(error, (Raised, TimedOut)) and outcome is not Outcome.NOT_STARTED:
        frame = error.frames[-1] if error.frames else None
    elif isinstance(error, Missing):
        frame = error.place
    frame = frame or runner.loaded.places.get(exercise_of(item))
    if frame and is_rehearsal(item) and (made := MADE_IN.search(str(error))):
        frame = dataclasses.replace(frame, line=int(made[1]))  # that line is to be changed
    students = judging_of(item).students
    return students.location(frame) if frame and students else None


def _with_solution(item: pytest.Item, error: BaseException | None) -> BaseException | None:
    """What the test raises when the solution is what it judges, instead of `error`.

    Where there is no solution, it passed when the test was recorded. Work that raises the same
    in many tests of an exercise is believed to be at fault from the second of them on.
    """
    solution = judging_of(item).key.solution(unit_of(item))
    same = full_name_of(item), getattr(error, "kind", type(error).__name__)
    if solution is None or same in found_by(item).sound:
        return None
    try:
        with random_states_kept():
            start_anew()
            _run_again(item, solution)
    except (Exception, pytest.fail.Exception) as its_own:
        return its_own
    found_by(item).sound.add(same)
    return None


def _case(item: pytest.Item, runner: UnitRunner | None, error: BaseException | None) -> Case:
    def repeat(runner: LocalRunner, told: frozenset[str] | None) -> None:
        _run_again(item, Subject(runner, ""), told)

    name = f"{exercise_of(item)}.{name_of(item)}"
    failure = None if error is None else failure_of(error)
    seen = runner.behaviours() if runner and failure else ()
    return Case(item.nodeid, name, unit_of(item), exercise_of(item), seen, failure, repeat)


def _run_again(item: pytest.Item, student: Subject, told: frozenset[str] | None = None) -> None:
    """The test once more, with the same inputs and somebody else in the learner's place."""
    assert isinstance(item, pytest.Function)
    fixtures = {
        "student": student,
        "reference": _reference(item, NoTape()),
        "rng": _rng(item, NoTape()),
        "device": device_of(item),
    }
    told_then = found_by(item).told_to.get(item.nodeid, frozenset())
    with told_before(told_then if told is None else told):
        item.obj(**{name: fixtures[name] for name in item._fixtureinfo.argnames})


@pytest.hookimpl(optionalhook=True)
def pytest_json_runtest_stage(report: pytest.TestReport) -> dict[str, Any]:
    """What the collector carries to the end of the run: the finished result."""
    return {"outcome": report.outcome, "result": getattr(report, "result", None)}
