"""What a large class costs: `python tests/bench/scale.py` prints the figures of docs/scale.md.

`memory` grades a generated class of a tiny course on a cluster of one machine, this one, and says
what the coordinating side takes on the way; `course` says what one submission of the whole course
costs once the judges are warm.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from grader.course.bank import read_bank, unit_with_bank  # noqa: E402
from grader.course.model import Course, read_course  # noqa: E402
from tests.grader.command import command_line, environment  # noqa: E402
from tests.grader.tiny_course import HALF, RIGHT, STUBS, write_course, write_files  # noqa: E402

HOSTILE = (
    "import os\ndef double(x): os._exit(3)\ndef halve(x): return x / 2\n",
    "def double(x): return 'x' * 10**7\ndef halve(x): raise SystemExit\n",
    "open('/etc/passwd')\n" + RIGHT,
)
KINDS = (RIGHT, HALF, RIGHT, HALF, STUBS, RIGHT, HALF, RIGHT, HALF)  # and a hostile one
PORT = 18786


def memory(count: int) -> None:
    """The resident memory of the command and of the scheduler, as the class goes by."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as opened:
        folder = Path(name)
        write_course(folder / "course")
        for n in range(count):
            kind = HOSTILE[n // 10 % 3] if n % 10 == 9 else KINDS[n % 10]
            write_files(folder / "class", {f"s{n:05}/tiny.py": f"{kind}# {n}\n"})
        address = f"tcp://127.0.0.1:{PORT}"
        scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard"]
        scheduler += ["--host", "127.0.0.1", "--port", f"{PORT}", "--dashboard-address", ":0"]
        coordinating = {"scheduler": opened.enter_context(_started(folder, scheduler))}
        opened.enter_context(
            _started(folder, command_line("class", "worker", address, "--jobs", 2))
        )
        run = command_line(
            "class",
            "run",
            folder / "class",
            "--gradebook",
            folder / "class.db",
            "--cluster",
            address,
        )
        command = opened.enter_context(
            subprocess.Popen(
                run,
                cwd=folder / "course",
                env=environment(PYTHONUNBUFFERED="1"),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        )
        coordinating["class run"] = command.pid
        print("graded   " + "   ".join(f"{each}, MiB" for each in coordinating), flush=True)
        assert command.stdout is not None
        for n, line in enumerate(command.stdout, start=1):
            if n == 1 or (n <= count and n % (count // 8) == 0):
                held = [f"{_resident(pid):>{len(each) + 5}}" for each, pid in coordinating.items()]
                print(f"{n:6}   " + "   ".join(held), flush=True)
            if n > count:
                print(line, end="")
        print(f"the gradebook: {(folder / 'class.db').stat().st_size / count / 1024:.1f} KiB each")


@contextlib.contextmanager
def _started(folder: Path, line: list[str]) -> Iterator[int]:
    process = subprocess.Popen(
        line, cwd=folder, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (kib,) = (line.split()[1] for line in lines if line.startswith("VmRSS"))
    return int(kib) // 1024


def course(few: int = 2, many: int = 6) -> None:
    """Seconds of processor time for each submission, from the difference of two classes."""
    whole = read_course(ROOT)
    units = [unit.name for unit in whole.units]
    kinds = {
        "right": {unit: whole.solution(unit).read_text() for unit in units},
        "half of the exercises wrong": {unit: _half_wrong(whole, unit) for unit in units},
        "unstarted": {unit: whole.stub(unit).read_text() for unit in units},
    }
    for kind, texts in kinds.items():
        spent = [_spent(texts, count) for count in (few, many)]
        each = (spent[1] - spent[0]) / (many - few)
        print(
            f"{kind}: {each:.1f} s each, after {spent[0] - few * each:.1f} s of start", flush=True
        )


def _half_wrong(whole: Course, unit: str) -> str:
    """Every second exercise is one of the known wrong answers."""
    wrong = {answer.exercise: answer.name for answer in read_bank(whole, unit)}
    chosen = [f"{exercise} = {name}\n" for exercise, name in sorted(wrong.items())[::2]]
    return unit_with_bank(whole, unit, whole.bank(unit)) + "".join(chosen)


def _spent(texts: Mapping[str, str], count: int) -> float:
    """Processor time of the command, of its judges, and of all workers."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for n in range(count):
            work = {f"{unit}.py": f"{text}\n# {n}\n" for unit, text in texts.items()}
            write_files(folder / "class" / f"s{n}", work)
        run = command_line(
            "class", "run", folder / "class", "--gradebook", folder / "class.db", "--jobs", 1
        )
        process = subprocess.Popen(run, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        assert status == 0
        return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figure", choices=["memory", "course"])
    parser.add_argument("--count", type=int, default=2000, help="how many hand in, for memory")
    asked = parser.parse_args()
    if asked.figure == "memory":
        memory(asked.count)
    else:
        course()
