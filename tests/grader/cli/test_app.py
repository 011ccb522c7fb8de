"""The command itself, as learners and instructors run it: exit codes, streams, and its end."""

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

import grader
from tests.grader.tiny_course import FAULTY_SUITE, HALF, RIGHT, Unit

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text())
STARTED = "open('started', 'w').close()\n"
ENDLESS = f"{STARTED}while True: pass\n"
posix = pytest.mark.skipif(os.name != "posix", reason="signals and terminals as POSIX has them")
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
not_root = pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read all")


class Command:
    """`grade` in the folder of a course, with a folder of its own for temporary files."""

    def __init__(self, root: Path, temporary: Path) -> None:
        self.root, self.temporary = root, temporary
        ours = {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), "PYTHONWARNINGS": "ignore"}
        self.environment = {**os.environ, **ours, "COLUMNS": "80", "TERM": "xterm-256color"}
        self.environment.pop("NO_COLOR", None)

    def line(self, *arguments: str, options: tuple[str, ...] = ()) -> list[str]:
        return [sys.executable, *options, "-m", "grader", *arguments]

    def __call__(self, *arguments: str, cwd: Path | None = None, options: tuple[str, ...] = ()):
        return subprocess.run(
            self.line(*arguments, options=options),
            cwd=cwd or self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def start(self, *arguments: str, **streams):
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | streams
        return subprocess.Popen(
            self.line(*arguments), cwd=self.root, env=self.environment, **streams
        )

    def write(self, text: str, unit: str = "tiny") -> None:
        (self.root / "exercises" / f"{unit}.py").write_text(text)

    def left_over(self) -> list[str]:
        return [path.name for path in self.temporary.glob("torchkata-*")]


@pytest.fixture
def grade(make_course, tmp_path):
    course = make_course(tiny=Unit(), faulty=Unit(suite=FAULTY_SUITE))
    command = Command(course.root, tmp_path)
    command.write(HALF)
    command.write(RIGHT, "faulty")
    return command


# --- runs


def test_full_marks_exit_0_and_json_on_standard_output_is_nothing_but_json(grade):
    ran = grade("tiny", "--submission", "solutions", "--format", "json")
    assert (ran.returncode, ran.stderr) == (0, "")
    report = json.loads(ran.stdout)
    jsonschema.validate(report, SCHEMA)
    assert (report["score"], report["max_score"], report["status"]) == (5, 5, "passed")
    assert ran.stdout.isascii()
    assert not (grade.root / ".torchkata.json").exists()  # the work of others is not one's own
    assert grade.left_over() == []


def test_not_yet_exits_1_and_what_is_done_is_remembered(grade):
    output = grade.root / "report.json"
    ran = grade("tiny", "--seed", "7", "--format", "json", "--output", str(output))
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "Every number is halved" in ran.stdout
    assert "seed 7" in ran.stdout
    assert "\x1b" not in ran.stdout
    assert max(map(len, ran.stdout.splitlines())) <= 80
    report = json.loads(output.read_text())
    jsonschema.validate(report, SCHEMA)
    assert (report["score"], report["seed"]) == (3, 7)
    listed = grade("list").stdout.splitlines()
    assert [line.split()[:2] for line in listed if "tiny." in line] == [
        ["done", "tiny.double"],
        ["tiny.halve", "2"],
    ]
    assert grade.left_over() == []


def test_a_fault_of_the_grader_exits_3_and_withholds_the_score(grade):
    ran = grade("faulty", "--submission", "exercises/faulty.py", "--format", "json")
    assert ran.returncode == 3
    report = json.loads(ran.stdout)
    jsonschema.validate(report, SCHEMA)
    assert (report["status"], report["score"]) == ("grader_fault", None)


def test_a_course_whose_suite_is_missing_exits_3_and_names_it(grade):
    (grade.root / "tests" / "hidden" / "test_tiny.py").unlink()
    ran = grade("tiny")
    assert (ran.returncode, ran.stdout) == (3, "")
    assert re.fullmatch(r"grade: .*test_tiny\.py is missing.*\n", ran.stderr)
    assert grade.left_over() == []


# --- wrong usage


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--submission", "nowhere"], "cannot read nowhere: No such file"),
        (["--submission", "tests"], r"no unit in tests: expected tiny\.py or faulty\.py"),
        (["tiny", "--submission", "exercises/faulty.py"], "holds none of tiny"),
        (["tinny"], "did you mean tiny"),
        (["tiny.duoble"], r"did you mean tiny\.double"),
        (["--format", "yaml"], "'yaml': choose terminal, json, .* or gradescope"),
        (["--output", "nowhere/report.json"], "its folder does not exist"),
        (["--sandbox", "maybe"], "choose auto, require or off"),
        (["--device", "tpu"], "choose cpu, cuda, mps or all"),
        (["--seed", "many"], "--seed"),
        (["hint", "tiny"], r"such as tiny\.double"),
        (["hint", "tiny.haalve"], r"tiny\.halve"),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2_and_says_how_to_mend_it(grade, arguments, said):
    ran = grade(*arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert re.search(said, ran.stderr)
    assert "Traceback" not in ran.stderr
    assert grade.left_over() == []


def test_outside_of_a_course_grade_says_so(grade, tmp_path):
    ran = grade("list", cwd=tmp_path)
    assert ran.returncode == 2
    assert "run grade inside the folder of a course" in ran.stderr


@posix
@not_root
def test_work_that_may_not_be_read_is_a_wrong_usage(grade):
    (grade.root / "exercises").chmod(0)
    ran = grade("tiny")
    (grade.root / "exercises").chmod(0o700)
    assert ran.returncode == 2
    assert "Permission denied" in ran.stderr


# --- what needs no torch


def test_help_list_and_hint_do_not_import_torch(grade):
    for arguments in (["--help"], ["--version"], ["list"], ["hint", "tiny.double"], ["run", "-h"]):
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


def test_the_list_shows_units_exercises_and_points(grade):
    shown = grade("list").stdout
    assert re.search(r"^tiny: A tiny unit \(5 points\)$", shown, re.MULTILINE)
    assert re.search(r"^ +tiny\.double +3 +twice as much$", shown, re.MULTILINE)
    assert "done" not in shown


def test_hints_come_one_at_a_time(grade):
    first, second, third, again = (grade("hint", "tiny.double").stdout for _ in range(4))
    assert "Hint 1 of 3: What is 2 * 3?" in first
    assert "Hint 2" not in first
    assert "Ask again" in first
    assert "Hint 2 of 3" in second
    assert "Hint 3 of 3" not in second
    assert "Hint 3 of 3: return 2 * x" in third
    assert "Ask again" not in third
    assert again == third


def test_all_hints_come_at_once_if_asked_for(grade):
    shown = grade("hint", "tiny.double", "--all").stdout
    assert all(f"Hint {n} of 3" in shown for n in (1, 2, 3))
    assert "no hints" in grade("hint", "tiny.halve").stdout


def test_stubs_are_checked_and_written(grade):
    checked = grade("sync", "--check")
    assert checked.returncode == 1
    assert "out of step: exercises/tiny.py" in checked.stdout
    assert (grade.root / "exercises" / "tiny.py").read_text() == HALF
    refused = grade("sync")
    assert refused.returncode == 2
    assert "would lose the work in it" in refused.stderr
    assert (grade.root / "exercises" / "tiny.py").read_text() == HALF
    assert grade("sync", "--force").returncode == 0
    assert "NotImplementedError" in (grade.root / "exercises" / "tiny.py").read_text()
    assert grade("sync", "--check").returncode == 0


# --- the end


def descendants(pid):
    found, known = [], [pid]
    while known:
        parent = known.pop()
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            known += map(int, task.read_text().split())
        found.append(parent)
    return found[1:]


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_until(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


@linux
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_a_run_that_is_stopped_exits_130_at_once_and_leaves_nothing(grade, number):
    grade.write(ENDLESS)
    command = grade.start("tiny", "--timeout", "60")
    wait_until(lambda: list(grade.temporary.glob("torchkata-*/*/started")))
    started = descendants(command.pid)
    assert len(started) >= 2
    began = time.monotonic()
    command.send_signal(number)
    shown, said = command.communicate(timeout=30)
    assert time.monotonic() - began < 5
    assert command.returncode == 130
    assert (shown, said) == ("", "\ngrade: stopped; nothing was left running\n")
    assert grade.left_over() == []
    wait_until(lambda: not any(map(is_alive, started)), seconds=5)


@linux
def test_nothing_is_left_when_the_judge_itself_is_killed(grade):
    grade.write(ENDLESS)
    command = grade.start("tiny", "--timeout", "60")
    wait_until(lambda: list(grade.temporary.glob("torchkata-*/*/started")))
    started = descendants(command.pid)
    command.kill()
    command.communicate(timeout=30)
    wait_until(lambda: not any(map(is_alive, started)), seconds=10)
    assert grade.left_over() == []


# --- in a terminal

# The command gets the terminal that it is run in, so that Ctrl-C reaches it as in a shell.
IN_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    def __init__(self, grade: Command, *arguments: str) -> None:
        self.screen, theirs = os.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", IN_TERMINAL, *grade.line(*arguments)],
            cwd=grade.root,
            env=grade.environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = self.raw = ""

    def type(self, keys: str) -> None:
        os.write(self.screen, keys.encode())

    def read(self, seconds: float) -> bool:
        """Whether there was more to read."""
        if not select.select([self.screen], [], [], seconds)[0]:
            return False
        try:
            part = os.read(self.screen, 65536)
        except OSError:  # the command has ended
            return False
        self.raw += part.decode(errors="replace")
        self.shown += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", part.decode(errors="replace"))
        return bool(part)

    def shows(self, text: str, seconds: float = 30) -> bool:
        """Wait for a text; what came before it is then forgotten."""
        until = time.monotonic() + seconds
        while text not in self.shown:
            if time.monotonic() > until or (not self.read(0.1) and self.process.poll() is not None):
                return False
        self.shown = self.shown.partition(text)[2]
        return True

    def ends(self, seconds: float = 30) -> int:
        until = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < until:
            self.read(0.05)
        return self.process.wait(1)

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self.screen)


@pytest.fixture
def terminal(grade):
    opened = []

    def terminal(*arguments: str) -> Terminal:
        opened.append(Terminal(grade, *arguments))
        return opened[-1]

    yield terminal
    for one in opened:
        one.close()


@posix
def test_watching_shows_each_exercise_until_it_is_finished(grade, terminal):
    stub = 'def {0}(x): raise NotImplementedError("{0}")\n'
    grade.write(stub.format("double") + stub.format("halve"))
    watching = terminal("watch", "tiny")
    assert watching.shows("tiny.double")
    assert watching.shows("Waiting for you to save exercises/tiny.py")

    grade.write("def double(x): return 3 * x\n" + stub.format("halve"))
    assert watching.shows("Every number is doubled")
    assert watching.shows("Waiting for you to save")
    assert "\x1b[" in watching.raw  # colour, since this is a terminal

    grade.write("def double(x): return 2 * x\n" + stub.format("halve"))
    assert watching.shows("Press any key")
    assert not watching.shows("tiny.halve", seconds=0.3)
    watching.type(" ")
    assert watching.shows("tiny.halve")
    assert watching.shows("Waiting for you to save")

    grade.write(RIGHT)
    assert watching.shows("Everything is finished")
    assert watching.ends() == 0
    assert grade.left_over() == []


@posix
def test_a_watch_ends_with_ctrl_c_and_leaves_nothing(grade, terminal):
    grade.environment["NO_COLOR"] = "1"
    watching = terminal("watch", "tiny")
    assert watching.shows("Every number is halved")
    assert watching.shows("Waiting for you to save")
    assert "\x1b[" not in watching.raw
    started = descendants(watching.process.pid) if Path("/proc/self").exists() else []
    watching.type("\x03")
    assert watching.ends() == 130
    assert grade.left_over() == []
    wait_until(lambda: not any(map(is_alive, started)), seconds=5)
