"""Every hostile submission through the real command: no forged point, no harm, nothing left.

By default most runs are forked from a process that stays warm and knows few wrong answers, and a
few cases are also run without the sandbox, to see that the judge does not rest on it.
TORCHKATA_HOSTILE=all starts each run anew, tries all cases without the sandbox that allow it, and
what is left to the night because it takes long; TORCHKATA_HOSTILE=name,name does so with the named
cases. Both show what each run has cost the judge.
"""

import ctypes
import os
import platform
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox import jail
from tests.grader.command import CAN_FORK, SECRET
from tests.grader.processes import SECONDS

from .awkward import AWKWARD
from .cases import EVERY_UNIT, HERE, ROOT, Case, grouped, read_cases, solution
from .running import (
    Run,
    adopting_orphans,
    environment_of_command,
    marked,
    run_cases,
    taking_turns,
)

CHOICE = os.environ.get("TORCHKATA_HOSTILE", "")
ALL = [*read_cases(everywhere=bool(CHOICE)), *AWKWARD]
CASES = [case for case in ALL if CHOICE in ("", "all") or case.name in CHOICE.split(",")]
CASES = [case for case in CASES if CHOICE or not case.nightly]
UNCONFINED = jail.unavailable()
RUNNABLE = [case for case in CASES if not UNCONFINED or not case.needs_sandbox]
BITES = [case for case in CASES if case.bites]
GROUPS = grouped(RUNNABLE)
TRUSTING = [case for case in CASES if not case.needs_sandbox and not case.build]
UNHINDERED = grouped(TRUSTING) if CHOICE else grouped(TRUSTING[::40])[:1]
ANEW = GROUPS if CHOICE else GROUPS[40:41]  # in a process of their own, as everybody starts it
JUDGE_MEBIBYTES = 1200
PATIENCE = 5
REPORT_BYTES = 4_000_000
GOT_THROUGH = "escaped".upper()
pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(sys.platform == "win32", reason="the tricks are for POSIX"),
]


def label(cases: tuple[Case, ...]) -> str:
    return "+".join(case.name for case in cases)


@pytest.mark.parametrize("cases", GROUPS, ids=label)
def test_no_trick_pays(cases, tmp_path, record_property):
    sandbox = "off" if UNCONFINED else "require"
    run = check(cases, tmp_path, sandbox, anew=cases in ANEW or not CAN_FORK)
    record_property("cost", (run.judge_mebibytes, run.seconds))


@pytest.mark.parametrize("cases", UNHINDERED, ids=label)
def test_no_trick_pays_without_a_sandbox(cases, tmp_path):
    check(cases, tmp_path, "off")


@pytest.fixture(scope="module")
def unstopped(tmp_path_factory):
    """What each trick that bites says where nothing stops it; all take one turn."""
    with taking_turns(unconfined=True):
        said = {case.name: run_alone(case, tmp_path_factory.mktemp("alone")) for case in BITES}
        marked()
    return said


def run_alone(case: Case, folder: Path) -> str:
    (source,) = case.folder.glob("*.py")
    name = case.units[0] if source.name == EVERY_UNIT else source.stem
    code = f"exec(compile(open({str(source)!r}).read(), {source.name!r}, 'exec'))"
    done = subprocess.run(
        [sys.executable, "-c", f"__name__ = {name!r}\n{code}", str(ROOT)],
        cwd=folder,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        start_new_session=True,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("case", BITES, ids=str)
@pytest.mark.skipif(sys.platform != "linux", reason="the tricks are for Linux")
def test_the_trick_works_where_nothing_stops_it(case, unstopped):
    """A case that fails anyway proves nothing about the sandbox."""
    assert GOT_THROUGH in unstopped[case.name]


def test_every_folder_is_a_case():
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and path.name[0] not in "._"}
    assert folders == {case.name for case in ALL if case.folder}
    assert len({case.name for case in ALL}) == len(ALL)


def test_the_sandbox_is_here():
    """Where the kernel says that it has Landlock, no case is left out for want of a sandbox."""
    if not landlock_version():
        pytest.skip(f"{len(CASES) - len(RUNNABLE)} cases were not run: {UNCONFINED}")
    assert UNCONFINED is None
    assert RUNNABLE == CASES


def landlock_version() -> int:
    """What the kernel itself answers, on the machines that we have a sandbox for."""
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"):
        return 0
    create_ruleset, ask_for_version = 444, 1
    return max(0, ctypes.CDLL(None).syscall(create_ruleset, None, 0, ask_for_version))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets us adopt orphans")
def test_a_process_that_is_left_behind_is_seen():
    with adopting_orphans(seconds=0.5) as orphans:
        subprocess.run(["sh", "-c", "sleep 77 & exit 0"], check=True)
        assert ["sleep 77" in name for name in orphans()] == [True]
        assert orphans() == []


def check(cases: tuple[Case, ...], folder: Path, sandbox: str, *, anew: bool = True) -> Run:
    """Everything that must hold, all of it said at once; the run in which it did.

    The limits are short, since many cases wait for them, and a busy machine may starve even honest
    work of its time: what fails and ran out of time somewhere is tried once more, with patience.
    """
    run = run_cases(cases, folder / "first", sandbox, anew=anew)
    wrong = _faults(cases, run)
    if wrong and _ran_out_of_time(run):
        run = run_cases(cases, folder / "again", sandbox, patience=PATIENCE)
        wrong = _faults(cases, run)
    if wrong:
        pytest.fail("\n".join([*wrong, "", run.terminal[-3000:]]), pytrace=False)
    return run


def _ran_out_of_time(run: Run) -> bool:
    """Was a test timed out, or a unit not loaded in time, or the whole run ended?"""
    units = run.report["units"] if run.report else []
    said = [unit["message"] or "" for unit in units]
    outcomes = {test["outcome"] for unit in units for test in _tests(unit)}
    late = "timed_out" in outcomes or any("no answer within" in text for text in said)
    return run.exit is None or late


def _faults(cases: tuple[Case, ...], run: Run) -> list[str]:
    wrong = list(_faults_of_run(cases, run))
    for case in cases if run.report else ():
        wrong += [f"{case.name}: {fault}" for fault in _faults_of_case(case, run.report)]
    return wrong


def _faults_of_run(cases: tuple[Case, ...], run: Run) -> Iterator[str]:
    if run.exit is None:
        yield f"the run did not end within {run.seconds:.0f} seconds"
    yield from (f"left behind: {thing}" for thing in run.left)
    yield from (f"shown: {text!r}" for text in _leaks(cases, run))
    if run.judge_mebibytes > JUDGE_MEBIBYTES:
        yield f"the judge used {run.judge_mebibytes:,.0f} MiB"
    if len(run.text) > REPORT_BYTES:
        yield f"the report has {len(run.text):,} bytes"
    if cases[0].exit != 1:
        if run.exit != cases[0].exit:
            yield f"exit code {run.exit}, expected {cases[0].exit}"
        return
    if run.errors:
        yield f"the command complained: {run.errors[:500]}"
    if run.report is None:
        yield f"no valid report, exit code {run.exit}"
        return
    full = run.report["score"] == run.report["max_score"]
    if run.exit is not None and run.exit != (0 if full else 1):
        yield f"exit code {run.exit} for a score of {run.report['score']}"
    for unit in run.report["units"]:
        if unit["name"] == run.untouched and unit["score"] != unit["max_score"]:
            yield f"{unit['name']}, an untouched unit, got {unit['score']}: {_first_loss(unit)}"


def _faults_of_case(case: Case, report: dict) -> Iterator[str]:
    units = {unit["name"]: unit for unit in report["units"]}
    for name in case.units:
        score, exact = units[name]["score"], case.exact_score.get(name)
        if score is None:
            yield f"{name} became a fault of the grader: {_first_loss(units[name])}"
        elif exact is not None and score != exact:
            yield f"{name} got {score}, expected {exact}: {_first_loss(units[name])}"
        elif exact is None and not case.gap and score > case.max_score.get(name, 0):
            passed = [t["id"] for t in _tests(units[name]) if t["outcome"] == "passed"]
            yield f"{name} got {score}, at most {case.max_score.get(name, 0)} are right: {passed}"
    for name, allowed in case.exercises.items():
        unit, _, exercise = name.partition(".")
        tests = [t for t in _tests(units[unit]) if t["id"].split(".")[1] == exercise]
        outcomes = {test["outcome"] for test in tests}
        expected = {allowed} if isinstance(allowed, str) else set(allowed)
        if not outcomes & expected or outcomes - expected - {"blocked"}:
            yield f"{name} is {sorted(outcomes)}, expected {sorted(expected)}"


def _tests(unit: dict) -> list[dict]:
    return [test for exercise in unit["exercises"] for test in exercise["tests"]]


def _first_loss(unit: dict) -> str:
    lost = [test for test in _tests(unit) if test["outcome"] != "passed"]
    return f"{lost[0]['id']} {lost[0]['outcome']}: {lost[0]['message']}" if lost else "no test"


def _leaks(cases: tuple[Case, ...], run: Run) -> Iterator[str]:
    """What must be neither in the report nor on the terminal."""
    output = run.text + run.terminal
    never = {SECRET, GOT_THROUGH, "BEGIN SOLUTION", "assert_same("}
    never |= {text for case in cases for text in case.forbidden_text}
    for unit in {unit for case in cases if not case.solved for unit in case.units}:
        hidden = re.findall(r"# BEGIN SOLUTION\n(.*?)# END SOLUTION", solution(unit), re.DOTALL)
        never |= {line.strip() for part in hidden for line in part.splitlines() if len(line) > 50}
    yield from (text for text in sorted(never) if text in output)
    for character in sorted(set(run.terminal) - {"\n"}):
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
            yield character
    for line in run.terminal.splitlines():
        # GitHub Actions obeys such a line wherever it is printed, indented or not.
        if line.lstrip().startswith("::") or "##[" in line:
            yield line[:80]
