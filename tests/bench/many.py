"""What a class costs, beside one fresh pytest for each submission: part of `make bench`.

Over the five units of the first release, with copies of the solutions that differ in a comment.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from grader.course.model import Course
from grader.gradebook.handins import hand_ins, laid_out
from grader.gradebook.judging import judged_here
from grader.gradebook.run import ClassRun
from grader.gradebook.store import Gradebook
from grader.judge.options import Options, Sandbox
from grader.sandbox import jail

FIVE = ["reshaping", "activations", "gradients", "sgd", "regressor"]
SIDE_BY_SIDE = 2
FRESH, STUDENTS, ROUNDS = 6, 24, 3


def fresh_each_second(course: Course) -> float:
    """Submissions for which a pytest with pytest-json-report was started, two at a time."""
    suites = [str(course.suite(unit)) for unit in FIVE]
    with tempfile.TemporaryDirectory() as folder:

        def one(number: int) -> None:
            command = [
                *(
                    sys.executable,
                    "-m",
                    "pytest",
                    "-q",
                    "-c",
                    "/dev/null",
                    "-p",
                    "no:cacheprovider",
                ),
                *("--json-report", "--json-report-file", f"{folder}/{number}.json"),
                *("--rootdir", str(course.suites_folder), *suites),
            ]
            subprocess.run(command, cwd=course.root, capture_output=True, check=True)

        started = time.perf_counter()
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            list(pool.map(one, range(FRESH)))
        return FRESH / (time.perf_counter() - started)


def class_run(course: Course, judges: int) -> tuple[float, float]:
    """Submissions a second once the judges are warm, with the gradebook written, and the seconds
    from the start of the run to the first result."""
    part = course.only(FIVE)
    sandbox = Sandbox.OFF if jail.unavailable() else Sandbox.REQUIRE
    options = Options(sandbox=sandbox, rehearses=False)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(STUDENTS):
            student = folder / "class" / f"student{number}"
            student.mkdir(parents=True)
            for unit in FIVE:
                text = course.solution(unit).read_text(encoding="utf-8")
                (student / f"{unit}.py").write_text(f"{text}# {number}\n", encoding="utf-8")
        judging = partial(judged_here, part, options=options, processes=judges)
        started, done = time.perf_counter(), []
        with Gradebook(folder / "class.db", new=True) as book:
            run = ClassRun(part, book, judging, laid_out, device="cpu")
            for result in run.grade(hand_ins(folder / "class")):
                assert result.row.score == result.row.max_score, result.row
                done.append(time.perf_counter())
    warm = done[2 * judges :]
    return (len(warm) - 1) / (warm[-1] - warm[0]), done[0] - started


def figures(course: Course, torch_seconds: float) -> list[tuple[str, str]]:
    """What was measured, and the number: of several rounds the median, each with all in turn."""
    rounds = []
    for _ in range(ROUNDS):
        fresh, (one, _) = fresh_each_second(course), class_run(course, 1)
        two, first = class_run(course, SIDE_BY_SIDE)
        rounds.append((fresh, one, two, two / fresh, two / one, first / torch_seconds))
    fresh, one, two, of_fresh, of_one, first = map(statistics.median, zip(*rounds, strict=True))
    return [
        ("fresh pytest-json-report processes, two at a time", f"{fresh:.2f} submissions/s"),
        ("grade class, one judge", f"{one:.2f} submissions/s"),
        ("grade class, two judges", f"{two:.2f} submissions/s"),
        ("two judges, of fresh processes", f"{of_fresh:.1f}"),
        ("two judges, of one", f"{of_one:.2f}"),
        ("start to first result, of import torch", f"{first:.2f}"),
    ]
