"""The pytest plugin: fixtures for the suites, and one verdict for every test.

Plain `pytest tests/hidden` runs the suites over the solutions in this very process. `grade` puts
a `Judging` into the configuration; then `student` is a worker process.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
import torch

from grader.errors import GraderError
from grader.judge.behaviour import Behaviour
from grader.judge.diagnosis import Case
from grader.judge.local import LocalRunner
from grader.judge.reference import reference_to, solution_of
from grader.judge.subject import Runner, Subject
from grader.judge.verdict import Blocked, NotStarted, Pending, Verdict, verdict_of
from grader.report import Outcome
from grader.suite.rng import Rng
from grader.suite.tape import NoTape, Tape, playing


class StudentRunner(Runner, Protocol):
    """A runner of learner code, with what a report wants to know of it.

    `seen` is what it did in this test, call by call.
    """

    seen: list[Behaviour]

    def called(self, value: object) -> str | None:
        """The call that gave `value`, or the last one, as text."""
        ...

    def located(self, exercise: str) -> str | None:
        """Where the exercise is defined, as file:line."""
        ...

    def take_printed(self) -> str | None: ...

    def check_inputs(self) -> None: ...

    def finish_test(self) -> None: ...


class Students(Protocol):
    """Gives the runner of each unit of one submission.

    Raises: Blocked if the unit's module did not load.
    """

    def runner(self, unit: str) -> StudentRunner: ...


class Tapes(Protocol):
    """Gives the tape of each test, by unit and name."""

    def tape(self, unit: str, name: str, device: str) -> Tape: ...


@dataclass
class Judging:
    """One run over one submission, as the suites see it.

    Without `solutions` all that is needed of them is on `tapes`. While they are made, `recording`,
    only those tests run that learners may see.
    """

    solutions: Path | None
    seed: int
    devices: tuple[str, ...] = ("cpu",)
    students: Students | None = None
    tapes: Tapes | None = None
    recording: bool = False
    passed: set[str] = field(default_factory=set)
    timed_out: set[str] = field(default_factory=set)
    cases: list[Case] = field(default_factory=list)


JUDGING = pytest.StashKey[Judging]()
VERDICT = pytest.StashKey[Verdict]()
SECONDS = pytest.StashKey[float]()


def pytest_configure(config: pytest.Config) -> None:
    for mark in ("exercise(name)", "points(worth)", "needs(test)", "visible", "gpu"):
        config.addinivalue_line("markers", mark)


def judging_of(item: pytest.Item) -> Judging:
    if JUDGING not in item.config.stash:
        item.config.stash[JUDGING] = Judging(item.path.parents[2] / "solutions", seed=0)
    return item.config.stash[JUDGING]


def unit_of(item: pytest.Item) -> str:
    return item.path.stem.removeprefix("test_")


def exercise_of(item: pytest.Item) -> str:
    mark = item.get_closest_marker("exercise")
    return str(mark.args[0]) if mark else unit_of(item)


def full_name_of(item: pytest.Item) -> str:
    """The exercise with its unit, as learners name it: `activations.softmax`."""
    return f"{unit_of(item)}.{exercise_of(item)}"


def points_of(item: pytest.Item) -> int:
    mark = item.get_closest_marker("points")
    return int(mark.args[0]) if mark else 0


def name_of(item: pytest.Item) -> str:
    return str(getattr(item, "originalname", item.name))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "device" in metafunc.fixturenames:
        judging = metafunc.config.stash.get(JUDGING, None)
        devices = judging.devices if judging else ("cpu",)
        metafunc.parametrize("device", devices, scope="session")


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> Subject:
    """The solutions, run in the judge's own process."""
    return _reference(request.node)


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Subject:
    """The learner's exercises of this unit."""
    runner = _student_runner(request.node)
    return Subject(runner, "") if runner else _solution(request.node)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> Rng:
    return _rng(request.node)


def _reference(item: pytest.Item) -> Subject:
    return reference_to(judging_of(item).solutions, unit_of(item), item.path.parent)


def _solution(item: pytest.Item) -> Subject:
    solutions = judging_of(item).solutions
    assert solutions is not None
    return Subject(solution_of(solutions, unit_of(item), item.path.parent), "")


def _tape(item: pytest.Item) -> Tape:
    tapes = judging_of(item).tapes
    if tapes is None:
        return NoTape()
    return tapes.tape(unit_of(item), f"{exercise_of(item)}.{name_of(item)}", _device(item))


def _rng(item: pytest.Item) -> Rng:
    test = f"{full_name_of(item)}.{name_of(item)}"
    return Rng(judging_of(item).seed, test, _device(item))


def _device(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    return str(callspec.params.get("device", "cpu")) if callspec else "cpu"


def _student_runner(item: pytest.Item) -> StudentRunner | None:
    students = judging_of(item).students
    if students is None or "student" not in getattr(item, "fixturenames", ()):
        return None
    return students.runner(unit_of(item))


def pytest_runtest_setup(item: pytest.Item) -> None:
    judging, exercise = judging_of(item), full_name_of(item)
    if not _available(_device(item)):
        raise Pending(f"needs the device {_device(item)}, which is not here")
    if exercise in judging.timed_out:
        raise Blocked("not run: an earlier test of this exercise ran out of time")
    needed = item.get_closest_marker("needs")
    if needed and f"{exercise}.{needed.args[0]}[{_device(item)}]" not in judging.passed:
        title = _title_of(item, str(needed.args[0]))
        raise Blocked(f"not run: first make this one pass: {title}")


def _title_of(item: pytest.Item, test: str) -> str:
    function = getattr(getattr(item, "cls", None), test, None)
    return title(function) or test


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
    """A test that passed has still to be one whose question nobody rewrote."""
    with playing(_tape(pyfuncitem)):
        result = yield
    runner = _student_runner(pyfuncitem)
    if runner is not None:
        runner.check_inputs()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    if call.when == "call" or call.excinfo is not None:
        item.stash[VERDICT] = _judge(item, call)
        item.stash[SECONDS] = call.duration
    return (yield)


def _judge(item: pytest.Item, call: pytest.CallInfo[None]) -> Verdict:
    judging, exercise = judging_of(item), full_name_of(item)
    error = call.excinfo.value if call.excinfo else None
    verdict = verdict_of(error, exercise_of(item), lambda: _passes_with_solution(item))
    runner = None
    if verdict.outcome not in (Outcome.BLOCKED, Outcome.PENDING):
        try:
            runner = _student_runner(item)
        except (NotStarted, GraderError):
            pass  # the verdict says so already
    if verdict.outcome is Outcome.PASSED:
        judging.passed.add(f"{exercise}.{name_of(item)}[{_device(item)}]")
    elif verdict.outcome is Outcome.TIMED_OUT:
        judging.timed_out.add(exercise)
    if runner is not None:
        if verdict.outcome in (Outcome.PASSED, Outcome.FAILED):
            judging.cases.append(_case(item, tuple(runner.seen), error))
        verdict = verdict.completed(
            called=runner.called(getattr(error, "value", None)),
            location=runner.located(exercise_of(item)),
            printed=runner.take_printed(),
        )
        runner.finish_test()
    elif judging.recording:
        judging.cases.append(_case(item, (), error))
    return verdict


def _passes_with_solution(item: pytest.Item) -> bool:
    """Does the test work when the solution is what it judges? If not, the suite is at fault.

    Where there is no solution, it did when the test was recorded.
    """
    if judging_of(item).solutions is None:
        return True
    try:
        _run_again(item, _solution(item))
    except Exception:
        return False
    return True


def _case(item: pytest.Item, seen: tuple[Behaviour, ...], error: BaseException | None) -> Case:
    def rehearse(runner: LocalRunner) -> None:
        _run_again(item, Subject(runner, ""))

    name = f"{exercise_of(item)}.{name_of(item)}"
    return Case(item.nodeid, name, unit_of(item), exercise_of(item), seen, error, rehearse)


def _run_again(item: pytest.Item, student: Subject) -> None:
    """The test once more, with the same inputs and somebody else in the learner's place."""
    assert isinstance(item, pytest.Function)
    fixtures = {
        "student": student,
        "reference": _reference(item),
        "rng": _rng(item),
        "device": _device(item),
    }
    item.obj(**{name: fixtures[name] for name in item._fixtureinfo.argnames})


@pytest.hookimpl(optionalhook=True)
def pytest_json_runtest_metadata(item: pytest.Item, call: pytest.CallInfo[None]) -> dict[str, Any]:
    """What the report is built from: everything here is plain JSON."""
    if VERDICT not in item.stash:
        return {}
    return {
        "node": item.nodeid,
        "unit": unit_of(item),
        "exercise": exercise_of(item),
        "test": name_of(item),
        "device": _device(item),
        "title": title(getattr(item, "obj", None)) or name_of(item),
        "max_points": points_of(item),
        "seconds": item.stash[SECONDS],
        **item.stash[VERDICT].as_dict(),
    }
