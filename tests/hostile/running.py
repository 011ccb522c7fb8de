"""One run of the real command over hostile submissions, and what it left behind."""

import contextlib
import ctypes
import fcntl
import glob
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.grader.command import SECRET, warm

from .cases import FIRST, ROOT, Case, place, solution, untouched_unit

CANARY_TEXT = "this file is nobody else's business\n"
WORKER_MEBIBYTES = 512
ENDING_SECONDS = 10  # what was told to end takes its time on a busy machine
LEFT_MARK = "hostile-left"
SHARED_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/run")
FORGED = ("report.json", ".report.json", "result.json", "results.json", "score.txt")
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Run:
    """What became of one run. `report` is None where there is none."""

    exit: int | None
    report: dict[str, Any] | None
    text: str
    terminal: str
    errors: str
    seconds: float
    judge_mebibytes: float
    left: tuple[str, ...]
    untouched: str | None


def run_cases(
    cases: tuple[Case, ...],
    folder: Path,
    sandbox: str,
    *,
    anew: bool = True,
    patience: float = 1,
) -> Run:
    """Grade the cases together, beside an exercise that is solved, of a unit they do not touch.

    The command is started `anew`, or forked from the process that stays warm. All time limits are
    multiplied by `patience`.
    """
    submission, private = folder / "work" / "submission", folder / "private"
    for path in (submission, private, folder / "tmp"):
        path.mkdir(parents=True)
    canary = private / "torchkata-canary.txt"
    canary.write_text(CANARY_TEXT)
    path = submission
    for case in cases:
        path = place(case, submission)
    untouched = untouched_unit(cases) if cases[0].exit == 1 and cases[0].units else None
    if untouched is not None and path.is_dir():
        inside = path / "exercises" if (path / "exercises").is_dir() else path
        (inside / f"{untouched}.py").write_text(solution(untouched), "utf-8")
    before: tuple[set[Any], ...] = _state(folder / "work"), _state(private), _names(ROOT)
    wanted = [unit for case in cases for unit in case.units]
    wanted += [f"{untouched}.{FIRST[untouched]}"] if untouched else []
    if not anew:
        warm()  # it outlives the run
    with taking_turns(unconfined=sandbox == "off"), adopting_orphans() as orphans:
        timeout = patience * max(case.timeout for case in cases)
        arguments = _arguments(timeout, path, folder / "report.json", sandbox, wanted)
        most = patience * max(case.seconds for case in cases)
        code, seconds, memory = _watched(arguments, folder, most, anew)
        left = [f"a process: {name}" for name in orphans()]
        if not anew and code is not None:
            left += warm().left()
        if not anew and (code is None or left):
            warm().restart()
        left += [f"a file: {path}" for path in sorted((folder / "tmp").iterdir())]
        left += [f"a file: {path}" for path in marked()]
    _remove(folder / "tmp")
    after: tuple[set[Any], ...] = _state(folder / "work"), _state(private), _names(ROOT)
    for what, old, new in zip(("submission", "canary", "course"), before, after, strict=True):
        left += [f"a change to the {what}: {change}" for change in sorted(old ^ new)]
    text = _read(folder / "report.json")
    return Run(
        exit=code,
        report=_json(text),
        text=text,
        terminal=_read(folder / "stdout") + _read(folder / "stderr"),
        errors=_read(folder / "stderr"),
        seconds=seconds,
        judge_mebibytes=memory,
        left=tuple(left),
        untouched=untouched if path.is_dir() else None,
    )


def _arguments(
    timeout: float, path: Path, report: Path, sandbox: str, wanted: list[str]
) -> list[str]:
    limits = ["--timeout", str(timeout), "--memory", str(WORKER_MEBIBYTES)]
    where = ["--format", "json", "--output", str(report), "--sandbox", sandbox]
    options = ["--submission", str(path), *where, *limits]
    return ["run", *options, *wanted]


def environment_of_command() -> dict[str, str]:
    environment = os.environ | {"GITHUB_TOKEN": SECRET, "PYTHONDONTWRITEBYTECODE": "1"}
    for name in ("FORCE_COLOR", "PYTEST_CURRENT_TEST", "PYTEST_ADDOPTS"):
        environment.pop(name, None)
    return environment


def _watched(
    arguments: list[str], folder: Path, seconds: float, anew: bool
) -> tuple[int | None, float, float]:
    """Exit code (None if it took too long and was killed), duration, and the judge's memory."""
    environment = environment_of_command() | {"TMPDIR": str(folder / "tmp")}
    out, err = folder / "stdout", folder / "stderr"
    process = (
        _fresh(arguments, environment, out, err)
        if anew
        else warm().start(arguments, ROOT, environment, out, err, "tests.hostile.warm")
    )
    started, memory = time.monotonic(), 0.0
    while process.poll() is None and time.monotonic() - started < seconds:
        memory = _peak_mebibytes(process.pid) or memory
        time.sleep(0.02)
    late = process.poll() is None
    if late:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return None if late else process.returncode, time.monotonic() - started, memory


def _fresh(
    arguments: list[str], environment: dict[str, str], out: Path, err: Path
) -> "subprocess.Popen[bytes]":
    with open(out, "wb") as stdout, open(err, "wb") as stderr:
        return subprocess.Popen(
            [sys.executable, "-m", "grader", *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )


def _peak_mebibytes(pid: int) -> float | None:
    with contextlib.suppress(OSError, IndexError, ValueError):
        status = Path(f"/proc/{pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    return None


@contextlib.contextmanager
def adopting_orphans(seconds: float = ENDING_SECONDS) -> Iterator[Any]:
    """Become the parent of whatever outlives the run; `orphans()` names and ends it (Linux).

    It has some seconds to end by itself.
    """
    if sys.platform != "linux":
        yield lambda: []
        return
    libc = ctypes.CDLL(None)
    known = _children()
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def orphans() -> list[str]:
        deadline = time.monotonic() + seconds
        while (found := _children() - known) and time.monotonic() < deadline:
            for pid in found:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
            time.sleep(0.02)
        return [_ended(pid) for pid in found]

    try:
        yield orphans
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _children() -> set[int]:
    found: set[int] = set()
    for listing in glob.glob("/proc/self/task/*/children"):
        with contextlib.suppress(OSError):
            found |= set(map(int, Path(listing).read_text().split()))
    return found


def _ended(pid: int) -> str:
    """End a process that was adopted; its command line."""
    name = _read(Path(f"/proc/{pid}/cmdline")).replace("\0", " ")[:200]
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return f"{pid} {name}"


def _state(folder: Path) -> set[tuple[str, int, int, int]]:
    """Everything below a folder, so that any change shows: path, mode, size, time of change."""
    found = set()
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            status = path.lstat()
            found.add((str(path), status.st_mode, status.st_size, status.st_mtime_ns))
    return found


def _names(folder: Path) -> set[str]:
    return {name for name in FORGED if (folder / name).exists()}


@contextlib.contextmanager
def taking_turns(*, unconfined: bool) -> Iterator[None]:
    """Confined runs go side by side; what is unconfined runs alone, since its marks are seen."""
    with open(Path(tempfile.gettempdir()) / f"torchkata-turns-{os.getuid()}", "w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX if unconfined else fcntl.LOCK_SH)
        yield


def marked() -> list[str]:
    """Files that a case made in places that everybody shares; they are removed."""
    folders = [*SHARED_FOLDERS, str(Path.home()), str(ROOT), str(ROOT / "exercises")]
    found = [path for folder in folders for path in glob.glob(f"{folder}/*{LEFT_MARK}*")]
    for path in found:
        _remove(Path(path))
    return found


def _remove(path: Path) -> None:
    """Python's own rmtree gives up where folders are nested too deep."""
    subprocess.run(["rm", "-rf", "--", path], stderr=subprocess.DEVNULL, check=False)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return ""


def _json(text: str) -> dict[str, Any] | None:
    try:
        return dict(json.loads(text)) if text else None
    except ValueError:
        return None
