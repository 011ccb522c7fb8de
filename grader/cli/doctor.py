"""`torchkata doctor`: what is there, what is missing, and how to mend it.

Torch is asked in a process of its own: it may be missing, broken, or end the process.
"""

import importlib.util
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

import grader
from grader.cli.output import grade_command, is_passing, python_command, quoted
from grader.course.folder import read_folder
from grader.course.model import COURSE_FILE, Course, find_course, root_around
from grader.errors import GraderError, UsageError
from grader.formats.parts.text import counted, one_line
from grader.judge import hindrances

NAME = "torchkata"
GET_STARTED = "https://pytorch.org/get-started/locally/"
SECONDS = 120  # a first import from a slow disk
_NOT_THERE = "not installed"
_PROBE = """
import json
import torch
gpus = [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())]
gpus += ["Apple's (mps)"] * torch.backends.mps.is_available()
built = torch.version.cuda and f"CUDA {torch.version.cuda}" or torch.version.hip and "ROCm"
assert torch.ones(2).sum().item() == 2
print(json.dumps({"version": torch.__version__, "built": built, "gpus": gpus}))
"""


@dataclass(frozen=True)
class Finding:
    """One line of the screen. Without what `is_missing` nobody can learn here; `mend` says what
    can be done."""

    about: str
    said: str
    mend: str = ""
    is_missing: bool = False


def findings(here: Path) -> list[Finding]:
    """Everything that learning in this folder hangs on."""
    course, place = _course(here)
    return [*_software(), *_torch(), *_sandbox(course), *place, *_writing(here)]


def page(found: list[Finding], width: int) -> str:
    """One screen, and in its last line whether all is well."""
    lines = []
    for finding in found:
        mark = "missing" if finding.is_missing else "note" if finding.mend else "ok"
        head = f"{mark:9}{finding.about:10}"
        for part in f"{finding.said}\n{finding.mend}".rstrip("\n").split("\n"):
            lines += textwrap.wrap(
                one_line(part, characters=1000),
                width,
                initial_indent=head,
                subsequent_indent=" " * len(head),
                break_long_words=False,  # a path or a command can be copied
                break_on_hyphens=False,
            )
            head = " " * len(head)
    missing = [finding.about for finding in found if finding.is_missing]
    last = f"Missing: {', '.join(missing)}." if missing else "All that is needed is there."
    return "\n".join([*lines, "", last, ""])


def _software() -> Iterator[Finding]:
    yield Finding(NAME, f"{grader.__version__}, in {Path(grader.__file__).parent}")
    yield Finding("Python", f"{platform.python_version()}, {sys.executable}")
    if wrong := [str(n) for n in _requirements() if n.name != "torch" and not _is_met(n)]:
        command = f"{installs()} {' '.join(map(quoted, wrong))}"
        yield Finding("packages", f"{', '.join(wrong)}: not installed", command, True)


def _is_met(needed: Requirement) -> bool:
    try:
        return needed.specifier.contains(version(needed.name), prereleases=True)
    except PackageNotFoundError:
        return False


def _requirements() -> list[Requirement]:
    try:
        every = map(Requirement, requires(NAME) or ())
        return [each for each in every if not each.marker or each.marker.evaluate({"extra": ""})]
    except PackageNotFoundError:  # run from a checkout
        return []


def _torch() -> Iterator[Finding]:
    """PyTorch, and the devices that it sees."""
    probed = _probed()
    if isinstance(probed, str):
        yield Finding("PyTorch", probed, _mending_torch(again=probed != _NOT_THERE), True)
        return
    is_right = all(
        each.specifier.contains(probed["version"], prereleases=True)
        for each in _requirements()
        if each.name == "torch"
    )
    built = f"built for {probed['built']}" if probed["built"] else "built for the CPU"
    said = f"{probed['version']}, {built}"
    if is_right:
        yield Finding("PyTorch", said)
    else:
        yield Finding(
            "PyTorch", f"{said}: not a version for {NAME}", _mending_torch(again=False), True
        )
    if probed["gpus"]:
        yield Finding("devices", ", ".join(["cpu", *probed["gpus"]]))
    elif list(Path("/dev").glob("nvidia[0-9]*")):
        mend = f"For the build with CUDA: {GET_STARTED}" * (probed["built"] is None)
        mend = mend or "Its driver may be too old for this build, or hidden from it."
        yield Finding("devices", "cpu; there is a GPU that PyTorch cannot use", mend)
    else:
        yield Finding("devices", "cpu; what would fail on a GPU is found in a rehearsal")


def _probed() -> dict[str, Any] | str:
    """What torch says of itself, or else why it does not."""
    try:
        ended = subprocess.run(
            [sys.executable, "-P", "-c", _PROBE],  # a torch.py in this folder is not meant
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        if ended.returncode == 0:
            return dict(json.loads(ended.stdout.splitlines()[-1]))
    except subprocess.TimeoutExpired:
        return f"import torch did not end within {SECONDS} seconds"
    except (OSError, ValueError, IndexError) as error:
        return f"it cannot be asked: {error}"
    if ended.returncode < 0:
        return f"import torch ended with a signal: {signal.strsignal(-ended.returncode)}"
    *_, last = ended.stderr.decode("utf-8", "replace").strip().splitlines() or ["nothing is said"]
    if "No module named 'torch'" in last:
        return _NOT_THERE
    return f"it does not work: {one_line(last)}"


def _mending_torch(*, again: bool) -> str:
    """The command that installs it, `again` if it is there and does not work."""
    if is_passing():
        return f"uv tool install --torch-backend cpu {NAME}"
    if is_a_tool():
        return f"uv tool install --reinstall --torch-backend cpu {NAME}"
    wanted = next((str(each) for each in _requirements() if each.name == "torch"), "torch")
    if importlib.util.find_spec("pip") is None:
        return f"{installs()}{' --reinstall' * again} --torch-backend cpu {quoted(wanted)}"
    return (
        f"{installs()}{' --force-reinstall' * again} {quoted(wanted)}\n"
        "On Linux that is the build with CUDA, of several GB. For the CPU's, add to this command "
        f"the --index-url that {GET_STARTED} shows for Pip and CPU."
    )


def is_a_tool() -> bool:
    """Whether `uv tool install` made this installation."""
    return (Path(sys.prefix) / "uv-receipt.toml").is_file()


def installs() -> str:
    """The beginning of the command that installs a package here."""
    if importlib.util.find_spec("pip") is None:
        return f"uv pip install --python {quoted(sys.executable)}"
    return f"{python_command()} -m pip install"


def _sandbox(course: Course | None) -> Iterator[Finding]:
    reason = hindrances.of_confinement(course.root if course else None)
    confined = ("your code is run confined", "")
    without = (f"none: {reason}", "Your own work is graded all the same, unconfined.")
    yield Finding("sandbox", *(without if reason else confined))


def _course(here: Path) -> tuple[Course | None, list[Finding]]:
    """The course, and how this folder stands to it."""
    around = root_around(here)
    try:
        course = find_course(here, anywhere=True)
    except GraderError as error:
        return None, [Finding("course", str(error), is_missing=True)]
    units = counted(len(course.units), "unit")
    found = [Finding("course", f"{course.title}, {units}, in {course.root}")]
    if around is None:
        lays_out = f"To learn here: {grade_command()} start FOLDER"
        return course, [*found, Finding("folder", f"{here} belongs to no course", lays_out)]
    if (around / COURSE_FILE).is_file():
        kind = "a kit" if course.is_kit else "the course's own"
        return course, [*found, Finding("folder", f"{around}, {kind}")]
    return course, [*found, _laid_out(course, around)]


def _laid_out(course: Course, around: Path) -> Finding:
    try:
        folder = read_folder(around)
    except UsageError as error:
        return Finding("folder", str(error), "What is in exercises/ can be graded all the same.")
    if folder.course != course.title:
        other = f"{around} is of another course, {folder.course}"
        return Finding("folder", other, "Install that one's grader and use it here.", True)
    said = f"{around}, laid out by {folder.version}"
    if folder.version != grader.__version__:
        return Finding("folder", said, f"{grade_command()} update brings it up to date.")
    return Finding("folder", said)


def _writing(here: Path) -> Iterator[Finding]:
    """The learner's folder, and the one for temporary files."""
    home = root_around(here) or here
    try:
        for folder in (home, Path(tempfile.gettempdir())):
            with tempfile.TemporaryFile(dir=folder):
                pass
    except OSError as error:
        where = error.filename or home
        mend = "Without it, points and hints are forgotten, or nothing can be graded at all."
        yield Finding("writing", f"{os.fspath(where)}: {error.strerror}", mend, True)
    else:
        yield Finding("writing", f"in {home}")
