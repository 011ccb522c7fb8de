"""What grading costs, as ratios measured in one run: `make bench`.

Machines differ and drift, so everything is divided by an `import torch` or by plain pytest over
the same suites and solutions in one process, taken in turn with it. Medians are shown.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[2]))

from grader.course.model import Course, read_course
from grader.judge.options import Options, cores
from grader.judge.session import Session
from grader.sandbox.limits import Limits
from grader.sandbox.processes import start_processes
from grader.work.submission import read_submission
from tests.bench import many

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 7
GRADE = [sys.executable, "-m", "grader", "run", "--submission", "solutions"]
COLD = {
    "import torch": [sys.executable, "-c", "import torch"],
    "plain pytest, same suites and solutions": [
        *(sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "-p", "no:cacheprovider"),
        *("--rootdir", "tests/hidden", "tests/hidden"),
    ],
    "grade, cold": GRADE,
    "grade, one unit, cold": [*GRADE, "activations"],
}


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def cold() -> dict[str, list[float]]:
    """Whole processes, one after the other in every round; the first round does not count."""
    times: dict[str, list[float]] = {name: [] for name in COLD}
    for _ in range(ROUNDS + 1):
        for name, command in COLD.items():
            whole = partial(subprocess.run, command, cwd=ROOT, capture_output=True, check=True)
            times[name].append(seconds(whole))
    return {name: taken[1:] for name, taken in times.items()}


def warm(course: Course) -> tuple[float, float]:
    """A second run of all units in warm processes, and of one unit."""
    submission = read_submission(course.solutions_folder, [unit.name for unit in course.units])
    everything, one = course.select([]), course.select(["activations"])
    with Session(course, Options(judges=cores()), own_work=True) as session:
        session.grade(submission, everything)
        all_units = [seconds(lambda: session.grade(submission, everything)) for _ in range(ROUNDS)]
        one_unit = [seconds(lambda: session.grade(submission, one)) for _ in range(ROUNDS)]
    return statistics.median(all_units), statistics.median(one_unit)


def watch(course: Course) -> float:
    """From saving a file to the verdict on the screen, with `grade watch`."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copy(course.root / "course.toml", copy)
        for part in ("solutions", "tests/hidden"):
            shutil.copytree(course.root / part, copy / part)
        # The unit that is saved is solved, so that all its tests do their work; an earlier one is
        # not, so that the watch goes on.
        shutil.copytree(course.solutions_folder, copy / "exercises")
        shutil.copy(course.exercises_folder / "reshaping.py", copy / "exercises")
        command = [sys.executable, "-u", "-m", "grader", "watch"]
        with subprocess.Popen(
            command, cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout is not None
            lines = iter(process.stdout)
            next(line for line in lines if line.startswith("Waiting"))
            saved = copy / "exercises" / "activations.py"
            text, taken = saved.read_text(encoding="utf-8"), []
            for number in range(ROUNDS):
                time.sleep(0.5)
                started = time.perf_counter()
                saved.write_text(f"{text}# {number}\n", encoding="utf-8")
                next(line for line in lines if line.startswith("Waiting"))
                taken.append(time.perf_counter() - started)
            process.terminate()
    return statistics.median(taken)


def process_costs() -> dict[str, float]:
    """Milliseconds for a small call over the wire, and for a worker with and without a jail."""
    import torch

    from grader.sandbox.client import WorkerClient

    costs = {}
    x = torch.arange(6.0).reshape(2, 3)
    source = {"unit": ("unit.py", "def same(x):\n    return x\n")}
    for name, confined in (("in the sandbox", True), ("without a sandbox", False)):
        limits = Limits()
        processes = start_processes(limits, confined=confined, gpu=False)
        starts, calls = [], []
        for _ in range(20):
            started = time.perf_counter()
            worker = WorkerClient(processes, processes.start().ready(), limits)
            worker.wait_until_ready()
            worker.load("unit", source)
            starts.append(time.perf_counter() - started)
            calls += [seconds(lambda w=worker: w.call("unit", "same", (x,), {})) for _ in range(50)]
            worker.close()
        processes.close()
        costs[f"start a worker {name}"] = statistics.median(starts[1:]) * 1000
        costs[f"call a function {name}"] = statistics.median(calls) * 1000
    return costs


def main() -> None:
    course = read_course(ROOT)
    times = {name: statistics.median(taken) for name, taken in cold().items()}
    torch_seconds, pytest_seconds, *_ = times.values()
    all_units, one_unit = warm(course)
    times |= {
        "grade, all units, warm": all_units,
        "grade, one unit, warm": one_unit,
        "grade watch, save to verdict": watch(course),
    }
    table = Table("what", "seconds", "of import torch", "of plain pytest")
    for name, taken in times.items():
        ratios = (f"{taken / torch_seconds:.2f}", f"{taken / pytest_seconds:.2f}")
        table.add_row(name, f"{taken:.2f}", *ratios)
    for name, milliseconds in process_costs().items():
        table.add_row(name, f"{milliseconds / 1000:.5f}", "", "")
    Console(width=100).print(table)
    for what, number in many.figures(course, torch_seconds):
        print(f"{what:55s} {number}")


if __name__ == "__main__":
    main()
