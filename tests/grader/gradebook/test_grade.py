"""Grading a class: real git repositories, a stand-in for GitHub, and the command itself."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

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

    def grade(self, *options: object, **environment: str) -> tuple[list[dict[str, str]], str]:
        """The rows of scores.csv, and what was said."""
        ended = grade(
            self.course,
            *("class", "run", "--org", "org", "--prefix", "kata-", "--output", self.output),
            *options,
            **self.github.environment() | environment,  # type: ignore[arg-type]
        )
        assert ended.returncode == 0, ended.stderr
        with open(self.output / "scores.csv", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file)), ended.stdout + ended.stderr

    @property
    def output(self) -> Path:
        return self.github.folder / "out"

    def report(self, name: str) -> str:
        return (self.output / "reports" / name).read_text(encoding="utf-8")


@pytest.fixture
def school(make_course: MakeCourse, github: GitHub) -> School:
    return School(make_course().root, github)


def scores(rows: list[dict[str, str]]) -> dict[str, tuple[str, str, str]]:
    return {row["student"]: (row["score"], row["max_score"], row["status"]) for row in rows}


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
    rows, said = school.grade("--feedback", "scores")
    assert scores(rows) == {
        "ann": ("5", "5", "passed"),
        "bob": ("3", "5", "failed"),
        "empty": ("", "", "empty repository"),
        "gone": ("", "", "not fetched"),
        "huge": ("", "", "larger than 200 MiB"),
        "other": (
            "",
            "",
            "not graded: no unit in the repository: expected tiny.py (or .ipynb), "
            "there or in exercises/",
        ),
    }
    first = rows[0]
    assert (first["repository"], first["commit"]) == ("org/kata-ann", commit)
    assert first["graded_at"].endswith("+00:00")
    assert json.loads(school.report("kata-ann.json"))["score"] == 5
    assert "halve" in school.report("kata-bob.md")
    assert "org/kata-bob: failed" in said
    assert "2 of 6 repositories have a score" in said

    told = [row["feedback"] for row in rows]
    assert told == ["not given: GitHub refused", "given", "", "", "", ""]
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
    assert scores(rows) == {"eve": ("2", "5", "failed"), "fay": ("0", "5", "blocked")}
    report = school.report("kata-eve.json")
    assert "ValueError: []" in report
    whole = report + said + school.report("kata-eve.md")
    assert TOKEN not in whole
    assert SECRET not in whole
    assert "link to a file outside" in school.report("kata-fay.json")
    assert [words[0] for words in github.asked] == ["repo"]  # nobody asked for feedback


def test_a_repository_that_unfolds_into_a_billion_files_is_graded_like_any_other(
    school: School,
) -> None:
    school.github.tree_bomb("kata-eve", "tiny.py", RIGHT)
    school.github.repository("kata-fay", {"tiny.py": "x" * (18 << 20)})
    rows, _ = school.grade()
    assert scores(rows) == {"eve": ("5", "5", "passed"), "fay": ("0", "5", "blocked")}
    assert "is larger than 1024 KiB" in school.report("kata-fay.json")


def test_of_some_units_only_these_are_fetched_and_graded(
    make_course: MakeCourse, github: GitHub
) -> None:
    school = School(make_course(week1=Unit(), week2=Unit(), week3=Unit()).root, github)
    github.repository("kata-ann", {"exercises/week2.py": RIGHT, "exercises/week3.py": HALF})
    github.repository("kata-bob", {"exercises/week3.py": RIGHT})
    rows, _ = school.grade("week2", "week1")
    ann, bob = scores(rows).values()
    assert ann == ("5", "10", "failed")
    assert bob[:2] == ("", "")
    assert bob[2].startswith("not graded: no unit in the repository")


def test_a_fault_of_the_course_is_nobodys_zero(school: School) -> None:
    (school.course / "tests" / "hidden" / "test_tiny.py").write_text("import nothing_like_it\n")
    school.github.repository("kata-ann", {"tiny.py": RIGHT})
    rows, _ = school.grade("--feedback", "full")
    assert scores(rows) == {"ann": ("", "", "grader_fault")}
    assert school.github.issues("kata-ann") == []
    assert "nothing_like_it" in school.report("kata-ann.log")


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
        "Bob": ("", "", "empty repository"),
        "b": ("", "", "no user name"),
        "zoe": ("", "", "no repository"),
        "../x y": ("", "", "no user name"),
    }
    assert rows[0]["repository"] == "org/kata-bob"  # as GitHub spells it
