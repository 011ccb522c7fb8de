"""Whoever runs the command may have an odd environment: it never changes a verdict."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from grader.sandbox import zygote
from tests.grader import command
from tests.grader.conftest import MakeCourse
from tests.grader.tiny_course import HALF, Unit

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these are of POSIX")
SCORE, OF = 3, 5


@pytest.fixture(scope="module")
def course(make_course: MakeCourse) -> Path:
    root = make_course().root
    (root / "exercises" / "tiny.py").write_text(HALF)
    return root


@pytest.fixture
def program(tmp_path: Path) -> str:
    command.write_program(tmp_path / "grade")
    return str(tmp_path / "grade")


def run(
    course: Path,
    *arguments: str,
    program: str | None = None,
    before: Callable[[], object] | None = None,
    **options: Any,
) -> tuple[int, str, str]:
    """The exit code, and what the command said on standard output and standard error."""
    ended = subprocess.run(
        [program, *arguments] if program else command.command_line(*arguments),
        cwd=course,
        env=command.environment(**options.pop("variables", {})),
        stdin=subprocess.DEVNULL,
        stdout=options.pop("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        preexec_fn=before,
        timeout=command.SECONDS,
        **options,
    )
    return ended.returncode, (ended.stdout or b"").decode(), ended.stderr.decode()


VARIABLES = {
    "PYTEST_ADDOPTS": "-k nothing --maxfail=1 -x --collect-only",
    "PYTEST_PLUGINS": "no_such_plugin",
    "PYTHONIOENCODING": "ascii",
    "PYTHONWARNINGS": "error",
    "PYTHONOPTIMIZE": "2",
    "OMP_NUM_THREADS": "many",
    "MKL_NUM_THREADS": "0",
    "LC_ALL": "xx_YY.KOI8-R",
    "LANG": "C",
    "HOME": "/nonexistent",
    "TMPDIR": "/nonexistent",
}


def test_variables_of_the_caller_change_no_verdict(course: Path) -> None:
    code, said, _ = run(course, variables=VARIABLES)
    assert code == 1
    assert f"Score {SCORE}/{OF}" in said


def closed_and_deaf(descriptors: tuple[int, ...]) -> None:
    """As a shell starts what runs in the background, but for these streams."""
    for descriptor in descriptors:
        os.close(descriptor)
    for name in ("SIGINT", "SIGQUIT", "SIGPIPE", "SIGHUP", "SIGTERM", "SIGCHLD"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)


def test_streams_that_are_closed_and_signals_that_are_ignored_change_no_verdict(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    course = make_course(one=Unit(), two=Unit()).root  # for two judges, one of them a fork
    for unit in ("one", "two"):
        (course / "exercises" / f"{unit}.py").write_text(HALF)
    report = tmp_path / "report.json"
    arguments = ("run", "--format", "json", "--output", str(report))
    code, _, _ = run(course, *arguments, before=partial(closed_and_deaf, (0, 1, 2)))
    assert code == 1
    assert f'"score": {2 * SCORE}' in report.read_text()
    code, _, _ = run(course, "list", before=partial(closed_and_deaf, (1,)))
    assert code == 0


def test_a_reader_that_leaves_changes_no_exit_code(course: Path, program: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as stdout:
        code, _, complaint = run(course, program=program, stdout=stdout)
    assert "Traceback" not in complaint
    assert code in (0, 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("arguments", [(), ("list",)], ids=str)
def test_a_disk_that_is_full_is_one_line_and_no_verdict(
    course: Path, program: str, arguments: tuple[str, ...]
) -> None:
    with open("/dev/full", "wb") as stdout:
        code, _, complaint = run(course, *arguments, program=program, stdout=stdout)
    assert code == 3
    assert complaint == f"{Path(program).name}: cannot write the report: No space left on device\n"
    assert "Traceback" not in complaint


def test_a_folder_that_cannot_be_written_costs_only_the_memory(
    course: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "course"
    shutil.copytree(course, copy)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    ended = command.grade(copy)
    assert (ended.returncode, f"Score {SCORE}/{OF}" in ended.stdout) == (1, True)


@pytest.mark.skipif(sys.platform != "linux", reason="there is no zygote elsewhere")
def test_descriptors_are_found_and_not_tried_one_by_one() -> None:
    import resource

    high = min(resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 1, 900)
    code = f"""if True:
        import os
        from grader.sandbox import zygote
        os.dup2(0, {high})
        os.closerange = None  # takes hours where billions of descriptors may be open
        zygote.close_all_from(4)
        try:
            os.fstat({high})
        except OSError:
            os._exit(7)
    """
    ended = subprocess.run([sys.executable, "-c", code], env=command.environment(), timeout=60)
    assert ended.returncode == 7


@pytest.mark.skipif(sys.platform != "linux", reason="there is no zygote elsewhere")
def test_children_are_found_where_the_kernel_does_not_list_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        listed = zygote.children()
        monkeypatch.setattr(zygote, "CHILDREN", "/proc/self/task/{}/no-such-file")
        assert child.pid in zygote.children()
        assert set(listed) <= set(zygote.children())
        child.communicate(b"\n")


@pytest.mark.parametrize("module", ["grader", "torchkata"])
def test_a_file_named_as_a_module_of_python_is_not_taken_for_it(
    course: Path, tmp_path: Path, module: str
) -> None:
    folder = shutil.copytree(course, tmp_path / "course")
    (folder / "random.py").write_text("raise RuntimeError('mine')", encoding="utf-8")
    line = [sys.executable, "-m", module, "list"]
    ran = subprocess.run(
        line, cwd=folder, env=command.environment(), capture_output=True, text=True
    )
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="no folder in use can be deleted there")
def test_a_folder_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "kata").mkdir()
    line = ["sh", "-c", 'rmdir "$PWD" && exec "$0" -m grader list', sys.executable]
    environment, kata = command.environment(), tmp_path / "kata"
    ran = subprocess.run(line, cwd=kata, env=environment, capture_output=True, text=True)
    assert ran.returncode == 2
    assert ran.stderr == "grade: the folder that you are in is gone: cd to where it is now\n"
