"""A whole class of the real course, a fifth of it hostile: `python tests/bench/trial.py`.

Every score in its gradebook must be what `grade` gives for that submission alone. And a run that is
killed at ten random moments, and started again each time, must export the same bytes as one that
was left alone. It takes some minutes, so it is no test of every day.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from grader.course.bank import read_bank, unit_with_bank
from grader.course.model import Course, read_course
from grader.course.stubs import given_by
from grader.gradebook.store import Gradebook
from grader.judge.options import Options, Sandbox, limited
from grader.judge.session import Session
from grader.work.submission import read_submission
from tests.grader.command import command_line, environment
from tests.hostile.cases import UNITS, place, read_cases

ROOT = Path(__file__).parents[2]
SECONDS, MEBIBYTES = 3.0, 1024


def texts_of(course: Course, unit: str, draw: random.Random) -> str:
    """What somebody may hand in: right in some style, wrong in some exercises, or not begun."""
    kind = draw.choice(["right", "right", "wrong", "wrong", "wrong", "stub"])
    if kind == "stub":
        return course.stub(unit).read_text("utf-8")
    if kind == "right":
        styles = [course.solution(unit), *course.accepted(unit)]
        return draw.choice(styles).read_text("utf-8")
    answers = draw.sample(read_bank(course, unit), 4)
    chosen = {answer.exercise: answer.name for answer in answers}
    return unit_with_bank(course, unit, course.bank(unit)) + "".join(
        f"{e} = {w}\n" for e, w in chosen.items()
    )


def write_class(course: Course, folder: Path, students: int, draw: random.Random) -> None:
    units = [unit.name for unit in course.units]
    hostile = [
        case
        for case in read_cases(everywhere=False)
        if {*units} & {*case.units} and not case.nightly
    ]
    for number in range(students):
        student = folder / f"s{number:03}"
        student.mkdir(parents=True)
        if number % 5 == 4:
            case = hostile[number // 5 % len(hostile)]
            place(case, student)
            continue
        for unit in units:
            text = f"{texts_of(course, unit, draw)}\n# {number}\n"
            (student / f"{unit}.py").write_text(text, encoding="utf-8")


def alone(course: Course, folder: Path) -> dict[str, int | None]:
    """The score of each student, as `grade` gives it; None where it refuses the work."""
    units, given = [unit.name for unit in course.units], given_by(course)
    options = Options(sandbox=Sandbox.REQUIRE, limits=limited(SECONDS, MEBIBYTES), rehearses=False)
    scores: dict[str, int | None] = {}
    with Session(course, options, own_work=False) as session:
        for student in sorted(folder.iterdir()):
            try:
                work = read_submission(student, units, given=given)
            except Exception as error:
                print(f"{student.name} alone: {error}")
                scores[student.name] = None
                continue
            scores[student.name] = session.grade(work, course.select([])).score
    return scores


def run_line(folder: Path, book: Path, units: list[str], jobs: int) -> list[str]:
    return command_line(
        *("class", "run", folder, "--gradebook", book, "--units", ",".join(units)),
        *("--jobs", jobs, "--timeout", SECONDS, "--memory", MEBIBYTES),
    )


def run_class(line: list[str], seconds: float | None = None) -> bool:
    """Whether it came to its end; it is killed after so many seconds."""
    process = subprocess.Popen(line, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL)
    try:
        assert process.wait(seconds) == 0
        return True
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        return False


def scores_in(book: Path) -> dict[str, int | None]:
    with Gradebook(book) as opened:
        return {row.student: row.score for row in opened.rows()}


def exported(book: Path, folder: Path) -> dict[str, bytes]:
    """Every table of the gradebook that an export makes."""
    texts = {}
    for kind in ("csv", "json"):
        out = folder / f"out.{kind}"
        line = command_line("class", "export", book, "--to", kind, "--output", out)
        subprocess.run(line, cwd=ROOT, env=environment(), check=True, capture_output=True)
        texts[kind] = out.read_bytes()
        out.unlink()
    return texts


def differences(one: Mapping[str, int | None], other: Mapping[str, int | None]) -> list[str]:
    return [
        f"{name}: {one.get(name)} alone, {other.get(name)} in the class"
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--units", nargs="+", choices=UNITS, default=["activations", "sgd"])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    draw = random.Random(asked.seed)
    course = read_course(ROOT).only(asked.units)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folder, whole, killed = place / "class", place / "whole.db", place / "killed.db"
        write_class(course, folder, asked.students, draw)
        started = time.perf_counter()
        run_class(run_line(folder, whole, asked.units, asked.jobs))
        seconds = time.perf_counter() - started
        print(f"{asked.students} hand-ins in {seconds:.0f} s", flush=True)
        kills = 0
        while kills < asked.kills:
            after = draw.uniform(2, 0.8 * seconds / asked.kills + 4)
            if run_class(run_line(folder, killed, asked.units, asked.jobs), after):
                break
            kills += 1
        run_class(run_line(folder, killed, asked.units, asked.jobs))
        same = exported(whole, place) == exported(killed, place)
        print(f"killed {kills} times; the exports are {'the same' if same else 'NOT the same'}")
        wrong = differences(alone(course, folder), scores_in(whole))
    print("\n".join(wrong) or "every score is what grade gives alone")
    return 1 if wrong or not same else 0


if __name__ == "__main__":
    sys.exit(main())
