"""One run from a folder of work to its report, over a tiny course and a session that stays warm."""

import copy
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from grader.cli.output import exit_code
from grader.errors import CourseError, GraderFault, UsageError
from grader.judge import session as story
from grader.judge.answer_key import solution_of
from grader.judge.options import Device, Options, Sandbox, ignore
from grader.judge.session import Session
from grader.report import Outcome, Report
from grader.sandbox import jail
from grader.sandbox.limits import Limits
from grader.work.submission import read_submission
from tests.grader.tiny_course import FAULTY_SUITE, HALF, RIGHT, Unit

UNREADABLE = "def test_x(:\n"
BREAKS_AT_IMPORT = "raise RuntimeError('while it was imported')\n"
WORTHS = ("0.5", "0", "-1", "'2'", "True", "None")
WORTH = """from grader.suite import *

@exercise("double")
@points({worth})
def test_x(student): ...
"""
EMPTY = "# no tests at all\n"
WITHOUT_DEVICE = """
from grader.suite import exercise, points

@exercise("double")
@points(3)
def test_three_doubled_is_six(student):
    \"\"\"Three doubled is six.\"\"\"
    assert student.double(3) == 6
"""
NEEDS = """
from grader.suite import assert_same, exercise, needs, points

@exercise("double")
class TestDouble:
    @points(1)
    def test_zero(self, student, device):
        \"\"\"Zero stays zero.\"\"\"
        assert_same(student.double(0), 0)

    @needs("test_zero")
    @points(2)
    def test_more(self, student, device):
        \"\"\"Three doubled is six.\"\"\"
        assert_same(student.double(3), 6)
"""
LIMITS = replace(Limits(), call_seconds=1.0)


@pytest.fixture(scope="module")
def course(make_course):
    suites = {
        "faulty": FAULTY_SUITE,
        "unreadable": UNREADABLE,
        "breaks": BREAKS_AT_IMPORT,
        "lost": "\nfrom grader.suite import nowhere\n",
        **{f"worth{n}": WORTH.format(worth=worth) for n, worth in enumerate(WORTHS)},
        "empty": EMPTY,
        "anywhere": WITHOUT_DEVICE,
        "needs": NEEDS,
    }
    units = {name: Unit(suite=suite) for name, suite in suites.items()}
    return make_course(tiny=Unit(), other=Unit(), **units)


@pytest.fixture(scope="module")
def session(course):
    with Session(course, Options(limits=LIMITS), own_work=True) as session:
        yield session


@pytest.fixture
def grade(course, session, write):
    """Grade the texts of units; `only` selects exercises."""

    def grade(texts, *only, seed=None, progress=ignore) -> Report:
        folder = write({f"{unit}.py": text for unit, text in texts.items()})
        submission = read_submission(folder, [unit.name for unit in course.units])
        return session.grade(submission, course.select(only), progress, seed=seed)

    return grade


def one(report):
    (test,) = report.tests
    return test


# --- scores


def test_right_work_earns_full_marks(grade):
    report = grade({"tiny": RIGHT}, "tiny")
    assert (report.score, report.max_score, report.status) == (5, 5, Outcome.PASSED)
    assert exit_code([report]) == 0
    assert [t.title for t in report.tests] == [
        "Every number is doubled.",
        "Every number is halved.",
    ]


def test_half_of_the_work_earns_its_half(grade):
    report = grade({"tiny": HALF}, "tiny")
    assert (report.score, report.status) == (3, Outcome.FAILED)
    assert exit_code([report]) == 1
    double, halve = report.tests
    assert (double.points, halve.points) == (3, 0)
    assert halve.called.startswith("halve(tensor(")
    assert halve.location.line == 2
    assert "2/3" in halve.likely or "0.6667" in halve.likely


def test_only_what_is_selected_is_graded(grade):
    report = grade({"tiny": RIGHT, "other": HALF}, "tiny.halve", "other.double")
    assert [[e.name for e in unit.exercises] for unit in report.units] == [["halve"], ["double"]]
    assert (report.score, report.max_score) == (5, 5)


def test_progress_counts_every_test_once(grade):
    seen = []
    grade({"tiny": RIGHT}, "tiny", "other", progress=lambda *step: seen.append(step))
    assert seen == [(n, 4) for n in (1, 2, 3, 4)]


def test_a_test_that_needs_another_is_blocked_until_that_one_passes(grade):
    first, second = grade({"needs": "def double(x): return 6"}, "needs.double").tests
    assert (first.outcome, second.outcome) == (Outcome.FAILED, Outcome.BLOCKED)
    assert second.message == "not run: first make this one pass: Zero stays zero."
    assert grade({"needs": "def double(x): return x * 2"}, "needs.double").score == 3


# --- seeds


def without_seconds(report):
    units = tuple(
        replace(
            unit,
            exercises=tuple(
                replace(e, tests=tuple(replace(t, seconds=0.0) for t in e.tests))
                for e in unit.exercises
            ),
        )
        for unit in report.units
    )
    return replace(report, units=units)


def test_the_seed_follows_from_the_work_alone(grade):
    first, again, other = (
        grade({"tiny": text}, "tiny") for text in (HALF, HALF, HALF + "# another\n")
    )
    assert without_seconds(first) == without_seconds(again)
    assert first.seed != other.seed
    assert one(first.units[0].exercises[1]).called != one(other.units[0].exercises[1]).called


def test_the_same_seed_gives_the_same_report_for_any_work(grade):
    one_way, other_way = (grade({"tiny": text}, "tiny", seed=7) for text in (HALF, HALF + "#"))
    assert one_way.seed == 7
    assert without_seconds(one_way) == without_seconds(other_way)


def test_another_seed_draws_other_inputs(grade):
    seven, eight = (grade({"tiny": HALF}, "tiny.halve", seed=seed) for seed in (7, 8))
    assert one(seven).called != one(eight).called


def test_what_the_work_draws_at_random_is_the_same_in_every_run_and_selection(grade):
    text = (
        "import random, torch, numpy\n"
        "def double(x): return [random.random(), torch.rand(1).item(), numpy.random.rand()]\n"
        "halve = double\n"
    )
    reports = [grade({"tiny": text}, "tiny") for _ in range(2)]
    drawn = [[test.got for test in report.tests] for report in reports]
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == 1, "halve sees what double saw: each test starts anew"


def test_a_selection_does_not_change_what_a_test_draws(grade):
    alone = one(grade({"tiny": HALF}, "tiny.halve", seed=7))
    together = grade({"tiny": HALF}, "tiny", seed=7).tests[1]
    assert alone.called == together.called


# --- what learners do


def test_a_unit_that_is_not_there_is_not_started(grade):
    report = grade({"other": RIGHT}, "tiny")
    assert (report.status, report.score) == (Outcome.NOT_STARTED, 0)
    assert report.tests[0].message.endswith("in the submission")


def test_a_stub_is_not_started(grade):
    report = grade({"tiny": 'def double(x): raise NotImplementedError("double")'}, "tiny")
    assert report.status is Outcome.NOT_STARTED
    assert [t.message for t in report.tests] == [
        "double is not written yet",
        "the file defines no halve",
    ]


def test_a_misspelled_exercise_is_found(grade):
    test = one(grade({"tiny": "def dubble(x): return 2 * x"}, "tiny.double"))
    assert test.outcome is Outcome.FAILED
    assert test.message == "the file defines no double"
    assert "dubble" in test.likely


def test_a_module_that_does_not_load_says_so_once(grade):
    report = grade({"tiny": "x = 1\ndef double(x:\n  pass", "other": RIGHT}, "tiny", "other")
    broken, sound = report.units
    assert "tiny" in broken.message
    assert ".py:2: " in broken.message
    assert (broken.status, sound.status) == (Outcome.BLOCKED, Outcome.PASSED)
    assert report.score == 5


def test_a_file_that_is_no_text_is_a_problem_of_its_unit_alone(grade):
    report = grade({"tiny": b"\xff", "other": RIGHT}, "tiny", "other")
    assert "not UTF-8" in report.units[0].message
    assert report.score == 5


def test_an_exception_of_the_learner_is_a_failure_with_its_line(grade):
    test = one(grade({"tiny": "def double(x):\n    return x[99]\n"}, "tiny.double"))
    assert (test.outcome, test.message) == (Outcome.FAILED, "it raised IndexError")
    assert test.location.line == 2


def test_a_worker_that_dies_costs_one_test_and_says_how_it_ended(grade):
    text = "import os\ndef double(x): print('bye'); os._exit(3)\ndef halve(x): return x / 2\n"
    double, halve = grade({"tiny": text}, "tiny").tests
    assert (double.outcome, halve.outcome) == (Outcome.CRASHED, Outcome.PASSED)
    assert "exit code 3" in double.message
    assert double.printed == "bye\n"


def test_a_call_without_end_costs_one_test(grade):
    text = "def double(x):\n  while True: pass\ndef halve(x): return x / 2\n"
    double, halve = grade({"tiny": text}, "tiny").tests
    assert (double.outcome, halve.outcome) == (Outcome.TIMED_OUT, Outcome.PASSED)


def test_a_module_that_ends_python_blocks_its_unit_alone(grade):
    report = grade({"tiny": "import os; os._exit(0)", "other": RIGHT}, "tiny", "other")
    assert [unit.status for unit in report.units] == [Outcome.BLOCKED, Outcome.PASSED]
    assert "could not be loaded" in report.units[0].message


@pytest.mark.parametrize(
    "text",
    [
        # An answer of the right form, before the question or while it is asked.
        "import os\nos.write(3, bytes([0, 0, 0, 7] + [0] * 8) + b'\\x92\\x94\\xa4done'[:7])",
        "import os\nos.write(3, bytes(12))",
        "import os\nframe = b'\\x92\\x94\\xa4done\\xc0\\xc0\\xc0\\x90'\n"
        "os.write(3, bytes([0, 0, 0, len(frame)] + [0] * 8) + frame)",
        "import os\nframe = b'\\x92\\x94\\xa4done\\xc0\\xc0\\xc0\\x90'\n"
        "def double(x): os.write(3, bytes([0, 0, 0, len(frame)] + [0] * 8) + frame); return x\n",
    ],
)
def test_forged_answers_are_never_a_fault_of_the_grader(grade, text):
    report = grade({"tiny": text, "other": RIGHT}, "tiny", "other")
    assert report.units[0].score == 0
    assert report.units[1].score == 5


# --- what is our fault


def test_a_test_that_raises_on_its_own_withholds_the_score(grade):
    report = grade({"faulty": RIGHT}, "faulty")
    double, halve = report.tests
    assert double.outcome is Outcome.GRADER_FAULT
    assert "KeyError" in double.message
    assert halve.outcome is Outcome.PASSED
    assert report.score is None
    assert exit_code([report]) == 3


def test_work_that_fails_first_is_failed_whatever_the_suite_would_do(grade):
    assert one(grade({"faulty": "def double(x): 1 / 0"}, "faulty.double")).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("unreadable", r"test_unreadable\.py:1: invalid syntax$"),
        ("breaks", r"hidden/test_breaks\.py:1: RuntimeError: while it was imported$"),
        *((f"worth{n}", rf":4: @points\({w}\): points are whole") for n, w in enumerate(WORTHS)),
        ("lost", r"test_lost\.py:2: (ModuleNotFound|Import)Error: .*nowhere"),
    ],
)
def test_a_suite_that_cannot_be_imported_ends_the_run_with_its_name(grade, unit, said):
    with pytest.raises(GraderFault, match=said) as caught:
        grade({"tiny": RIGHT}, "tiny", unit)
    assert f"test_{unit}" in str(caught.value)


def test_a_suite_without_tests_is_a_fault(grade):
    with pytest.raises(GraderFault, match=r"test_empty\.py has no test for double, halve: .* none"):
        grade({"empty": RIGHT}, "empty")


def test_where_no_test_is_of_the_exercise_its_suite_is_named_and_what_it_tests(grade):
    with pytest.raises(
        GraderFault, match=r"test_anywhere\.py has no test for halve: .* of double$"
    ):
        grade({"anywhere": RIGHT}, "anywhere.halve")


def test_an_exercise_without_tests_is_a_fault_and_never_passed(grade):
    with pytest.raises(GraderFault, match="has no test for halve"):
        grade({"anywhere": RIGHT}, "anywhere")
    assert grade({"anywhere": RIGHT}, "anywhere.double").score == 3


def test_a_session_goes_on_after_a_fault(grade):
    for _ in range(2):
        with pytest.raises(GraderFault):
            grade({"tiny": RIGHT}, "tiny", "breaks")
    assert grade({"tiny": RIGHT}, "tiny").score == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\ndef double(:", r"/tiny\.py:2: invalid syntax$"),
        ("import math\nmath.sqrt(-1)", r"/tiny\.py:2: ValueError: "),
    ],
)
def test_a_solution_that_cannot_be_imported_is_named_with_its_line(make_course, text, said):
    course = make_course()
    course.solution("tiny").write_text(text)
    with pytest.raises(CourseError, match=said):
        solution_of(course.solutions_folder, "tiny", course.suites_folder)


@pytest.mark.parametrize("folder", ["solutions_folder", "suites_folder"])
def test_a_unit_without_solution_or_suite_cannot_be_graded(make_course, session, write, folder):
    course = make_course()
    (unit,) = course.units
    (path,) = getattr(course, folder).glob("*.py")
    path.unlink()
    submission = read_submission(write({f"{unit.name}.py": RIGHT}), [unit.name])
    other = copy.copy(session)  # with the same processes
    other.course = course
    with pytest.raises(CourseError, match=f"{path.name} is missing"):
        other.grade(submission, course.select([]))


# --- devices


@pytest.fixture
def on_cpu_and_cuda(session, monkeypatch):
    monkeypatch.setattr(session, "devices", ("cpu", "cuda"))


@pytest.mark.skipif(torch.cuda.is_available(), reason="CUDA is here")
def test_points_need_every_device_and_one_that_is_missing_is_pending(grade, on_cpu_and_cuda):
    report = grade({"tiny": RIGHT}, "tiny")
    assert {t.outcome for t in report.tests} == {Outcome.PENDING}
    assert (report.score, report.max_score, report.status) == (0, 5, Outcome.PENDING)
    assert all(t.title.endswith("[cuda]") for t in report.tests)
    assert exit_code([report]) == 1


@pytest.mark.skipif(torch.cuda.is_available(), reason="CUDA is here")
def test_a_failure_on_one_device_is_not_hidden_by_another_that_is_missing(grade, on_cpu_and_cuda):
    test = one(grade({"tiny": HALF}, "tiny.halve"))
    assert test.outcome is Outcome.FAILED
    assert test.title == "Every number is halved. [cpu]"


def test_a_test_without_a_device_runs_once(grade, on_cpu_and_cuda):
    report = grade({"anywhere": RIGHT}, "anywhere.double")
    assert one(report).outcome is Outcome.PASSED


@pytest.mark.skipif(torch.cuda.is_available(), reason="CUDA is here")
@pytest.mark.skipif(torch.backends.mps.is_available(), reason="MPS is here")
def test_all_devices_are_those_that_are_here(course, monkeypatch):
    monkeypatch.setattr(story, "start_processes", lambda *_, **__: None)
    assert Session(course, Options(device=Device.ALL), own_work=True).devices == ("cpu",)


# --- the sandbox


def test_the_work_of_others_is_not_run_without_a_sandbox(course, monkeypatch):
    monkeypatch.setattr(jail, "unavailable", lambda: "this kernel is old")
    for sandbox in (Sandbox.AUTO, Sandbox.REQUIRE):
        with pytest.raises(UsageError, match=r"this kernel is old.*--sandbox off"):
            Session(course, Options(sandbox=sandbox), own_work=False)
    with pytest.raises(UsageError, match="this kernel is old"):
        Session(course, Options(sandbox=Sandbox.REQUIRE), own_work=True)


def test_a_course_that_workers_could_read_is_not_graded(course, monkeypatch):
    monkeypatch.setattr(jail, "readable_paths", lambda: [str(course.root.parent)])
    with pytest.raises(UsageError, match="workers can read"):
        Session(course, Options(sandbox=Sandbox.REQUIRE), own_work=True)


def test_ones_own_work_is_graded_without_a_sandbox_and_says_so(course, monkeypatch, write):
    monkeypatch.setattr(jail, "unavailable", lambda: "this kernel is old")
    unit = course.units[0].name
    with Session(course, Options(), own_work=True) as session:
        submission = read_submission(write({f"{unit}.py": RIGHT}), [unit])
        report = session.grade(submission, course.select([unit]))
    assert report.notes == ("not sandboxed: this kernel is old",)
    assert report.score == 5


@pytest.fixture(scope="module")
def unconfined(course):
    with Session(course, Options(sandbox=Sandbox.OFF), own_work=False) as session:
        yield session
    processes: Any = session.processes
    assert not Path(processes.folder).exists()


def test_whoever_switches_the_sandbox_off_is_not_reminded(unconfined):
    assert unconfined.notes == ()


@pytest.mark.skipif(sys.platform != "linux", reason="a zygote is Linux's")
def test_a_zygote_that_was_killed_is_a_fault_that_says_so(unconfined, course, write):
    unit = course.units[0].name
    submission = read_submission(write({f"{unit}.py": RIGHT}), [unit])
    os.kill(unconfined.processes.zygote.pid, signal.SIGKILL)
    for _ in range(2):
        try:
            report = unconfined.grade(submission, course.select([unit]))
            said, score = report.tests[0].message, report.score
        except GraderFault as fault:
            said, score = str(fault), None
        assert "the process that starts workers is gone" in said
        assert score is None
