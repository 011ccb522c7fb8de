"""Grading a class: real git repositories, a stand-in for GitHub, and the grader itself."""

import csv
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from grader.sandbox import jail

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "grader" / "gradebook" / "grade.py"
pytestmark = pytest.mark.skipif(jail.unavailable() is not None, reason="needs the sandbox")

RIGHT = "def double(x): return x + x\ndef halve(x): return x / 2\n"
HALF = "def double(x): return x + x\ndef halve(x): return x / 3\n"
TOKEN, SECRET = "token-of-the-teacher", "secret-of-the-course"
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
# Answers as `gh` does, from a folder: repos.json, and issues/REPOSITORY.json.
GH = f"""#!{sys.executable}
import json, os, pathlib, sys
state = pathlib.Path(os.environ["FAKE_GH"])
words = sys.argv[1:]
with open(state / "log", "a") as log:
    log.write(json.dumps(words) + "\\n")
def value(flag):
    return words[words.index(flag) + 1]
assert os.environ["GH_TOKEN"] == {TOKEN!r}
if words[:2] == ["repo", "list"]:
    print((state / "repos.json").read_text())
    sys.exit()
assert words[0] == "issue", words
name = value("--repo").partition("/")[2]
if name in json.loads((state / "closed.json").read_text()):
    sys.exit("issues are disabled")
file = state / "issues" / f"{{name}}.json"
issues = json.loads(file.read_text()) if file.exists() else []
if words[1] == "list":
    print(json.dumps([{{"number": i["number"], "title": i["title"]}} for i in issues]))
elif words[1] == "create":
    body = pathlib.Path(value("--body-file")).read_text()
    issues.append({{"number": len(issues) + 1, "title": value("--title"), "body": body}})
elif words[1] == "edit":
    body = pathlib.Path(value("--body-file")).read_text()
    issues[int(words[2]) - 1]["body"] = body
file.write_text(json.dumps(issues))
"""


@dataclass
class Class:
    """Bare repositories as GitHub would serve them, beside a course."""

    folder: Path
    course: Path
    listed: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("bin", "gh/issues", "home", "served/org"):
            (self.folder / name).mkdir(parents=True)
        gh = self.folder / "bin" / "gh"
        gh.write_text(GH)
        gh.chmod(0o755)
        (self.folder / "gh" / "closed.json").write_text("[]")

    def git(self, *arguments: object, cwd: Path | None = None) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main")
        ours = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        return subprocess.run(
            ["git", *identity, *map(str, arguments)],
            cwd=cwd,
            env=os.environ | ours,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    def repository(
        self,
        name: str,
        files: dict[str, str] | None = None,
        links: dict[str, str] | None = None,
        kibibytes: int = 1,
        submodule: str | None = None,
    ) -> str:
        """Serve a repository; its newest commit."""
        bare = self.folder / "served" / "org" / f"{name}.git"
        self.git("init", "--quiet", "--bare", bare)
        self.listed[name] = kibibytes
        work = self.folder / f"work-{name}"
        self.git("clone", "--quiet", bare, work)
        for path, text in (files or {}).items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(text)
        for path, target in (links or {}).items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).symlink_to(target)
        if not files and not links:
            return ""
        self.git("add", "--all", "--force", cwd=work)
        if submodule is not None:
            entry = f"160000,{submodule},sub"
            self.git("update-index", "--add", "--cacheinfo", entry, cwd=work)
        self.git("commit", "--quiet", "--message", "work", cwd=work)
        self.git("push", "--quiet", "origin", "HEAD", cwd=work)
        return self.git("rev-parse", "HEAD", cwd=work)

    def grade(self, *options: str, **environment: str) -> tuple[int, list[dict[str, str]], str]:
        """The exit code, the rows of scores.csv and what was said."""
        listed = [{"name": name, "diskUsage": size} for name, size in self.listed.items()]
        (self.folder / "gh" / "repos.json").write_text(json.dumps(listed))
        output = self.folder / "out"
        usual = ("--org", "org", "--prefix", "kata-", "--output", output)
        ended = subprocess.run(
            [sys.executable, SCRIPT, *usual, *options],
            cwd=self.course,
            env=os.environ
            | {
                "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT),
                "HOME": str(self.folder / "home"),
                "FAKE_GH": str(self.folder / "gh"),
                "GH_TOKEN": TOKEN,
                "GITHUB_SERVER_URL": f"file://{self.folder}/served",
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
        with open(output / "scores.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return ended.returncode, rows, ended.stdout + ended.stderr

    def issues(self, name: str) -> list[dict[str, str]]:
        file = self.folder / "gh" / "issues" / f"{name}.json"
        return json.loads(file.read_text()) if file.exists() else []


@pytest.fixture
def school(make_course, tmp_path: Path) -> Class:
    return Class(tmp_path, make_course().root)


def scores(rows: list[dict[str, str]]) -> dict[str, tuple[str, str, str]]:
    return {row["student"]: (row["score"], row["max_score"], row["status"]) for row in rows}


def test_each_repository_is_a_row_and_no_broken_one_stops_the_rest(school: Class) -> None:
    commit = school.repository("kata-ann", {"exercises/tiny.py": RIGHT})
    school.repository("kata-bob", {"tiny.py": HALF})
    school.repository("kata-empty")
    school.repository("kata-huge", {"tiny.py": RIGHT}, kibibytes=300 * 1024)
    school.repository("kata-other", {"README.md": "not begun"})
    school.listed["kata-gone"] = 1
    school.repository("lecture-notes", {"tiny.py": RIGHT})
    code, rows, said = school.grade()
    assert code == 0, said
    assert scores(rows) == {
        "ann": ("5", "5", "passed"),
        "bob": ("3", "5", "failed"),
        "empty": ("", "", "empty repository"),
        "gone": ("", "", "not fetched"),
        "huge": ("", "", "larger than 200 MiB"),
        "other": (
            "",
            "",
            "not graded: no unit in the repository: expected tiny.py, there or in exercises/",
        ),
    }
    first = rows[0]
    assert (first["repository"], first["commit"]) == ("org/kata-ann", commit)
    assert first["graded_at"].endswith("+00:00")
    reports = school.folder / "out" / "reports"
    assert json.loads((reports / "kata-ann.json").read_text())["score"] == 5
    assert "halve" in (reports / "kata-bob.md").read_text()
    assert "2 of 6 repositories have a score" in said


def test_a_hostile_repository_gets_its_row_and_runs_nothing(school: Class, tmp_path: Path) -> None:
    home, touched = tmp_path / "home", tmp_path / "touched"
    # Whoever runs the script may have settings that would run what a repository brings.
    hook = home / "templates" / "hooks" / "post-checkout"
    hook.parent.mkdir(parents=True)
    hook.write_text(f"#!/bin/sh\necho hook >> {touched}\n")
    hook.chmod(0o755)
    (home / ".gitconfig").write_text(
        f"[init]\n templateDir = {home / 'templates'}\n[submodule]\n recurse = true\n"
        f"[core]\n hooksPath = {hook.parent}\n"
        f'[filter "evil"]\n smudge = "echo filter >> {touched}; cat"\n'
    )
    elsewhere = school.repository("elsewhere", {"inside.txt": "x"})
    served = f"file://{tmp_path}/served/org/elsewhere.git"
    school.repository(
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
    school.repository("kata-fay", {"README.md": "x"}, {"exercises/tiny.py": str(answers)})
    code, rows, said = school.grade(TORCHKATA_SECRET=SECRET, GITHUB_TOKEN=TOKEN)
    assert code == 0, said
    assert not touched.exists()
    assert scores(rows) == {"eve": ("2", "5", "failed"), "fay": ("0", "5", "blocked")}
    report = (school.folder / "out" / "reports" / "kata-eve.json").read_text()
    assert "ValueError: []" in report
    whole = report + said + (school.folder / "out" / "reports" / "kata-eve.md").read_text()
    assert TOKEN not in whole
    assert SECRET not in whole
    linked = (school.folder / "out" / "reports" / "kata-fay.json").read_text()
    assert "link to a file outside" in linked


def test_a_fault_of_the_course_is_nobodys_zero(school: Class) -> None:
    (school.course / "tests" / "hidden" / "test_tiny.py").write_text("import nothing_like_it\n")
    school.repository("kata-ann", {"tiny.py": RIGHT})
    code, rows, said = school.grade("--feedback", "full")
    assert code == 0, said
    assert scores(rows) == {"ann": ("", "", "grader_fault")}
    assert school.issues("kata-ann") == []
    assert "nothing_like_it" in (school.folder / "out" / "reports" / "kata-ann.log").read_text()


def test_feedback_is_one_issue_that_is_written_anew(school: Class) -> None:
    school.repository("kata-bob", {"tiny.py": HALF})
    school.repository("kata-ann", {"tiny.py": HALF})
    (school.folder / "gh" / "closed.json").write_text('["kata-ann"]')
    _, rows, said = school.grade("--feedback", "scores")
    assert [row["feedback"] for row in rows] == ["not given: GitHub refused", "given"], said
    (issue,) = school.issues("kata-bob")
    assert issue["title"] == "Feedback"
    assert "3 of 5 points" in issue["body"]
    assert "| tiny.halve | 0/2 |" in issue["body"]
    assert "halve(" not in issue["body"]  # no call of a hidden test

    del school.listed["kata-ann"]
    school.grade("--feedback", "full")
    (issue,) = school.issues("kata-bob")
    assert "halve(" in issue["body"]
    assert len(issue["body"]) < 65_536


def test_no_feedback_is_given_unasked_and_names_come_from_a_roster(
    school: Class, tmp_path: Path
) -> None:
    school.repository("kata-bob", {"tiny.py": HALF})
    school.repository("kata-template", {"tiny.py": HALF})
    roster = tmp_path / "roster.csv"
    roster.write_text(
        '"identifier","github_username","github_id","name"\n'
        '"=1+1","Bob","1",""\n"b","","",""\n"c","zoe","2",""\n"d","../x y","3",""\n'
    )
    code, rows, said = school.grade("--roster", str(roster))
    assert code == 0, said
    assert scores(rows) == {
        "Bob": ("3", "5", "failed"),
        "b": ("", "", "no user name"),
        "zoe": ("", "", "no repository"),
        "../x y": ("", "", "no user name"),
    }
    log = (school.folder / "gh" / "log").read_text()
    assert "issue" not in log


def test_nothing_is_graded_where_nothing_is_found(school: Class) -> None:
    school.repository("lecture-notes", {"tiny.py": RIGHT})
    code, rows, said = school.grade()
    assert (code, rows) == (1, [])
    assert "no repository of org begins with kata-" in said
