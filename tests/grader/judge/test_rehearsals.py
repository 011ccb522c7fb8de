"""What would fail on a GPU, told by a run on the CPU: nobody's points depend on it."""

from dataclasses import replace

import pytest

from grader.cli.output import exit_code
from grader.judge import session as story
from grader.judge.options import Device, Options
from grader.judge.session import Session
from grader.report import Outcome
from grader.sandbox import rehearsal
from grader.sandbox.limits import Limits
from grader.work.submission import read_submission
from tests.grader.tiny_course import Unit

pytestmark = pytest.mark.skipif(not rehearsal.is_possible(), reason="torch is older than 2.10")

SUITE = '''
import torch
from grader.suite import as_like, assert_raises, assert_same, exercise, points, rehearsed


@exercise("double")
class TestDouble:
    @rehearsed(calls=2)
    @points(3)
    def test_every_number_is_doubled(self, student, reference, device, rng):
        """Every number is doubled."""
        for _ in range(3):
            x = rng.normal(4)
            assert_same(student.double(x), reference.double(x))

    @points(1)
    def test_an_integer(self, student, device):
        """An integer is doubled."""
        assert_same(student.double(torch.tensor([3], device=device)), torch.tensor([6]))


@exercise("halve")
class TestHalve:
    @rehearsed(calls=9)
    @points(2)
    def test_every_way(self, student, reference, device, rng):
        """Whatever crosses comes back as it went."""
        x = rng.normal(3).requires_grad_()
        y = student.halve(x)
        y.sum().backward()
        assert_same(x.grad, torch.full_like(x, 0.5))
        p = student.parameter(x.detach())
        student.halve(p)
        assert_same(p.value, x.detach())
        assert_same(student.halve(2), reference.halve(2))
        assert_same(student.halve(x.detach(), lambda x: x + 1), x.detach() / 2 + 1)
        assert student.halve.observe(x).operations
        assert student.halve(device) in ("cpu", "rehearsal")
'''
HALVE = """
def halve(x, then=None):
    if isinstance(x, str):
        return x
    return x / 2 if then is None else then(x / 2)
"""
RIGHT = "def double(x): return 2 * x\n" + HALVE
UNIT = Unit(points=6, suite=SUITE, solution='import torch\n"""Right."""\n' + RIGHT)


@pytest.fixture(scope="module")
def course(make_course):
    return make_course(tiny=UNIT)


@pytest.fixture(scope="module")
def session(course):
    with Session(course, Options(Device.REHEARSAL), own_work=True) as session:
        yield session


@pytest.fixture
def grade(course, session, write):
    def grade(double, *only):
        work = read_submission(write({"tiny.py": f"import torch\n{double}\n{HALVE}"}), ["tiny"])
        return session.grade(work, course.select(only or ["tiny.double"]))

    return grade


def test_right_work_is_rehearsed_which_is_not_passed(grade):
    report = grade("def double(x): return 2 * x", "tiny")
    assert [test.outcome for test in report.rehearsals] == [Outcome.REHEARSED] * 2
    assert [test.points for test in report.rehearsals] == [0, 0]
    assert len(report.tests) == 3
    assert report.score == report.max_score == 6
    assert exit_code([report]) == 0


CAUGHT = {
    "a mixture": (
        "def double(x):\n    twos = torch.full(x.shape, 2)\n    return twos * x",
        "torch.full(x.shape, 2) is made on the CPU; x is on the rehearsal device (as it would be "
        "on a GPU): say device=x.device.",
        3,
    ),
    "a result on the CPU": (
        "def double(x):\n    y = torch.empty(x.shape, dtype=x.dtype)\n    return y.copy_(2 * x)",
        "torch.empty(x.shape, dtype=x.dtype) is made on the CPU, and the result has to be where "
        "the arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it "
        "there with .to(x.device).",
        3,
    ),
    "a copy that nobody kept": (
        "def double(x):\n    two = torch.tensor([2])\n    two.to(x.device)\n    return two * x",
        "torch.tensor([2]) is made on the CPU. tensor.to(device) does not move it, but makes a "
        "copy there (on a GPU as on the rehearsal device): keep the copy, tensor = "
        "tensor.to(device).",
        3,
    ),
    "NumPy without cpu()": (
        "def double(x):\n    return torch.from_numpy(2 * x.numpy())",
        "NumPy only knows the memory of the CPU: x.cpu().numpy().",
        3,
    ),
}


@pytest.mark.parametrize(("text", "likely", "line"), CAUGHT.values(), ids=CAUGHT)
def test_a_device_mistake_costs_nothing_and_names_the_line_to_change(grade, text, likely, line):
    report = grade(text)
    assert report.score == report.max_score == 4
    assert report.status is Outcome.PASSED
    (test,) = report.rehearsals
    assert (test.outcome, test.points) == (Outcome.FAILED, 0)
    assert test.likely == likely
    assert test.location.line == line


def test_only_whoever_asks_for_the_device_gets_another_exit_code(grade, session):
    report = grade(CAUGHT["a mixture"][0])
    assert exit_code([report]) == 1
    on_cpu = Session.__new__(Session)
    on_cpu.__dict__ = {**session.__dict__, "options": Options()}
    session.options, before = on_cpu.options, session.options
    try:
        report = grade(CAUGHT["a mixture"][0])
    finally:
        session.options = before
    assert [test.outcome for test in report.rehearsals] == [Outcome.FAILED]
    assert exit_code([report]) == 0


def test_what_torch_warns_of_names_no_line_of_ours(grade):
    report = grade("def double(x):\n    return 2 * torch.tensor(x)\n")
    assert report.rehearsals[0].outcome is Outcome.REHEARSED
    printed = [test.printed for test in (*report.tests, *report.rehearsals) if test.printed]
    assert len(printed) == 1
    assert printed[0].startswith("tiny.py:3: UserWarning: ")


def test_what_has_not_passed_is_not_rehearsed(grade):
    report = grade("def double(x): return 2.0 * x")
    assert report.status is Outcome.FAILED
    assert report.rehearsals == ()


UNKNOWN = {
    "what needs a GPU": "torch.nn.LSTM(1, 1).to(x.device)(x[None, :, None])",
    "a process that ends": "__import__('os')._exit(0)",
    "words of the grader": "raise RuntimeError('cannot be rehearsed: it needs a real GPU')",
}


@pytest.mark.parametrize("line", UNKNOWN.values(), ids=UNKNOWN)
def test_where_nothing_is_known_the_rehearsal_is_pending(grade, line):
    report = grade(
        f"def double(x):\n    if x.device.type != 'cpu':\n        {line}\n    return 2 * x"
    )
    assert report.score == 4
    (test,) = report.rehearsals
    assert test.outcome is Outcome.PENDING
    assert test.message


def test_after_so_many_calls_a_rehearsal_ends(grade):
    third = "calls = []\ndef double(x):\n    calls.append(x)\n"
    third += "    return 2 * x.cpu() if len(calls) == 3 else 2 * x"
    (test,) = grade(third).rehearsals
    assert test.outcome is Outcome.REHEARSED


def test_a_function_of_the_suite_takes_tensors_of_the_device_alone(course, session, write):
    text = RIGHT.replace("then(x / 2)", "then(x.cpu() / 2)")
    work = read_submission(write({"tiny.py": text}), ["tiny"])
    report = session.grade(work, course.select(["tiny.halve"]))
    (test,) = report.rehearsals
    assert (report.score, test.outcome) == (2, Outcome.FAILED)
    assert test.likely.startswith("x.cpu() is a copy on the CPU")


def test_a_function_of_the_suite_gives_a_number_where_its_number_is(course, session, write):
    text = RIGHT.replace("then(x / 2)", "then(x / 2) * then(torch.tensor(0.0)).numpy().item()")
    work = read_submission(write({"tiny.py": f"import torch\n{text}"}), ["tiny"])
    report = session.grade(work, course.select(["tiny.halve"]))
    assert [test.outcome for test in report.rehearsals] == [Outcome.REHEARSED]


def test_an_old_torch_says_so_in_one_line_and_grades_all_the_same(grade, monkeypatch):
    monkeypatch.setattr(rehearsal, "is_possible", lambda: False)
    report = grade("def double(x): return 2 * x")
    assert (report.score, report.rehearsals) == (4, ())
    (note,) = report.notes
    assert note.startswith("not rehearsed: torch ")


def test_all_devices_are_the_cpu_the_rehearsal_and_the_gpus_that_are_here(course, monkeypatch):
    monkeypatch.setattr(story, "start_processes", lambda *_, **__: None)
    rehearsing = {
        device for device in Device if Session(course, Options(device), own_work=True).rehearses
    }
    assert rehearsing == {Device.CPU, Device.REHEARSAL, Device.ALL}


def test_a_rehearsal_that_takes_too_long_ends_them_all(course, write):
    limits = replace(Limits(), call_seconds=1.0)
    late = "    if x.device.type != 'cpu':\n        while True: pass\n"
    text = f"def double(x):\n{late}    return 2 * x\n{HALVE}"
    work = read_submission(write({"tiny.py": text}), ["tiny"])
    with Session(course, Options(limits=limits), own_work=True) as session:
        report = session.grade(work, course.select([]))
    assert report.score == report.max_score
    assert [(t.exercise, t.outcome) for t in report.rehearsals] == [("double", Outcome.PENDING)]
