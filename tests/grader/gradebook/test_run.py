"""Grading a class: real git repositories, a stand-in for GitHub, and the command itself."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.formats import json as json_format
from grader.gradebook.store import Gradebook
from grader.sandbox import jail

from ..command import grade
from ..conftest import MakeCourse
from ..tiny_course import HALF, RIGHT, Unit
from .github import TOKEN, GitHub

pytestmark = pytest.mark.skipif(jail.unavailable() is not None, reason="needs the sandbox")

SECRET = "secret-of-the-course"
PEEKS = """
import os
found = [n for n in os.environ if "TOKEN" in n or "SECRET" in n]
try:
    found.append(open("/proc/self/environ").read())
except OSError:
    pass
def double(x): raise ValueError(found)
def halve(x): return x / 2
"""
KNOWS_NO_TOKEN = """
import os
assert not [name for name in os.environ if "TOKEN" in name]
"""


@dataclass
class School:
    """A course, and the repositories of those who take it."""

    course: Path
    github: GitHub

    def run(self, *options: object, **environment: str) -> str:
        ended = grade(
            self.course,
            *("class", *options),
            **self.github.environment() | environment,  # type: ignore[arg-type]
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout + ended.stderr

    def grade(self, *options: object, **environment: str) -> tuple[list[dict[str, str]], str]:
        """The rows of the gradebook, and what was said."""
        where = ("--org", "org", "--prefix", "kata-", "--gradebook", self.book)
        said = self.run("run", *where, *options, **environment)
        table = self.run("export", self.book)
        return list(csv.DictReader(io.StringIO(table, newline=""))), said

    @property
    def book(self) -> Path:
        return self.github.folder / "class.db"

    def report(self, student: str) -> str:
        with Gradebook(self.book) as book:
            (result,) = (row.result for row in book.rows() if row.student == student)
            return json_format.render(book.report(result))


@pytest.fixture
def school(make_course: MakeCourse, github: GitHub) -> School:
    return School(make_course().root, github)


def scores(rows: list[dict[str, str]]) -> dict[str, tuple[str, str, str, str]]:
    return {
        row["student"]: (row["score"], row["max_score"], row["status"], row["note"]) for row in rows
    }


def test_each_repository_is_a_row_and_no_broken_one_stops_the_rest(school: School) -> None:
    github = school.github
    commit = github.repository("kata-ann", {"exercises/tiny (1).py": RIGHT})
    by_import = f"from twice import double\n{HALF.splitlines()[1]}\n"
    inner = {"exercises/tiny.py": by_import, "exercises/twice.py": "from thrice import double"}
    inner |= {"thrice.py": HALF, "never.py": "x"}
    github.repository("kata-bob", {f"kata-main/{name}": text for name, text in inner.items()})
    github.repository("kata-empty")
    github.repository("kata-huge", {"tiny.py": RIGHT}, kibibytes=300 * 1024)
    github.repository("kata-other", {"README.md": "not begun"})
    github.announce("kata-gone")
    github.repository("lecture-notes", {"tiny.py": RIGHT})
    github.disable_issues("kata-ann")
    rows, said = school.grade()
    moved = "exercises/tiny (1).py was graded: exercises/tiny.py is missing"
    moved = f"the work lies in exercises/; {moved}"
    nothing = "no unit in the folder: expected tiny.py (or .ipynb), there or in exercises/"
    assert scores(rows) == {
        "ann": ("5", "5", "passed", moved),
        "bob": ("3", "5", "failed", "the work lies in kata-main/"),
        "empty": ("", "", "missing", "empty repository"),
        "gone": ("", "", "needs_a_look", "not fetched"),
        "huge": ("", "", "needs_a_look", "larger than 200 MiB"),
        "other": ("", "", "needs_a_look", nothing),
    }
    first = rows[0]
    assert (first["place"], first["commit"]) == ("org/kata-ann", commit)
    handed_in = datetime.fromisoformat(first["submitted_at"])  # when it was committed
    assert abs(datetime.now(UTC) - handed_in) < timedelta(days=1)
    assert "bob: 3/5 failed" in said
    assert "6 students, 2 judged in this run: 1 failed, 1 missing, 3 needs_a_look, 1 passed" in said

    told = school.run("feedback", school.book, "--issues", "--tell", "scores")
    assert told == "ann: not given: GitHub refused\nbob: given\n"
    (issue,) = github.issues("kata-bob")
    assert "3 of 5 points" in issue["body"]
    assert "| tiny.halve | 0/2 |" in issue["body"]
    assert "halve(" not in issue["body"]  # no call of a hidden test


def test_a_hostile_repository_gets_its_row_and_runs_nothing(school: School, tmp_path: Path) -> None:
    github, home, touched = school.github, tmp_path / "home", tmp_path / "touched"
    # Whoever runs the command may have settings that would run what a repository brings.
    hook = home / "templates" / "hooks" / "post-checkout"
    hook.parent.mkdir(parents=True)
    hook.write_text(f"#!/bin/sh\necho hook >> {touched}\n")
    hook.chmod(0o755)
    (home / ".gitconfig").write_text(
        f"[init]\n templateDir = {home / 'templates'}\n[submodule]\n recurse = true\n"
        f"[core]\n hooksPath = {hook.parent}\n"
        f'[filter "evil"]\n smudge = "echo filter >> {touched}; cat"\n'
    )
    elsewhere = github.repository("elsewhere", {"inside.txt": "x"})
    served = f"file://{tmp_path}/served/org/elsewhere.git"
    github.repository(
        "kata-eve",
        {
            "exercises/tiny.py": PEEKS,
            ".gitattributes": "* filter=evil\n",
            ".gitmodules": f'[submodule "sub"]\n path = sub\n url = {served}\n',
            ".githooks/post-checkout": f"#!/bin/sh\necho own >> {touched}\n",
            "exercises/a\n::error::name.py": "x",
            "grader.py": "raise SystemExit('shadowed')\n",
            "conftest.py": "raise SystemExit('collected')\n",
            "course.toml": "title = 'another course'\n",
        },
        submodule=elsewhere,
    )
    answers = school.course / "solutions" / "tiny.py"
    suite = school.course / "tests" / "hidden" / "test_tiny.py"
    suite.write_text(suite.read_text() + KNOWS_NO_TOKEN)
    github.repository("kata-fay", {"README.md": "x"}, {"exercises/tiny.py": answers})
    rows, said = school.grade(TORCHKATA_SECRET=SECRET, GITHUB_TOKEN=TOKEN)
    assert not touched.exists()
    assert scores(rows) == {
        "eve": ("2", "5", "failed", ""),
        "fay": (
            "0",
            "5",
            "needs_a_look",
            "exercises/tiny.py is a link to a file outside the submission",
        ),
    }
    report = school.report("eve")
    assert "ValueError: []" in report
    whole = report + said
    assert TOKEN not in whole
    assert SECRET not in whole
    assert [words[0] for words in github.asked] == ["repo"]  # nobody asked for feedback


def test_a_repository_that_unfolds_into_a_billion_files_is_graded_like_any_other(
    school: School,
) -> None:
    school.github.tree_bomb("kata-eve", "tiny.py", RIGHT)
    school.github.repository("kata-fay", {"tiny.py": "x" * (18 << 20)})
    rows, _ = school.grade()
    assert scores(rows) == {
        "eve": ("5", "5", "passed", ""),
        "fay": ("0", "5", "needs_a_look", "tiny.py is larger than 1024 KiB"),
    }


def test_of_some_units_only_these_are_fetched_and_graded(
    make_course: MakeCourse, github: GitHub
) -> None:
    school = School(make_course(week1=Unit(), week2=Unit(), week3=Unit()).root, github)
    github.repository("kata-ann", {"exercises/week2.py": RIGHT, "exercises/week3.py": HALF})
    github.repository("kata-bob", {"exercises/week3.py": RIGHT})
    rows, _ = school.grade("--units", "week2, week1")
    ann, bob = scores(rows).values()
    assert ann[:3] == ("5", "10", "failed")
    assert bob[:3] == ("", "", "needs_a_look")
    assert bob[3].startswith("no unit in the folder")


def test_a_fault_of_the_course_is_nobodys_zero(school: School) -> None:
    (school.course / "tests" / "hidden" / "test_tiny.py").write_text("import nothing_like_it\n")
    school.github.repository("kata-ann", {"tiny.py": RIGHT})
    rows, _ = school.grade()
    ((score, _, status, note),) = scores(rows).values()
    assert (score, status) == ("", "grader_fault")
    assert "nothing_like_it" in note
    assert school.run("feedback", school.book, "--issues") == ""


def test_everyone_on_a_roster_has_a_row(school: School, tmp_path: Path) -> None:
    school.github.repository("kata-bob")
    school.github.repository("kata-template", {"tiny.py": HALF})
    roster = tmp_path / "roster.csv"
    roster.write_text(
        '"identifier","github_username","github_id","name"\n'
        '"=1+1","Bob","1",""\n"b","","",""\n"c","zoe","2",""\n"d","../x y","3",""\n'
    )
    rows, _ = school.grade("--roster", roster)
    assert scores(rows) == {
        "Bob": ("", "", "missing", "empty repository"),
        "b": ("", "", "missing", "no user name"),
        "zoe": ("", "", "missing", "no repository"),
        "../x y": ("", "", "missing", "no user name"),
    }
    bob = next(row for row in rows if row["student"] == "Bob")
    assert bob["place"] == "org/kata-bob"  # as GitHub spells it
