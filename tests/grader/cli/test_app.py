"""The command itself, as learners and instructors run it: exit codes, streams, and its end."""

import json
import os
import re
import signal
import subprocess
import sys

import jsonschema
import pytest

import grader
from tests.grader import command
from tests.grader.command import ROOT, command_line, environment, left_in
from tests.grader.processes import SECONDS, descendants, wait_for_end, wait_until
from tests.grader.tiny_course import RIGHT, SUITE, Unit

SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text())
ENDLESS = "open('started', 'w').close()\nwhile True: pass\n"
posix = pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
not_root = pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read all")


# --- runs


def test_full_marks_exit_0_and_json_on_standard_output_is_nothing_but_json(course, tmp_path):
    line = ("tiny", "--submission", "solutions", "--format", "json")
    ran = command.grade_anew(course.root, *line, TMPDIR=str(tmp_path))
    assert (ran.returncode, ran.stderr) == (0, "")
    jsonschema.validate(ran.report, SCHEMA)
    report = ran.report
    assert (report["score"], report["max_score"], report["status"]) == (5, 5, "passed")
    assert ran.stdout.isascii()
    assert not (course.root / ".torchkata.json").exists()  # the work of others is not one's own
    assert left_in(tmp_path) == []


def test_not_yet_exits_1_and_what_is_done_is_remembered(grade, course, tmp_path):
    output = course.root / "report.json"
    ran = grade("tiny", "--seed", "7", "--format", "json", "--output", output)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "Every number is halved" in ran.stdout
    assert "seed 7" in ran.stdout
    assert "\x1b" not in ran.stdout
    assert ran.stdout.endswith(f"\nwritten: {output}\n")
    assert max(map(len, ran.stdout.splitlines()[:-1])) <= 80
    report = json.loads(output.read_text())
    jsonschema.validate(report, SCHEMA)
    assert (report["score"], report["seed"]) == (3, 7)
    listed = grade("list", "tiny").stdout.splitlines()
    assert [line.split()[:3] for line in listed if "much" in line] == [
        ["done", "double", "3/3"],
        ["→", "halve", "0/2"],
    ]
    assert left_in(tmp_path) == []


def test_a_test_without_a_device_runs_with_its_unit(make_course):
    suite = SUITE.replace("halved(self, student, reference, device, rng)", "halved(self, student)")
    suite = suite.replace(
        "x = rng.normal(4)\n        assert_same(student.halve(x), reference.halve(x))",
        "assert_same(student.halve(4), 2.0)",
    )
    assert suite != SUITE
    course = make_course(one=Unit(suite=suite), two=Unit())
    for unit in course.everything:
        course.stub(unit).write_text(RIGHT)
    ran = command.grade(course.root)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout


def test_a_course_whose_suite_is_missing_exits_3_and_names_it(grade, course, tmp_path):
    course.suite("tiny").unlink()
    ran = grade("tiny")
    assert (ran.returncode, ran.stdout) == (3, "")
    assert re.fullmatch(r"grade: .*test_tiny\.py is missing.*\n", ran.stderr)
    assert left_in(tmp_path) == []


# --- wrong usage

MENDED = {
    "--submission nowhere": "cannot read nowhere: No such file",
    "--submission tests": r"no unit in tests: expected tiny\.py or faulty\.py",
    "tiny --submission exercises/faulty.py": "holds none of tiny",
    "tinny": "did you mean tiny",
    "tiny.duoble": r"did you mean tiny\.double",
    "--format yaml": "'yaml' is not one of 'terminal', 'json', .*'gradescope'",
    "--output nowhere/report.json": "its folder does not exist",
    "--output .torchkata.json": "choose a file of its own",
    "--format json --output r --format junit --output r": "two reports cannot both go to r",
    "--sandbox maybe": "'maybe' is not one of 'auto', 'require', 'off'",
    "--device tpu": "'tpu' is not one of 'cpu', 'rehearsal', 'cuda', 'mps', 'all'",
    "--seed many": "--seed",
    "hint tiny": r"name one exercise, such as tiny\.double",
    "hint tiny.py": r"name one exercise, such as tiny\.double",
    "hint exercises/tiny.ipynb": r"name one exercise, such as tiny\.double",
    "hint double": r"did you mean tiny\.double or faulty\.double\?",
    "audit tiny.double": r"tiny\.double is one exercise: name its whole unit, tiny",
    "kit kit tiny tinny": "did you mean tiny",
    "bundle gradescope x.zip faulty.double": "name its whole unit, faulty",
    "new tiny.py": "not of the form UNIT.EXERCISE",
    "hint tiny.haalve": r"did you mean tiny\.halve\?",
    "tinny.double": r"did you mean tiny\.double\?",
    "hints": "`grade --help` the commands",
    "debug": "Missing argument 'UNIT.EXERCISE'.* debug --help` says what it takes",
    "solution tiny": r"name one exercise, such as tiny\.double",
    "reset double": r"did you mean tiny\.double or faulty\.double\?",
}


@pytest.mark.parametrize("line", MENDED)
def test_wrong_usage_exits_2_and_says_how_to_mend_it(grade, tmp_path, line):
    ran = grade(*line.split())
    assert (ran.returncode, ran.stdout) == (2, "")
    assert re.fullmatch(f"grade: .*{MENDED[line]}.*\n", ran.stderr)
    assert "Traceback" not in ran.stderr
    assert left_in(tmp_path) == []


@posix
@not_root
def test_work_that_may_not_be_read_is_a_wrong_usage(grade, course):
    course.exercises_folder.chmod(0)
    ran = grade("tiny")
    course.exercises_folder.chmod(0o700)
    assert ran.returncode == 2
    assert "Permission denied" in ran.stderr


# --- what needs no torch


def test_what_only_reads_and_writes_files_does_not_import_torch(grade):
    for arguments in (
        ["--help"],
        ["--version"],
        ["list"],
        ["hint", "tiny.double"],
        ["run", "-h"],
        ["solution", "tiny.double", "--anyway"],
        ["reset", "tiny.double"],
    ):
        ran = grade(*arguments, options=("-X", "importtime"))
        assert ran.returncode == 0
        assert "grader.cli.app" in ran.stderr
        assert not re.search(r"\|\s+(torch|numpy|pytest)$", ran.stderr, re.MULTILINE), arguments


def test_the_version_is_the_packages(grade):
    assert grade("--version").stdout == f"torchkata {grader.__version__}\n"


def test_help_names_the_exit_codes(grade):
    shown = grade("--help").stdout
    assert "0 full marks, 1 not yet, 2 wrong usage, 3 a fault of the grader" in shown
    assert all(name in shown for name in ("run", "watch", "list", "hint", "sync"))


# --- the end


@pytest.fixture
def endless(course, tmp_path):
    """`grade`, at work on a module that never ends; and the processes below it."""
    course.stub("tiny").write_text(ENDLESS)
    command = subprocess.Popen(
        command_line("tiny", "--timeout", "600"),
        cwd=course.root,
        env=environment(TMPDIR=str(tmp_path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with command:
        wait_until(lambda: list(tmp_path.glob("torchkata-*/*/started")))
        started = descendants(command.pid)
        assert len(started) >= 2
        yield command, started
        command.kill()


@linux
def test_a_run_that_is_stopped_exits_130_and_leaves_nothing(endless, tmp_path):
    command, started = endless
    command.send_signal(signal.SIGTERM)  # a watch has a test of Ctrl-C
    shown, said = command.communicate(timeout=SECONDS)
    assert (shown, said) == ("", "\ngrade: stopped; nothing was left running\n")
    assert command.returncode == 130
    wait_for_end(*started)
    assert left_in(tmp_path) == []


@linux
def test_nothing_is_left_when_the_judge_itself_is_killed(endless, tmp_path):
    command, started = endless
    command.kill()
    command.communicate(timeout=SECONDS)
    wait_for_end(*started)
    wait_until(lambda: left_in(tmp_path) == [])
