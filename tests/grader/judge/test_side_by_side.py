"""Judges side by side: the same report as of one, whatever happens to any of them."""

import os
import sys
from contextlib import closing
from dataclasses import replace

import pytest

from grader.errors import GraderFault
from grader.judge.options import Options, ignore
from grader.judge.rooms import Room
from grader.judge.session import Session
from grader.judge.side_by_side import Turns
from grader.report import Outcome
from grader.sandbox.limits import Limits
from grader.sandbox.processes import ForkServer
from grader.work.submission import read_submission
from tests.grader.processes import descendants, is_alive, wait_until
from tests.grader.tiny_course import FAULTY_SUITE, HALF, RIGHT, STUBS, Unit

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks judges")

KILLS_A_FORK = """
import os, signal, time
from pathlib import Path
from grader.suite import exercise, points

@exercise("double")
@points(5)
def test_deadly(student, device):
    \"\"\"It is deadly for whoever judges in a fork.\"\"\"
    student.double(1)
    killed = Path(os.environ["KILLED"])
    if os.getpid() != int(os.environ["FIRST_JUDGE"]):
        killed.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    until = time.monotonic() + 60
    while not killed.exists() and time.monotonic() < until:
        time.sleep(0.01)
"""
FAILS = "\ndouble()\n"  # left out, and told of in few words
WORKS = {
    "one": RIGHT + "print('one')\n" + FAILS,
    "two": HALF + FAILS,
    "three": "import one\n\ndef double(x):\n    print(x)\n    return one.double(x)\n" + FAILS,
    "four": STUBS + FAILS,
    "five": "def double(x) return x\n",
    "six": "import os\ndef double(x): os._exit(3)\ndef halve(x): return x / 2\n" + FAILS,
}
LIMITS = replace(Limits(), call_seconds=5.0)


@pytest.fixture(scope="module")
def course(make_course):
    return make_course(**{name: Unit() for name in WORKS})


def session_of(course, judges):
    return Session(course, Options(limits=LIMITS, judges=judges, pictures=True), own_work=True)


def told(report):
    """All of a report but what differs from run to run."""
    tests = tuple(replace(test, seconds=0.0) for test in report.tests)
    messages = tuple((unit.name, unit.message, unit.score) for unit in report.units)
    rehearsals = [replace(test, seconds=0.0) for test in report.rehearsals]
    return tests, messages, report.notes, report.seed, rehearsals


def nothing_is_left_of(session):
    """No worker and no second zygote outlives a run."""
    server = getattr(session.processes, "server", session.processes)
    wait_until(lambda: not any(map(is_alive, descendants(server.zygote.pid))))


@pytest.fixture
def submission(write):
    folder = write({f"{unit}.py": text for unit, text in WORKS.items()})
    return read_submission(folder, list(WORKS))


def test_the_report_is_that_of_one_judge_in_the_same_order(course, submission):
    selection = course.select(["one", "two", "three.double", "four", "five", "six"])
    with session_of(course, 1) as alone, session_of(course, 4) as several:
        expected = alone.grade(submission, selection)
        for _ in range(2):  # the second time everything is warm
            progress = []
            found = several.grade(submission, selection, lambda *now: progress.append(now))  # noqa: B023
            assert told(found) == told(expected)
            dones, totals = zip(*progress, strict=True)
            assert list(dones) == sorted(dones)
            assert {dones[-1], *totals} == {sum(map(len, selection.values()))}
        nothing_is_left_of(several)
    assert [note for note in expected.notes if "more lines or cells" in note]
    assert {test.outcome for test in expected.tests} >= {
        Outcome.PASSED,
        Outcome.FAILED,
        Outcome.NOT_STARTED,
        Outcome.BLOCKED,
        Outcome.CRASHED,
    }


def test_a_fault_of_one_is_the_fault_of_the_run(make_course, write):
    course = make_course(sound=Unit(), faulty=Unit(suite=FAULTY_SUITE))
    work = read_submission(write({"sound.py": RIGHT, "faulty.py": RIGHT}), ["sound", "faulty"])
    with session_of(course, 1) as alone, session_of(course, 2) as several:
        expected = alone.grade(work, course.select([]))
        assert told(several.grade(work, course.select([]))) == told(expected)
    assert expected.status is Outcome.GRADER_FAULT


def test_a_judge_that_is_killed_is_our_fault_and_leaves_nothing(
    make_course, write, tmp_path, monkeypatch
):
    monkeypatch.setenv("FIRST_JUDGE", str(os.getpid()))
    monkeypatch.setenv("KILLED", str(tmp_path / "killed"))
    course = make_course(one=Unit(suite=KILLS_A_FORK), two=Unit(suite=KILLS_A_FORK), sound=Unit())
    names = ["one", "two", "sound"]
    work = read_submission(write({f"{name}.py": RIGHT for name in names}), names)
    with session_of(course, 2) as several:
        with pytest.raises(GraderFault, match="was killed"):
            several.grade(work, course.select(["one.double", "two.double"]))
        nothing_is_left_of(several)
        assert several.grade(work, course.select(["sound"])).score == 5


def test_a_fork_that_cannot_be_made_leaves_none_of_the_others(course, submission, monkeypatch):
    forks: list[int] = []
    fork = os.fork

    def fork_once():
        if forks:
            raise BlockingIOError("no more processes")
        forks.append(fork())
        return forks[0]

    monkeypatch.setattr("grader.judge.side_by_side.os.fork", fork_once)
    with session_of(course, 3) as several:
        with pytest.raises(BlockingIOError):
            several.grade(submission, course.select([]))
        nothing_is_left_of(several)
    with pytest.raises(ChildProcessError):  # nobody has to collect it
        os.waitpid(forks[0], os.WNOHANG)


def test_workers_that_went_with_their_zygote_are_no_fault_of_the_run():
    server = ForkServer(Limits(), confined=False, gpu=False)
    try:
        room = Room(server, Limits(), [])
        room.ahead.append(server.start())
        server.zygote.kill()
        room.clear()
    finally:
        server.close()


def test_ctrl_c_ends_all_of_them(course, submission):
    def interrupt(done, total):
        raise KeyboardInterrupt

    with session_of(course, 3) as several:
        with pytest.raises(KeyboardInterrupt):
            several.grade(submission, course.select([]), interrupt)
        nothing_is_left_of(several)
        assert several.grade(submission, course.select(["one"]), ignore).score == 5


def test_judges_that_may_not_choose_their_cores_judge_where_they_are(
    course, submission, monkeypatch
):
    monkeypatch.setattr("grader.judge.rooms.cores_of", lambda number, judges: {4095})
    with session_of(course, 2) as several:
        assert several.grade(submission, course.select(["one", "two.double"]), ignore).score == 8
    assert 4095 not in os.sched_getaffinity(0)


def test_every_unit_has_its_turn_once():
    with closing(Turns(["a", "b", "c"])) as turns:
        first, second = iter(turns), iter(turns)
        assert [next(first), next(second), *first] == ["a", "b", "c"]
        assert list(second) == []
