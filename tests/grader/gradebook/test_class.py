"""A class in a folder: every score that of `grade` alone, and nothing lost whenever it ends."""

import json
import os
import signal
import sqlite3
import subprocess
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest

from grader.cli import classes
from grader.course.model import read_course
from grader.errors import UsageError
from grader.gradebook import judging
from grader.gradebook.changes import changes
from grader.gradebook.choices import Platform
from grader.gradebook.exports import all as all_exports
from grader.gradebook.handins import hand_ins, laid_out
from grader.gradebook.run import ClassRun, Done
from grader.gradebook.store import Gradebook, Row
from grader.judge.options import Options
from grader.judge.session import Session
from grader.sandbox import jail
from grader.work.submission import Submission, read_submission

from ..command import SECONDS, command_line, environment, grade
from ..conftest import MakeCourse
from ..tiny_course import HALF, RIGHT, write_files

pytestmark = pytest.mark.skipif(jail.unavailable() is not None, reason="needs the sandbox")

DIES = "import os\ndef double(x): os._exit(3)\ndef halve(x): return x / 2\n"
WORK = {"ann": RIGHT, "bob": HALF, "cid": DIES, "dan": "def double(x:\n", "eve": RIGHT}


@pytest.fixture(scope="module")
def course(make_course: MakeCourse) -> Path:
    return make_course().root


def class_of(folder: Path, work: dict[str, str]) -> Path:
    write_files(folder, {f"{name}/tiny.py": text for name, text in work.items()})
    return folder


def exported(book: Path) -> str:
    with Gradebook(book) as opened:
        return all_exports.exported(opened, Platform.CSV)[0].decode()


def diff(book: Path) -> list[str]:
    with Gradebook(book) as opened:
        return list(changes(opened))


def test_scores_are_those_of_grade_and_known_work_is_not_judged_again(
    course: Path, tmp_path: Path
) -> None:
    folder, book = class_of(tmp_path / "class", WORK), tmp_path / "class.db"
    run = ("class", "run", folder, "--gradebook", book, "--jobs", 2)
    first = grade(course, *run)
    assert "5 students, 4 judged in this run" in first.stdout, first.stderr  # ann's is eve's
    with Gradebook(book) as opened:
        scores = {row.student: (row.score, row.status) for row in opened.rows()}
    tiny = read_course(course)
    with Session(tiny, Options(), own_work=True) as session:
        for name in WORK:
            alone = session.grade(read_submission(folder / name, ["tiny"]), tiny.select([]))
            assert scores[name] == (alone.score, alone.status)

    page, pages = tmp_path / "class.html", tmp_path / "pages"
    assert grade(course, "class", "page", book, "--output", page).returncode == 0
    assert "5 students" in page.read_text("utf-8")
    assert "5 students" in grade(course, "class", "feedback", book, "--out", pages).stdout
    assert (pages / "ann.html").is_file()
    assert grade(course, "class", "feedback", book).returncode == 2

    table = exported(book)
    (folder / "bob" / "tiny.py").write_text(RIGHT + "# mended\n")
    again = grade(course, *run)
    assert "5 students, 1 judged in this run" in again.stdout
    with pytest.raises(UsageError, match="holds no student Ann"), Gradebook(book) as opened:
        list(changes(opened, "Ann"))
    change, exercise = diff(book)
    assert change.startswith("bob: 3/5 failed -> 5/5 passed on ")
    assert change.endswith(": the work changed")
    assert exercise == "  tiny.halve: 0/2 failed -> 2/2 passed"
    ann = [line for line in table.splitlines() if line.startswith("ann,")]
    assert ann == [line for line in exported(book).splitlines() if line.startswith("ann,")]
    assert "4 judged in this run" in grade(course, *run, "--regrade").stdout
    assert diff(book) == ["5 students judged again, with the same result"]


# The cause of the first error is named with its words, which no database takes.
HALF_CHARACTERS = """
def double(x): return twice(x)
def halve(x): return x / 2
def made(): raise ValueError("\\ud800 is half a character")
twice = made()
"""


def test_names_and_words_that_are_no_text_stop_nobody(course: Path, tmp_path: Path) -> None:
    folder = class_of(tmp_path / "class", {"ann": HALF_CHARACTERS, "bob": HALF, "zoe": RIGHT})
    odd = os.fsdecode(b"\xff.py")
    (folder / odd).mkdir()
    for name in (f"bob/{odd}", f"{odd}/{odd}"):
        (folder / name).write_text("x = 1\n")
    with tarfile.open(folder / "cid.tar", "w") as archive:
        for name in (f"../{odd}", "tiny.py"):
            archive.add(folder / "zoe" / "tiny.py", name)
    book = tmp_path / "class.db"
    ran = grade(course, "class", "run", folder, "--gradebook", book, "--jobs", 1)
    assert ran.returncode == 0, ran.stderr
    with Gradebook(book) as opened:
        rows = {row.student: row for row in opened.rows()}
    scores = {student: row.score for student, row in rows.items()}
    assert scores == {"\\udcff.py": None, "ann": 2, "bob": 3, "cid": 5, "zoe": 5}
    assert "\\udcff.py lies outside" in rows["cid"].note
    assert "\\udcff.py" in rows["\\udcff.py"].note
    page = tmp_path / "class.html"
    assert grade(course, "class", "page", book, "--output", page).returncode == 0
    assert "\\ud800 is half a character" in page.read_text("utf-8")


def test_a_run_that_is_killed_goes_on(course: Path, tmp_path: Path) -> None:
    work = {f"s{n:02}": f"{HALF if n % 3 else RIGHT}# {n}\n" for n in range(16)}
    folder = class_of(tmp_path / "class", work)
    os.utime(folder)
    parts = tmp_path / "parts.db"
    run = ("class", "run", folder, "--jobs", 1, "--gradebook")
    process = subprocess.Popen(
        command_line(*run, parts),
        cwd=course,
        env=environment(),
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and written(parts) < 3:
        time.sleep(0.05)
    process.send_signal(signal.SIGSTOP)  # it holds what it has, however long this machine takes
    busy = grade(course, *run, parts)
    assert process.poll() is None
    process.kill()
    process.wait()
    assert (busy.returncode, "another run is writing" in busy.stderr) == (2, True)
    assert 3 <= written(parts) < len(work)
    said = grade(course, *run, parts).stdout
    assert f"{len(work)} students" in said
    assert f"{len(work)} judged" not in said
    shards = [tmp_path / f"shard{n}.db" for n in (1, 2)]
    for n, shard in enumerate(shards, start=1):
        assert grade(course, *run, shard, "--shard", f"{n}/2").returncode == 0
    merged = tmp_path / "merged.db"
    assert grade(course, "class", "merge", merged, *shards).returncode == 0
    assert exported(merged) == exported(parts)
    assert kept(merged) == kept(parts)
    assert kept(merged)["s01"] == {"tiny": [work["s01"]]}


def kept(book: Path) -> dict[str, dict[str, list[str]]]:
    """The texts of everybody's work, and the stubs."""
    with Gradebook(book) as opened:
        stubs = opened.stubs()
        return {"": stubs} | {student: opened.sources(work) for student, work in opened.works()}


def written(book: Path) -> int:
    try:
        with sqlite3.connect(f"file:{book}?mode=ro", uri=True) as db:
            return int(db.execute("SELECT COUNT(*) FROM results").fetchone()[0])
    except sqlite3.Error:
        return 0


def test_damage_is_said_and_nothing_is_changed(course: Path, tmp_path: Path) -> None:
    folder, book = class_of(tmp_path / "class", {"ann": RIGHT}), tmp_path / "class.db"
    with sqlite3.connect(tmp_path / "other.db") as db:
        db.execute("CREATE TABLE notes (x)")
    book.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    for path, said in ((book, "is damaged, or no gradebook"), (tmp_path / "other.db", "damaged")):
        before = path.read_bytes()
        ended = grade(course, "class", "run", folder, "--gradebook", path)
        assert ended.returncode == 2
        assert said in ended.stderr
        assert path.read_bytes() == before
    ended = grade(course, "class", "export", tmp_path / "none.db")
    assert (ended.returncode, "there is no gradebook" in ended.stderr) == (2, True)


def test_a_roster_and_a_secret(course: Path, tmp_path: Path) -> None:
    folder, book = class_of(tmp_path / "class", {"ann": RIGHT, "eve": RIGHT}), tmp_path / "class.db"
    roster = tmp_path / "roster.csv"
    roster.write_text("student,name\nann,Ann\nzoe,Zoe\n")
    run = ("class", "run", folder, "--gradebook", book, "--roster", roster)
    said = grade(course, *run, TORCHKATA_SECRET="s" * 20).stdout
    assert "3 students, 2 judged in this run: 1 missing, 2 passed" in said
    rows = json.loads(grade(course, "class", "export", book, "--to", "json").stdout)
    told = {row["student"]: (row["name"], row["mark"], row["note"]) for row in rows}
    assert told == {
        "ann": ("Ann", "5", ""),
        "eve": ("", "5", "not on the roster"),
        "zoe": ("Zoe", None, "nothing was handed in"),
    }
    with Gradebook(book) as opened:
        seeds = {opened.report(row.result).seed for row in opened.rows() if row.result}
    assert len(seeds) == 2  # inputs of their own


def test_where_somebody_watches_only_what_needs_a_look_is_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with classes._display(2) as show:
        show(Done(Row("ann", score=5, max_score=5, status="passed"), True))
        show(Done(Row("7", "Bob", status="missing", note="nothing was handed in"), False))
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert "7 (Bob): missing: nothing was handed in" in shown
    assert "ann" not in shown


@pytest.mark.parametrize("broken", ["grader.gradebook.run.read_submission", "Session.grade"])
def test_what_nobody_thought_of_is_the_row_of_one(
    broken: str, course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Session.grade if broken == "Session.grade" else read_submission

    def thoughtless(*args: Any, **options: Any) -> object:
        work = next(arg for arg in args if isinstance(arg, (Path, Submission)))
        if "bad" in f"{getattr(work, 'path', work)}":
            raise LookupError("nobody thought of this")
        return right(*args, **options)

    monkeypatch.setattr(broken.replace("Session", "grader.judge.session.Session"), thoughtless)
    tiny, found = read_course(course), hand_ins(class_of(tmp_path, {"bad": HALF, "eve": RIGHT}))
    with Gradebook(tmp_path / "b", new=True) as book, Session(tiny, Options(), own_work=True) as s:
        judging_here = lambda jobs: ((job, judging.judge(s, job)) for job in jobs)  # noqa: E731
        run = ClassRun(tiny, book, judging_here, laid_out, device="cpu")
        rows = {done.row.student: done.row for done in run.grade(found)}
    assert (rows["bad"].score, rows["eve"].score) == (None, 5)
    assert "LookupError: nobody thought of this" in rows["bad"].note


def test_the_grader_is_killed_by_one_and_the_others_are_graded(
    course: Path, tmp_path: Path
) -> None:
    folder = class_of(tmp_path / "class", {"ann": RIGHT, "bad": "# kills\n" + HALF, "eve": HALF})
    book = tmp_path / "class.db"
    run = ("class", "run", folder, "--gradebook", book, "--jobs", 1)
    ran = grade(course, *run, within="tests.grader.gradebook.killing")
    assert ran.returncode == 0, ran.stderr
    with Gradebook(book) as opened:
        rows = {row.student: row for row in opened.rows()}
    assert {student: row.score for student, row in rows.items()} == {
        "ann": 5,
        "bad": None,
        "eve": 3,
    }
    assert judging.KILLED in rows["bad"].note
